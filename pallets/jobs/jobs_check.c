/* jobs_check.c - jobs_try_state: what must hold between any two calls. Walks the whole storage, for tests only. */
#include "jobs/jobs_internal.h"

#include "state/overlay.h"

#define CHECK(condition, message)                                                                                      \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            return message;                                                                                            \
    } while (0)

enum { TWOX = 8, BLAKE2 = 16 }; /* bytes of a hash before its key */

/* Goes over the entries of an item. */
struct walk {
    struct bytes prefix, key;
    uint8_t buffer[STORAGE_KEY_SIZE];
};
static void walk_begin(struct walk *walk, const struct storage_desc *item) {
    walk->prefix = walk->key = storage_key(item, NULL, 0, walk->buffer);
}
static bool walk_next(struct walk *walk) { return overlay_next_key(walk->prefix, walk->key, &walk->key); }
static account_id account_at(const struct walk *walk) {
    account_id who;
    memcpy(&who, walk->key.at + walk->prefix.len + BLAKE2, sizeof who);
    return who;
}

/* How often an account turned up. */
struct count {
    account_id who;
    uint32_t times;
};
struct counts {
    struct count *at;
    uint32_t len, room, sum;
};
static void count(struct counts *list, const account_id *who) {
    uint32_t i = 0;
    list->sum++;
    while (i < list->len && !jobs_same(&list->at[i].who, who))
        i++;
    if (i == list->room) {
        struct count *more = arena_alloc(&arena_scratch, (2 * list->room + 16) * sizeof *more);
        if (list->len)
            memcpy(more, list->at, list->len * sizeof *more);
        list->at = more;
        list->room = 2 * list->room + 16;
    }
    if (i == list->len)
        list->at[list->len++] = (struct count){*who, 0};
    list->at[i].times++;
}
static uint32_t times(const struct counts *list, const account_id *who) {
    for (uint32_t i = 0; i < list->len; i++)
        if (jobs_same(&list->at[i].who, who))
            return list->at[i].times;
    return 0;
}

struct sums {
    balance owed;
    uint32_t jobs, records; /* entries that the jobs account for, in all maps by job */
    struct counts clients, busy;
};

/* What the seats of a job add up to. */
struct seating {
    uint32_t seats, open, taken, committed, revealed, won, replaced;
    uint16_t winners;
    balance bonds;
    jobs_seat at[JOBS_MAX_SEATS];
};

static const char *count_seats(uint64_t id, const jobs_job *job, struct seating *s) {
    *s = (struct seating){0};
    for (uint8_t i = 0; i < job->n; i++) {
        jobs_seat *seat = &s->at[i];
        if (!jobs_Seats_get(&id, &i, seat))
            continue;
        bool open = seat->state == jobs_seat_state_Offered;
        bool running = seat->state >= jobs_seat_state_Accepted && seat->state <= jobs_seat_state_Revealed;
        s->seats++;
        s->open += open;
        s->taken += running;
        s->committed += seat->state == jobs_seat_state_Committed || (seat->state == jobs_seat_state_Revealed && job->n > 1);
        s->revealed += seat->state == jobs_seat_state_Revealed;
        s->replaced += seat->replaced;
        s->winners |= (uint16_t)((seat->state == jobs_seat_state_Won) << i);
        s->won += seat->state == jobs_seat_state_Won;
        s->bonds += running ? jobs_seat_bond(job) : 0;
        CHECK(seat->price >= 1 && seat->price <= job->limit && seat->min_units <= job->units_max,
              "a seat above the job's limits");
        CHECK(seat->replaced <= JOBS_MAX_REPLACED, "a seat was replaced too often");
        CHECK(seat->state == jobs_seat_state_Revealed || seat->fingerprint.len == 0, "a fingerprint too early or late");
        CHECK(seat->state != jobs_seat_state_Revealed || (seat->units >= 1 && seat->units <= job->units_max),
              "a result out of bounds");
        for (uint8_t k = 0; k < i; k++)
            CHECK(!jobs_same(&s->at[k].provider, &seat->provider), "a provider with two seats");
    }
    CHECK(s->replaced <= JOBS_MAX_RESERVES, "more replacements than reserves");
    return NULL;
}

