/* jobs_seat.c - seats between the draw and the work: taken with a bond, refused, or given to the next reserve. */
#include "jobs/jobs_internal.h"

/* Such a seat costs its provider nothing but the offer: else a client could jail, or keep out of draws, whom it likes by a
 * few tiny jobs. */
static bool named_by_client(const jobs_job *job) {
    return job->mode == jobs_mode_Direct || (job->mode == jobs_mode_Redundant && job->listed);
}

/* What accept and decline begin with: the signer's open seat, while it is still offered. */
static dispatch_result offered_seat(const struct dispatch *ctx, uint64_t id, uint8_t number, account_id *signer,
                                    jobs_job *job, jobs_seat *seat, uint32_t now) {
    TRY(jobs_as_seat(ctx, id, number, signer, job, seat));
    REQUIRE(job->state == jobs_state_Offered && seat->state == jobs_seat_state_Offered, WrongState);
    REQUIRE(now <= seat->deadline, TooLate);
    return DISPATCH_OK;
}

/* All seats are taken. A single seat has nobody to copy from: it needs no commit and has both windows for its result. The
 * reserves are not needed any more. */
static void start_work(uint64_t id, jobs_job *job, uint32_t now) {
    job->state = jobs_state_Working;
    job->deadline = now + job->windows.commit + (job->n == 1 ? job->windows.reveal : 0u);
    jobs_Draws_kill(&id);
    JOBS_EVENT(WorkStarted, .job = id, .until = job->deadline);
}

dispatch_result jobs_accept(struct dispatch *ctx, const jobs_call_accept *args) {
    account_id who;
    jobs_job job;
    jobs_seat seat;
    jobs_escrow escrow;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(offered_seat(ctx, id, args->seat, &who, &job, &seat, now));
    enum compute_slot slot = compute_take_slot(&seat.provider);
    REQUIRE(slot != COMPUTE_NOT_ACTIVE, NotActive);
    REQUIRE(slot != COMPUTE_NO_SLOT, NoSlot);
    balance bond = jobs_seat_bond(&job);
    TRY(balances_pot_take(&jobs_pot, &who, bond));

    jobs_Escrow_get(&id, &escrow);
    escrow.bonds += bond;
    jobs_Escrow_put(&id, &escrow);
    seat.state = jobs_seat_state_Accepted;
    seat.bonder = who;
    jobs_Seats_put(&id, &args->seat, &seat);
    JOBS_EVENT(SeatAccepted, .job = id, .seat = args->seat, .bonder = who, .bond = bond);
    if (++job.accepted == job.n)
        start_work(id, &job, now);
    jobs_Jobs_put(&id, &job);
    return DISPATCH_OK;
}

/* Offers the seat to the first reserve that can still serve; those before it are dropped. Nobody left: the job is over. */
static dispatch_result replace(uint64_t id, jobs_job *job, uint8_t number, const jobs_seat *seat, uint32_t now) {
    jobs_draw draw;
    struct compute_need need;
    compute_provider provider;
    compute_ad ad;
    jobs_Draws_get(&id, &draw);
    jobs_need(&need, job, now);
    while (draw.picks.len) {
        const jobs_pick *reserve = draw.picks.items++;
        draw.picks.len--;
        need.ask_weight = reserve->ask_weight;
        if (!compute_can_serve(&reserve->provider, &need, &provider, &ad))
            continue;
        jobs_offer(id, job, number, reserve, (uint8_t)(seat->replaced + 1), now);
        jobs_Draws_put(&id, &draw);
        return DISPATCH_OK;
    }
    return jobs_refund(id, job, jobs_reason_NoProviders, false, now);
}

dispatch_result jobs_decline(struct dispatch *ctx, const jobs_call_decline *args) {
    account_id who;
    jobs_job job;
    jobs_seat seat;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(offered_seat(ctx, id, args->seat, &who, &job, &seat, now));

    /* Whose fault it is cannot be proven, so it is no strike; but an ask that attracts jobs to refuse them rests. */
    if (!named_by_client(&job))
        compute_pause_ask(&seat.provider, job.model, now + JOBS_DECLINE_PAUSE);
    JOBS_EVENT(SeatDeclined, .job = id, .seat = args->seat, .provider = seat.provider, .reason = args->reason);
    seat.state = jobs_seat_state_Lost;
    jobs_Seats_put(&id, &args->seat, &seat);
    return replace(id, &job, args->seat, &seat, now);
}

void jobs_ignored(uint64_t id, const jobs_job *job, uint8_t number, jobs_seat *seat, uint32_t now) {
    JOBS_EVENT(NoShow, .job = id, .seat = number, .provider = seat->provider, .offence = compute_offence_NoAccept);
    if (!named_by_client(job)) {
        compute_pause_ask(&seat->provider, job->model, now + JOBS_SILENCE_PAUSE);
        compute_strike(&seat->provider, compute_offence_NoAccept, seat->deadline, (compute_object){COMPUTE_JOB, id});
    }
    seat->state = jobs_seat_state_Silent;
    jobs_Seats_put(&id, &number, seat);
}

dispatch_result jobs_redraw(struct dispatch *ctx, const jobs_call_redraw *args) {
    account_id who;
    jobs_job job;
    jobs_seat seat;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(jobs_load(id, &job));
    REQUIRE(job.state == jobs_state_Offered, WrongState);
    REQUIRE(jobs_Seats_get(&id, &args->seat, &seat), NotSeat);
    REQUIRE(seat.state == jobs_seat_state_Offered, WrongState);
    REQUIRE(now > seat.deadline, TooEarly);

    jobs_ignored(id, &job, args->seat, &seat, now);
    return replace(id, &job, args->seat, &seat, now);
}
