/* jobs_settle.c - the end of work: who agreed is paid, who was silent loses its bond, the rest goes back. Nothing here
 * depends on what became of an account, an ask, a provider or a model meanwhile: once due, finalise does not fail. */
#include "jobs/jobs_internal.h"

struct ending {
    uint64_t id;
    jobs_job *job;
    uint32_t now;
    uint32_t commit_until, reveal_until;
    bool tallied;        /* reveals were due */
    uint16_t winners;    /* a bit for each; 0: no agreement */
    jobs_escrow escrow;
    jobs_fees fees;
    balance lost;        /* bonds to be burned */
    jobs_seat *seats;
    struct won *won; /* of each winner */
};
struct won {
    struct fee_parts parts;
    balance fee;
};

/* The lower median of the winners' units. */
static uint32_t median_units(const struct ending *e, uint32_t *count) {
    uint32_t sorted[JOBS_MAX_SEATS], len = 0;
    for (uint8_t i = 0; i < e->job->n; i++) {
        uint32_t at = len;
        if (!(e->winners >> i & 1))
            continue;
        for (; at && sorted[at - 1] > e->seats[i].units; at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = e->seats[i].units;
        len++;
    }
    *count = len;
    return sorted[(len - 1) / 2];
}

/* What each winner is owed and how it is split. At most what is held: neither units nor price are above those that the
 * client paid in for. */
static void price_winners(struct ending *e, uint32_t units, uint32_t count) {
    const rewards_fee_split *split = &e->job->split;
    const struct fee_ppb ppb = {split->provider, split->model, split->auditors, split->treasury};
    u128 rest, tip = div_u128(e->job->tip, count, &rest);
    for (uint8_t i = 0; i < e->job->n; i++) {
        const jobs_seat *seat = &e->seats[i];
        if (!(e->winners >> i & 1))
            continue;
        balance fee = (u128)(units > seat->min_units ? units : seat->min_units) * seat->price + tip;
        const struct fee_parts parts = fee_split(fee, &ppb, e->job->royalty_ppb);
        e->won[i] = (struct won){parts, fee};
        e->fees.providers += parts.provider;
        e->fees.model += parts.model;
        e->fees.treasury += parts.treasury;
        e->fees.burned += parts.burn;
        e->escrow.held -= fee;
        e->escrow.paid += fee;
    }
}

/* One transfer for each receiver. A model that cannot be credited leaves its part to the treasury. */
static dispatch_result move_fees(struct ending *e) {
    jobs_fees *fees = &e->fees;
    if (fees->model && models_book_revenue(e->job->model, 0, fees->model) != DISPATCH_OK) {
        fees->treasury += fees->model;
        fees->model = 0;
    }
    TRY(balances_pot_move(&jobs_pot, &compute_pot, fees->providers));
    TRY(balances_pot_give(&jobs_pot, &models_account, fees->model));
    TRY(rewards_pay_treasury(&jobs_pot, fees->treasury));
    return DISPATCH_OK;
}

/* Only drawn seats in which nobody chose anybody count for reputation. */
static uint8_t judged(const struct ending *e, uint8_t how) {
    return e->job->mode == jobs_mode_Redundant && !e->job->listed ? how : COMPUTE_UNJUDGED;
}

/* Loses its bond; by its stake it answers for the epoch in which it should have spoken. */
static void end_silent(struct ending *e, uint8_t number) {
    jobs_seat *seat = &e->seats[number];
    bool committed = seat->state == jobs_seat_state_Committed;
    compute_offence offence = committed ? compute_offence_NoReveal : compute_offence_NoCommit;
    uint32_t until = committed ? e->reveal_until : e->commit_until;
    balance bond = jobs_seat_bond(e->job);
    JOBS_EVENT(NoShow, .job = e->id, .seat = number, .provider = seat->provider, .offence = offence);
    JOBS_EVENT(BondLost, .job = e->id, .seat = number, .amount = bond);
    e->lost += bond;
    compute_report(&seat->provider, offence, committed ? COMPUTE_NO_REVEAL_PPB : COMPUTE_NO_COMMIT_PPB,
                   until / CLOCK_EPOCH_TICKS, (compute_object){COMPUTE_JOB, e->id}, &seat->commit);
    jobs_leave(e->id, number, seat, jobs_seat_state_Silent,
               &(struct compute_seat_end){.seated = true,
                                          .judged = judged(e, COMPUTE_BAD),
                                          .fee = jobs_seat_most(e->job)});
}

/* Points of the whole job, for those who take one line; lines that are new. */
struct points {
    balance model, client;
    uint32_t lines;
};

static void end_winner(struct ending *e, uint8_t number, struct points *points) {
    jobs_seat *seat = &e->seats[number];
    const struct won *won = &e->won[number];
    struct fee_points own = fee_points_of(won->parts.burn, e->job->royalty_ppb != 0);
    bool fresh = rewards_credit(&seat->provider, rewards_stream_Provider, own.provider);
    points->lines += fresh;
    JOBS_EVENT(Paid, .job = e->id, .seat = number, .who = seat->provider, .amount = won->fee,
               .reason = jobs_reason_Agreement);
    points->model += own.model;
    points->client += own.client;
    jobs_add_due(&seat->bonder, jobs_seat_bond(e->job));
    jobs_leave(e->id, number, seat, jobs_seat_state_Won,
               &(struct compute_seat_end){.seated = true,
                                          .judged = judged(e, COMPUTE_GOOD),
                                          .client = &e->job->client,
                                          .points = fresh,
                                          .fee = won->fee,
                                          .pay = won->parts.provider});
}

/* Bond back. Without agreement also the accept fee; being alone with an exact result is a failure in any case. */
static void end_other(struct ending *e, uint8_t number) {
    jobs_seat *seat = &e->seats[number];
    bool failed = seat->state == jobs_seat_state_Revealed &&
                  (e->winners || e->job->profile != models_profile_Tolerance);
    jobs_give_back(e->id, e->job, number, seat, &e->escrow, e->winners == 0,
                   &(struct compute_seat_end){.seated = true,
                                              .judged = failed ? judged(e, COMPUTE_BAD) : COMPUTE_UNJUDGED,
                                              .fee = jobs_seat_most(e->job)});
}

static void end_seats(struct ending *e, struct points *points) {
    for (uint8_t i = 0; i < e->job->n; i++) {
        jobs_seat_state state = e->seats[i].state;
        if (e->winners >> i & 1)
            end_winner(e, i, points);
        else if (state == jobs_seat_state_Accepted || (state == jobs_seat_state_Committed && e->tallied))
            end_silent(e, i);
        else
            end_other(e, i);
    }
}

static dispatch_result settle(struct ending *e, uint8_t leader) {
    const jobs_seat *seat = &e->seats[leader];
    uint32_t count, units = median_units(e, &count);
    jobs_Outcomes_put(&e->id, &(jobs_outcome){seat->result_root, units, e->winners, seat->fingerprint});
    JOBS_EVENT(Agreement, .job = e->id, .result_root = seat->result_root, .units = units, .winners = e->winners);
    price_winners(e, units, count);
    return move_fees(e);
}

static dispatch_result end_work(struct ending *e) {
    struct points points = {0};
    uint8_t leader = 0;
    e->seats = arena_alloc(&arena_scratch, e->job->n * sizeof *e->seats);
    e->won = arena_alloc(&arena_scratch, e->job->n * sizeof *e->won);
    for (uint8_t i = 0; i < e->job->n; i++)
        jobs_Seats_get(&e->id, &i, &e->seats[i]);
    jobs_Escrow_get(&e->id, &e->escrow);
    if (e->tallied)
        e->winners = jobs_tally(e->job, e->seats, &leader);
    if (e->winners)
        TRY(settle(e, leader));
    end_seats(e, &points);
    TRY(balances_pot_burn(&jobs_pot, e->fees.burned + e->lost));
    if (e->fees.model) {
        account_id key;
        rewards_model_key(&key, e->job->model);
        points.lines += rewards_credit(&key, rewards_stream_Model, points.model);
    }
    points.lines += rewards_credit(&e->job->client, rewards_stream_Client, points.client);
    rewards_note_burn(e->fees.burned, points.lines);
    jobs_close(e->id, e->job, &e->escrow, e->winners ? jobs_state_Settled : jobs_state_Inconclusive,
               e->winners  ? jobs_reason_Agreement
               : e->tallied ? jobs_reason_NoAgreement
                            : jobs_reason_TooFewCommits,
               &e->fees, 0, e->now);
    return DISPATCH_OK;
}

dispatch_result jobs_finalise(struct dispatch *ctx, const jobs_call_finalise *args) {
    account_id who;
    jobs_job job;
    uint32_t now = clock_now();
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(jobs_load(args->job, &job));
    if (job.state == jobs_state_Ready) {
        REQUIRE(now > job.deadline, TooEarly);
        return jobs_refund(args->job, &job, jobs_reason_Expired, false, now);
    }
    REQUIRE(job.state == jobs_state_Working || job.state == jobs_state_Revealing, WrongState);
    bool tallied = jobs_state_at(&job, NULL, now, 0) == jobs_state_Tally;
    REQUIRE(tallied || (job.state == jobs_state_Working && now > job.deadline && job.committed < job.q), TooEarly);

    /* A stored deadline is that of the stored state. In Revealing the commits' one matters only when it was that which
     * began it. */
    bool working = job.state == jobs_state_Working;
    return end_work(&(struct ending){
        .id = args->job,
        .job = &job,
        .now = now,
        .tallied = tallied,
        .commit_until = working ? job.deadline : job.deadline - job.windows.reveal,
        .reveal_until = working ? job.deadline + job.windows.reveal : job.deadline,
    });
}
