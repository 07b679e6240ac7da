/* jobs_view.c - see jobs_view.h. */
#include "jobs/jobs_view.h"

#include "jobs/jobs_internal.h"

enum { MAX_PER_JOB = 16 };
#define FOR_EVER UINT32_MAX

static jobs_state state_of(uint64_t id, const jobs_job *job, option_jobs_draw *draw) {
    clock_time time;
    clock_Time_get(&time);
    draw->some = jobs_Draws_get(&id, &draw->value);
    return jobs_state_at(job, &draw->value, time.now, time.relay);
}

void jobs_api_state(option_jobs_state *out, uint64_t id) {
    jobs_job job;
    option_jobs_draw draw;
    out->some = jobs_Jobs_get(&id, &job);
    if (out->some)
        out->value = state_of(id, &job, &draw);
}

void jobs_api_job(option_jobs_job_view *out, uint64_t id) {
    jobs_job_view *view = &out->value;
    memset(out, 0, sizeof *out);
    out->some = jobs_Jobs_get(&id, &view->job);
    if (!out->some)
        return;
    jobs_seat *seats = arena_alloc(&arena_scratch, JOBS_MAX_SEATS * sizeof *seats);
    view->state = state_of(id, &view->job, &view->draw);
    jobs_Specs_get(&id, &view->spec);
    jobs_Escrow_get(&id, &view->escrow);
    jobs_Bids_get(&id, &view->bids);
    view->outcome.some = jobs_Outcomes_get(&id, &view->outcome.value);
    jobs_Receipts_get(&id, &view->receipt);
    view->seats.items = seats;
    for (uint8_t i = 0; i < view->job.n && jobs_Seats_get(&id, &i, &seats[i]); i++)
        view->seats.len++;
}

/* --- what an account may do --- */

struct list {
    const account_id *owner; /* of the provider for which the account signs */
    jobs_deadline *items;
    uint32_t len, now;
    uint64_t job;
    bool client, decided; /* decided: randomness that fixes the draw is kept */
};

static void add(struct list *l, jobs_act act, option_u8 seat, uint32_t from, uint32_t until) {
    if (from <= until && l->now <= until)
        l->items[l->len++] = (jobs_deadline){l->job, seat, act, from, until};
}

static void add_job(struct list *l, jobs_act act, uint32_t from, uint32_t until) {
    add(l, act, (option_u8){0}, from, until);
}
static void add_client(struct list *l, jobs_act act, uint32_t from, uint32_t until) {
    if (l->client)
        add_job(l, act, from, until);
}
static void add_removal(struct list *l, uint32_t ended) {
    add_job(l, jobs_act_RemoveJob, ended + (l->client ? JOBS_KEEP_CLIENT_TICKS : JOBS_KEEP_TICKS + 1u), FOR_EVER);
}

static void list_bids(struct list *l, uint32_t from, uint32_t until) {
    jobs_bids bids;
    jobs_Bids_get(&l->job, &bids);
    for (uint32_t i = 0; i < bids.len; i++)
        if (jobs_same(&bids.items[i].provider, l->owner) && !bids.items[i].revealed)
            add(l, jobs_act_RevealBid, (option_u8){0}, from, until);
}

/* Acts of a seat: its operator's, and anybody's when it is silent. */
static void list_seat(struct list *l, const jobs_job *job, jobs_state state, uint8_t number, uint32_t deadline) {
    jobs_seat seat;
    option_u8 at = {true, number};
    if (!jobs_Seats_get(&l->job, &number, &seat))
        return;
    bool mine = jobs_same(&seat.provider, l->owner);
    if (state == jobs_state_Offered && seat.state == jobs_seat_state_Offered) {
        if (mine) {
            add(l, jobs_act_Accept, at, l->now, seat.deadline);
            add(l, jobs_act_Decline, at, l->now, seat.deadline);
        }
        add(l, jobs_act_Redraw, at, seat.deadline + 1, FOR_EVER);
    }
    if (mine && state == jobs_state_Working && seat.state == jobs_seat_state_Accepted)
        add(l, job->n == 1 ? jobs_act_Reveal : jobs_act_Commit, at, l->now, deadline);
    if (mine && state == jobs_state_Revealing && seat.state == jobs_seat_state_Committed)
        add(l, jobs_act_Reveal, at, l->now, deadline);
    if (mine && state == jobs_state_Working && seat.state == jobs_seat_state_Committed && job->committed >= job->q)
        add(l, jobs_act_Reveal, at, deadline + 1, deadline + job->windows.reveal);
}

