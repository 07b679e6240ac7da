/* jobs_end.c - the end of a job and what remains: refunds, ratings, removal, dues. */
#include "jobs/jobs_internal.h"

void jobs_leave(uint64_t id, uint8_t number, jobs_seat *seat, jobs_seat_state state,
                const struct compute_seat_end *end) {
    seat->state = state;
    seat->fingerprint = (jobs_fingerprint){0}; /* the outcome keeps the leader's */
    jobs_Seats_put(&id, &number, seat);
    compute_end_seat(&seat->provider, end);
}

void jobs_give_back(uint64_t id, const jobs_job *job, uint8_t number, jobs_seat *seat, jobs_escrow *escrow,
                    bool with_fee, const struct compute_seat_end *end) {
    balance fee = with_fee ? jobs_accept_fee(job) : 0;
    if (fee)
        JOBS_EVENT(Paid, .job = id, .seat = number, .who = seat->bonder, .amount = fee,
                   .reason = jobs_reason_AcceptFee);
    escrow->held -= fee;
    escrow->paid += fee;
    jobs_add_due(&seat->bonder, jobs_seat_bond(job) + fee);
    jobs_leave(id, number, seat, jobs_seat_state_Lost, end);
}

static void count_closed(const account_id *client) {
    uint32_t open;
    jobs_ByClient_get(client, &open);
    if (--open)
        jobs_ByClient_put(client, &open);
    else
        jobs_ByClient_kill(client);
}

void jobs_close(uint64_t id, jobs_job *job, jobs_escrow *escrow, jobs_state state, jobs_reason reason,
                const jobs_fees *fees, balance burned, uint32_t now) {
    balance rest = escrow->held;
    if (rest || burned)
        JOBS_EVENT(Refunded, .job = id, .amount = rest, .burned = burned);
    jobs_add_due(&job->client, rest);
    *escrow = (jobs_escrow){.paid = escrow->paid, .refunded = rest};
    jobs_Escrow_put(&id, escrow);
    if (job->state < jobs_state_Working)
        jobs_Draws_kill(&id);
    job->state = state;
    job->ended = now;
    jobs_Jobs_put(&id, job);
    count_closed(&job->client);
    JOBS_EVENT(Ended, .job = id, .state = state, .reason = reason, .fees = *fees);
}

dispatch_result jobs_refund(uint64_t id, jobs_job *job, jobs_reason reason, bool burn_open, uint32_t now) {
    jobs_escrow escrow;
    balance burned = 0;
    jobs_Escrow_get(&id, &escrow);
    for (uint8_t i = 0; i < job->n && job->state == jobs_state_Offered; i++) {
        jobs_seat seat;
        jobs_Seats_get(&id, &i, &seat);
        if (seat.state == jobs_seat_state_Accepted)
            jobs_give_back(id, job, i, &seat, &escrow, true, &(struct compute_seat_end){.seated = true});
        else if (seat.state == jobs_seat_state_Offered && now > seat.deadline)
            jobs_ignored(id, job, i, &seat, now);
    }
    if (burn_open) {
        burned = jobs_accept_fee(job) * (uint8_t)(job->n - job->accepted);
        TRY(balances_pot_burn(&jobs_pot, burned));
        escrow.held -= burned;
    }
    jobs_close(id, job, &escrow, jobs_state_Refunded, reason, &(jobs_fees){0}, burned, now);
    return DISPATCH_OK;
}

dispatch_result jobs_rate(struct dispatch *ctx, const jobs_call_rate *args) {
    account_id who;
    jobs_job job;
    uint64_t id = args->job;
    TRY(jobs_as_client(ctx, id, &who, &job));
    REQUIRE(job.state == jobs_state_Settled, WrongState);
    REQUIRE(clock_now() <= job.ended + JOBS_RATE_TICKS, TooLate);
    REQUIRE(!job.rated, AlreadyRated);
    REQUIRE(args->score <= 100, BadScore);

    job.rated = true;
    jobs_Jobs_put(&id, &job);
    JOBS_EVENT(Rated, .job = id, .score = args->score);
    return DISPATCH_OK;
}

dispatch_result jobs_remove_job(struct dispatch *ctx, const jobs_call_remove_job *args) {
    account_id who;
    jobs_job job;
    h256 receipt;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(jobs_load(id, &job));
    REQUIRE(job.state >= jobs_state_Settled, WrongState);
    REQUIRE(now > job.ended + JOBS_KEEP_TICKS ||
                (jobs_same(&who, &job.client) && now >= job.ended + JOBS_KEEP_CLIENT_TICKS),
            TooEarly);

    jobs_Receipts_get(&id, &receipt);
    jobs_Jobs_kill(&id);
    jobs_Specs_kill(&id);
    jobs_Escrow_kill(&id);
    for (uint8_t i = 0; i < job.n; i++)
        jobs_Seats_kill(&id, &i);
    jobs_Bids_kill(&id);
    jobs_Outcomes_kill(&id);
    jobs_Receipts_kill(&id);
    jobs_add_due(&job.client, job.deposit);
    DEPOSIT(jobs, JobRemoved, .job = id, .receipt = receipt); /* not a link: there is no chain any more */
    return DISPATCH_OK;
}

/* What is due to the account leaves the ledger. */
static dispatch_result take_due(const struct dispatch *ctx, const account_id *who, balance *due) {
    account_id caller;
    TRY(ensure_signed(&ctx->origin, &caller));
    REQUIRE(jobs_Due_get(who, due), NothingToClaim);
    jobs_Due_kill(who);
    return DISPATCH_OK;
}

dispatch_result jobs_claim_due(struct dispatch *ctx, const jobs_call_claim_due *args) {
    balance due;
    TRY(take_due(ctx, &args->who, &due));
    TRY(balances_pot_give(&jobs_pot, &args->who, due));
    DEPOSIT(jobs, DuePaid, .who = args->who, .amount = due);
    return DISPATCH_OK;
}

dispatch_result jobs_sweep_due(struct dispatch *ctx, const jobs_call_sweep_due *args) {
    balance due;
    TRY(take_due(ctx, &args->who, &due));
    REQUIRE(balances_can_deposit(&args->who, due, BALANCES_EXTANT) == TOKEN_ERROR(BelowMinimum), NotDust);
    TRY(rewards_pay_treasury(&jobs_pot, due));
    DEPOSIT(jobs, DueSwept, .who = args->who, .amount = due);
    return DISPATCH_OK;
}