/* Draws and bids, and whether the state may have them. */
static const char *check_picks(uint64_t id, const jobs_job *job, const struct seating *s, struct sums *sums) {
    jobs_draw draw;
    jobs_bids bids;
    bool drawn = jobs_Draws_get(&id, &draw), direct = job->mode == jobs_mode_Direct;
    bool has_bids = jobs_Bids_exists(&id);
    jobs_Bids_get(&id, &bids);
    sums->records += drawn + has_bids;
    CHECK(drawn == (job->state == jobs_state_Ready || (job->state == jobs_state_Offered && !direct)),
          "a draw in a state without one, or none");
    CHECK(!has_bids || (job->mode == jobs_mode_SealedBid && bids.len && bids.len <= JOBS_MAX_BIDS), "impossible bids");
    for (uint32_t i = 0; i < bids.len; i++) {
        const jobs_sealed_bid *bid = &bids.items[i];
        CHECK(!bid->revealed || (bid->price >= 1 && bid->price <= job->limit), "a bid above the limit");
        for (uint32_t k = 0; k < i; k++)
            CHECK(!jobs_same(&bids.items[k].provider, &bid->provider), "two bids of a provider");
    }
    if (!drawn)
        return NULL;
    CHECK(job->state == jobs_state_Offered ? draw.picks.len <= JOBS_MAX_RESERVES - s->replaced
                                           : draw.picks.len < job->n && (draw.started || draw.picks.len == 0),
          "picks that should be seats, or too many");
    CHECK(draw.draw_at <= clock_now() && draw.armed_relay <= clock_relay(), "a draw of the future");
    CHECK(job->mode == jobs_mode_SealedBid || draw.arm >= 1, "a draw that was not armed");
    for (uint32_t i = 0; i < draw.picks.len; i++) {
        const jobs_pick *pick = &draw.picks.items[i];
        CHECK(pick->price >= 1 && pick->price <= job->limit && pick->min_units <= job->units_max,
              "a pick above the job's limits");
        for (uint32_t k = 0; k < i; k++)
            CHECK(!jobs_same(&draw.picks.items[k].provider, &pick->provider), "a provider picked twice");
        for (uint32_t k = 0; k < s->seats; k++)
            CHECK(!jobs_same(&s->at[k].provider, &pick->provider), "a reserve has a seat");
    }
    return NULL;
}

static const char *check_running(const jobs_job *job, const struct seating *s) {
    bool seated = job->state >= jobs_state_Offered, working = job->state >= jobs_state_Working;
    CHECK(s->seats == (seated ? job->n : 0u) && s->open + s->taken == s->seats, "seats that the state cannot have");
    CHECK(s->taken == job->accepted && s->committed == job->committed && s->revealed == job->revealed,
          "the counters do not say what the seats say");
    CHECK(!working || s->open == 0, "work with an open seat");
    CHECK(job->state != jobs_state_Offered || s->open, "all seats are taken and nobody works");
    CHECK(job->state != jobs_state_Working || job->n == 1 || (s->committed < job->n && s->revealed == 0),
          "all have committed, or results too early");
    CHECK(job->state != jobs_state_Revealing || (job->n > 1 && s->committed >= job->q), "results without commits");
    CHECK(job->ended == 0 && !job->rated, "a job that runs has ended");
    switch (job->state) {
    case jobs_state_Ready: CHECK(job->mode == jobs_mode_Redundant, "a draw in another mode"); break;
    case jobs_state_Bidding: CHECK(job->mode == jobs_mode_SealedBid, "bids in another mode"); break;
    case jobs_state_Offered:
    case jobs_state_Working:
    case jobs_state_Revealing: break;
    case jobs_state_Submitted:
    case jobs_state_Tally:
    case jobs_state_Settled:
    case jobs_state_Refunded:
    case jobs_state_Inconclusive: return "a state that is never stored";
    }
    return NULL;
}

static const char *check_over(uint64_t id, const jobs_job *job, const struct seating *s, struct sums *sums) {
    jobs_outcome outcome;
    bool settled = job->state == jobs_state_Settled, has = jobs_Outcomes_get(&id, &outcome);
    CHECK(s->taken == 0, "a seat of a job that is over");
    CHECK(job->ended >= job->created && job->ended <= clock_now(), "the end is not in time");
    CHECK(has == settled && (settled || (s->won == 0 && !job->rated)), "an outcome without agreement, or none");
    CHECK(!has || (outcome.winners == s->winners && s->won >= job->q), "winners that are none");
    sums->records += has;
    return NULL;
}