static void list_job(struct list *l, const jobs_job *job, jobs_state state) {
    uint32_t deadline = job->deadline;
    if (state == jobs_state_Revealing && job->state == jobs_state_Working)
        deadline += job->windows.reveal;
    for (uint8_t i = 0; i < job->n; i++)
        list_seat(l, job, state, i, deadline);
    switch (state) {
    case jobs_state_Submitted:
        add_client(l, jobs_act_TopUp, l->now, FOR_EVER);
        add_client(l, jobs_act_CancelJob, l->now, FOR_EVER);
        add_job(l, jobs_act_Finalise, deadline + 1, FOR_EVER);
        break;
    case jobs_state_Ready:
        if (l->decided)
            add_job(l, jobs_act_Assign, l->now, deadline);
        add_job(l, jobs_act_Finalise, deadline + 1, FOR_EVER);
        break;
    case jobs_state_Bidding:
        add_client(l, jobs_act_CancelJob, l->now, deadline);
        list_bids(l, deadline + 1, deadline + job->windows.reveal);
        add_job(l, jobs_act_Assign, deadline + job->windows.reveal + 1, FOR_EVER);
        break;
    case jobs_state_Offered: add_client(l, jobs_act_CancelJob, l->now, FOR_EVER); break;
    case jobs_state_Working:
        if (job->n > 1 && job->committed >= job->q)
            deadline += job->windows.reveal;
        add_job(l, jobs_act_Finalise, deadline + 1, FOR_EVER);
        break;
    case jobs_state_Revealing: add_job(l, jobs_act_Finalise, deadline + 1, FOR_EVER); break;
    case jobs_state_Tally: add_job(l, jobs_act_Finalise, l->now, FOR_EVER); break;
    case jobs_state_Settled:
        if (!job->rated)
            add_client(l, jobs_act_Rate, l->now, job->ended + JOBS_RATE_TICKS);
        add_removal(l, job->ended);
        break;
    case jobs_state_Refunded:
    case jobs_state_Inconclusive:
        add_removal(l, job->ended);
        break;
    }
}

void jobs_api_deadlines(jobs_deadlines *out, const account_id *who, const jobs_ids *ids) {
    account_id owner;
    uint32_t count = ids->len ? ids->len : JOBS_MAX_OPEN;
    uint64_t newest = jobs_api_next();
    clock_time time;
    clock_Time_get(&time);
    struct list list = {.owner = &owner, .now = time.now};
    list.items = arena_alloc(&arena_scratch, JOBS_MAX_OPEN * MAX_PER_JOB * sizeof *list.items);
    (void)compute_owner_of(who, &owner); /* zeros, which serve nothing, when it is no operator */
    for (uint32_t i = 0; i < count; i++) {
        jobs_job job;
        option_jobs_draw draw;
        list.job = ids->len ? ids->items[i] : newest - 1 - i; /* ids begin at 1: beyond them there is nothing */
        if (!jobs_Jobs_get(&list.job, &job))
            continue;
        list.client = jobs_same(&job.client, who);
        jobs_state state = state_of(list.job, &job, &draw);
        list.decided = time.last_rand >= draw.value.armed_relay + CLOCK_SEED_DELAY;
        list_job(&list, &job, state);
    }
    *out = (jobs_deadlines){list.items, list.len};
}

void jobs_api_preview(jobs_preview *out, uint64_t id, uint32_t relay) {
    struct dispatch ctx = {.origin = {.kind = ORIGIN_SIGNED}};
    dispatch_result result;
    jobs_job job;
    jobs_draw draw;
    uint32_t calls = 0;
    memset(out, 0, sizeof *out);
    do
        result = jobs_assign(&ctx, &(jobs_call_assign){id, relay});
    while (result == DISPATCH_OK && ++calls < 64 && jobs_Jobs_get(&id, &job) && job.state == jobs_state_Ready &&
           jobs_Draws_get(&id, &draw) && draw.started);
    out->outcome = dispatch_outcome_value(result);
    if (result == DISPATCH_OK)
        jobs_api_job(&out->job, id);
}

/* --- dues and invariants --- */

balance jobs_api_due(const account_id *who) {
    balance due;
    jobs_Due_get(who, &due);
    return due;
}

uint64_t jobs_api_next(void) {
    uint64_t next;
    jobs_NextJob_get(&next);
    return next;
}

bool jobs_api_escrow_holds(uint64_t id) {
    jobs_job job;
    jobs_escrow escrow;
    jobs_Escrow_get(&id, &escrow);
    return !jobs_Jobs_get(&id, &job) || job.state < jobs_state_Settled || (escrow.held == 0 && escrow.bonds == 0);
}

bool jobs_api_bonds_hold(uint64_t id) {
    jobs_job job;
    jobs_escrow escrow;
    balance bonds = 0;
    if (!jobs_Jobs_get(&id, &job))
        return true;
    for (uint8_t i = 0; i < job.n; i++) {
        jobs_seat seat;
        if (jobs_Seats_get(&id, &i, &seat) && seat.state >= jobs_seat_state_Accepted &&
            seat.state <= jobs_seat_state_Revealed)
            bonds += jobs_seat_bond(&job);
    }
    jobs_Escrow_get(&id, &escrow);
    return escrow.bonds == bonds;
}