static const char *check_job(uint64_t id, const jobs_job *job, struct sums *sums) {
    struct seating s;
    jobs_escrow escrow;
    jobs_spec spec;
    bool over = job->state >= jobs_state_Settled;
    const char *wrong = count_seats(id, job, &s);
    if (wrong)
        return wrong;
    jobs_Escrow_get(&id, &escrow);
    CHECK(jobs_Specs_get(&id, &spec) && jobs_Escrow_exists(&id) && jobs_Receipts_exists(&id), "a job without its records");
    CHECK(spec.model == job->model && spec.n == job->n && spec.q == job->q && spec.limit <= job->limit &&
              spec.mode == job->mode && spec.tip == job->tip && (spec.allow.len != 0) == job->listed,
          "a job that is not what was submitted");
    CHECK(job->depth >= 1 && job->depth <= JOBS_MAX_DEPTH && job->created <= clock_now(), "impossible terms");
    sums->jobs++;
    sums->records += 4 + s.seats;
    sums->owed += escrow.held + escrow.bonds + job->deposit;
    balance need = job->n * jobs_seat_most(job) + job->tip;
    CHECK(escrow.held == (over ? 0 : need) && escrow.bonds == s.bonds, "the escrow does not hold what it should");
    CHECK(over ? escrow.paid + escrow.refunded <= need : escrow.paid + escrow.refunded == 0, "more went out than in");
    if ((wrong = check_picks(id, job, &s, sums)) ||
        (wrong = over ? check_over(id, job, &s, sums) : check_running(job, &s)))
        return wrong;
    if (over)
        return NULL;
    count(&sums->clients, &job->client);
    for (uint8_t i = 0; i < s.seats; i++)
        if (s.at[i].state != jobs_seat_state_Offered)
            count(&sums->busy, &s.at[i].provider);
    return NULL;
}

/* Counters of clients and slots of providers. */
static const char *check_counters(const struct sums *sums) {
    struct walk walk;
    uint32_t open = 0, busy = 0;
    for (walk_begin(&walk, &jobs_ByClient_storage); walk_next(&walk);) {
        account_id who = account_at(&walk);
        uint32_t number;
        CHECK(jobs_ByClient_get(&who, &number) && number && number <= JOBS_MAX_OPEN &&
                  number == times(&sums->clients, &who),
              "a client's open jobs are counted wrong");
        open += number;
    }
    CHECK(open == sums->clients.sum, "open jobs of nobody");
    for (walk_begin(&walk, &compute_Providers_storage); walk_next(&walk);) {
        account_id who = account_at(&walk);
        compute_provider provider;
        CHECK(compute_Providers_get(&who, &provider) && provider.busy == times(&sums->busy, &who),
              "a provider's seats are counted wrong");
        busy += provider.busy;
    }
    CHECK(busy == sums->busy.sum, "seats of nobody");
    return NULL;
}

/* Nothing is kept of jobs that do not exist. */
static const char *check_records(const struct sums *sums) {
    const struct storage_desc *const items[] = {&jobs_Jobs_storage,  &jobs_Specs_storage, &jobs_Escrow_storage,
                                                &jobs_Seats_storage, &jobs_Draws_storage, &jobs_Bids_storage,
                                                &jobs_Outcomes_storage, &jobs_Receipts_storage};
    struct walk walk;
    uint32_t records = 0;
    for (uint32_t i = 0; i < COUNT_OF(items); i++)
        for (walk_begin(&walk, items[i]); walk_next(&walk);)
            records++;
    CHECK(records == sums->records, "records of jobs that do not exist");
    return NULL;
}

const char *jobs_try_state(void) {
    struct sums sums = {0};
    struct walk walk;
    const char *wrong;
    uint64_t next;
    balance books;
    jobs_NextJob_get(&next);
    for (walk_begin(&walk, &jobs_Jobs_storage); walk_next(&walk);) {
        uint64_t id = load_u64(walk.key.at + walk.prefix.len + TWOX);
        jobs_job job;
        CHECK(id >= 1 && id < next && jobs_Jobs_get(&id, &job), "a job out of turn");
        if ((wrong = check_job(id, &job, &sums)))
            return wrong;
    }
    if ((wrong = check_records(&sums)) || (wrong = check_counters(&sums)))
        return wrong;
    for (walk_begin(&walk, &jobs_Due_storage); walk_next(&walk);) {
        account_id who = account_at(&walk);
        balance due;
        CHECK(jobs_Due_get(&who, &due) && due, "an empty due");
        sums.owed += due;
    }
    jobs_Books_get(&books);
    CHECK(books == sums.owed, "what is owed does not add up");
    CHECK(balances_pot_covers(&jobs_pot), "the account does not cover the books");
    return NULL;
}
