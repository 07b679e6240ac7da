/* jobs_draw.c - who gets the seats of a job of mode 2: a weighted draw over the order book, cheapest price class first, or
 * over the client's list. Every ask has a key of its own (market/draw.h), so a draw may be cut into calls at any key. */
#include "jobs/jobs_internal.h"

#include "market/draw.h"
#include "market/price_tick.h"
#include "state/overlay.h"

void jobs_arm(uint64_t id, jobs_draw *draw) {
    *draw = (jobs_draw){.draw_at = clock_now(), .armed_relay = clock_relay(), .arm = draw->arm + 1};
    JOBS_EVENT(Armed, .job = id, .least = draw->armed_relay + CLOCK_SEED_DELAY, .arm = draw->arm);
}

void jobs_need(struct compute_need *need, const jobs_job *job, uint32_t now) {
    *need = (struct compute_need){.model = job->model,
                                  .client = &job->client,
                                  .min_stake = job->min_stake,
                                  .region_mask = job->region_mask,
                                  .min_rep_ppm = job->min_rep_ppm,
                                  .units_max = job->units_max,
                                  .now = now,
                                  .profile = job->profile};
}

void jobs_offer(uint64_t id, const jobs_job *job, uint8_t number, const jobs_pick *pick, uint8_t replaced, uint32_t now) {
    jobs_seat seat = {.provider = pick->provider,
                      .state = jobs_seat_state_Offered,
                      .price = pick->price,
                      .min_units = pick->min_units,
                      .enc_epoch = pick->enc_epoch,
                      .deadline = now + job->windows.accept,
                      .replaced = replaced};
    jobs_Seats_put(&id, &number, &seat);
    JOBS_EVENT(SeatOffered, .job = id, .seat = number, .provider = pick->provider, .price = pick->price,
               .until = seat.deadline);
}

void jobs_offer_all(uint64_t id, jobs_job *job, jobs_draw *draw, uint32_t now) {
    for (uint8_t i = 0; i < job->n; i++)
        jobs_offer(id, job, i, &draw->picks.items[i], 0, now);
    draw->picks.items += job->n;
    draw->picks.len -= job->n;
    job->state = jobs_state_Offered;
    jobs_Draws_put(&id, draw);
}

/* --- picks --- */

void jobs_begin_picks(struct jobs_picking *p, const jobs_job *job, uint32_t now) {
    jobs_need(&p->need, job, now);
    p->wanted = (uint32_t)job->n + JOBS_MAX_RESERVES;
    p->len = 0;
}

/* No account is owner or operator of two providers. A payout that two of them share says nothing against either: it needs
 * nobody's consent, so with a rule against it any provider could push a rival out of a draw by naming the rival's account. */
void jobs_try_pick(struct jobs_picking *p, const account_id *owner, uint64_t price, uint64_t ask_weight) {
    compute_provider provider;
    compute_ad ad;
    p->need.ask_weight = ask_weight;
    if (compute_can_serve(owner, &p->need, &provider, &ad))
        p->items[p->len++] = (jobs_pick){*owner, price, ask_weight, ad.min_units, provider.enc_epoch};
}

/* --- one call's part of a draw --- */

/* An ask as it is stored (compute_ask): 64 of them are read in place, most of them only to be passed over. */
enum { ASK_PRICE = 32, ASK_WEIGHT = 40, ASK_LIVE_FROM = 48, ASK_PAUSED = 52, ASK_SIZE = 60, CLASS_SIZE = 64 };

struct candidate {
    u128 key;
    const account_id *provider;
    uint64_t price, ask_weight;
};
struct drawing {
    uint64_t id;
    const jobs_job *job;
    jobs_draw *draw;
    h256 seed;
    struct jobs_picking picks;
    uint32_t checks; /* that this call may still make */
    uint32_t count;
    struct candidate candidates[CLASS_SIZE];
};

static const uint32_t native = 0; /* the only asset of the book */

/* Asks of a price class; *count of them lie one after the other. */
static const uint8_t *class_asks(const jobs_job *job, uint8_t class, uint32_t *count) {
    const void *const keys[] = {&job->model, &native, &class};
    struct bytes stored;
    *count = 0;
    if (!overlay_entry_get(storage_entry(&compute_AskTick_storage, keys), &stored))
        return NULL;
    struct reader in = reader_over(stored, &arena_scratch);
    *count = read_compact_u32(&in);
    return in.at;
}

static bool is_before(u128 key, const account_id *provider, u128 other_key, const account_id *other) {
    return key != other_key ? key < other_key : memcmp(provider, other, sizeof *provider) < 0;
}

/* An ask takes part when it was there at the arming and is not too dear; what an earlier call tried is behind. */
static void add_candidate(struct drawing *d, const uint8_t *ask) {
    const account_id *provider = (const void *)ask;
    uint64_t price = load_u64(ask + ASK_PRICE), ask_weight = load_u64(ask + ASK_WEIGHT);
    uint32_t armed = d->draw->draw_at;
    if (load_u32(ask + ASK_LIVE_FROM) > armed || price > d->job->limit || ask_weight == 0 ||
        (load_u32(ask + ASK_PAUSED) < armed && armed < load_u32(ask + ASK_PAUSED + 4)))
        return;
    u128 key = draw_key(d->seed.at, provider->at, ask_weight);
    if (is_before(d->draw->last_key, &d->draw->last, key, provider))
        d->candidates[d->count++] = (struct candidate){key, provider, price, ask_weight};
}

static void load_class(struct drawing *d, uint8_t class) {
    uint32_t count;
    const uint8_t *asks = class_asks(d->job, class, &count);
    for (d->count = 0; count--; asks += ASK_SIZE)
        add_candidate(d, asks);
}

/* The candidates of a job with a list are those whom it names and who ask for the model. */
static void load_list(struct drawing *d) {
    jobs_spec spec;
    const jobs_allow *allow = &spec.allow;
    jobs_Specs_get(&d->id, &spec);
    d->count = 0;
    for (uint32_t i = 0; i < allow->len; i++) {
        compute_ad_record record;
        uint32_t count;
        if (!compute_Ads_get(&d->job->model, &allow->items[i], &record))
            continue;
        const uint8_t *asks = class_asks(d->job, price_tick(record.ad.price), &count);
        for (; count--; asks += ASK_SIZE)
            if (equal_32(asks, allow->items[i].at))
                add_candidate(d, asks);
    }
}

/* Tries the candidates by their keys until there are enough picks; false when this call may check no more. */
static bool try_candidates(struct drawing *d) {
    while (d->count && d->picks.len < d->picks.wanted) {
        struct candidate *best = d->candidates;
        if (d->checks-- == 0)
            return false;
        for (uint32_t i = 1; i < d->count; i++)
            if (is_before(d->candidates[i].key, d->candidates[i].provider, best->key, best->provider))
                best = &d->candidates[i];
        jobs_try_pick(&d->picks, best->provider, best->price, best->ask_weight);
        d->draw->last_key = best->key;
        d->draw->last = *best->provider;
        *best = d->candidates[--d->count];
    }
    return true;
}

/* The first class from `from` to `to` that has asks; above `to` when there is none. */
static uint32_t next_class(const bytes32 *bits, uint32_t from, uint32_t to) {
    while (from <= to && !(bits->at[from / 8] >> from % 8 & 1))
        from += bits->at[from / 8] >> from % 8 ? 1 : 8 - from % 8;
    return from;
}

/* Goes on with the draw as far as one call may. True when the book, or the list, has nothing more to look at. */
static bool go_on(struct drawing *d) {
    jobs_draw *draw = d->draw;
    uint32_t top = price_tick(d->job->limit), class = draw->cursor;
    bytes32 bits;
    if (d->job->listed) {
        load_list(d);
        return try_candidates(d);
    }
    compute_AskBits_get(&d->job->model, &native, &bits);
    for (uint32_t loaded = 0; d->picks.len < d->picks.wanted; loaded++) {
        class = next_class(&bits, class, top);
        if (class > top)
            return true;
        if (class != draw->cursor) { /* nothing of this class has been tried */
            draw->last_key = 0;
            draw->last = (account_id){0};
            draw->cursor = (uint8_t)class;
        }
        if (loaded == JOBS_DRAW_TICKS)
            return false;
        load_class(d, draw->cursor);
        if (!try_candidates(d))
            return false;
        class++;
    }
    return false;
}

static dispatch_result go_on_drawing(uint64_t id, jobs_job *job, jobs_draw *draw, const h256 *value, uint32_t relay,
                                     uint32_t now) {
    struct drawing *d = arena_alloc(&arena_scratch, sizeof *d);
    d->id = id;
    d->job = job;
    d->draw = draw;
    d->checks = JOBS_DRAW_CHECKS;
    clock_seed(&d->seed, value, JOBS_SEED_KIND, id, draw->arm);
    if (!draw->started)
        JOBS_EVENT(SeedFixed, .job = id, .relay = relay, .seed = d->seed);
    draw->started = true;
    jobs_begin_picks(&d->picks, job, now);
    while (d->picks.len < draw->picks.len) { /* those of earlier calls */
        d->picks.items[d->picks.len] = draw->picks.items[d->picks.len];
        d->picks.len++;
    }
    bool over = go_on(d);
    draw->picks = (jobs_picks){d->picks.items, d->picks.len};
    if (d->picks.len >= job->n) {
        jobs_offer_all(id, job, draw, now);
        jobs_Jobs_put(&id, job);
        return DISPATCH_OK;
    }
    if (over)
        jobs_arm(id, draw);
    jobs_Draws_put(&id, draw);
    return DISPATCH_OK;
}

dispatch_result jobs_assign(struct dispatch *ctx, const jobs_call_assign *args) {
    account_id who;
    jobs_job job;
    jobs_draw draw;
    h256 value;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(jobs_load(id, &job));
    if (job.state == jobs_state_Bidding) {
        REQUIRE(now > job.deadline + job.windows.reveal, TooEarly);
    } else {
        REQUIRE(job.state == jobs_state_Ready, WrongState);
        REQUIRE(now <= job.deadline, TooLate);
        jobs_Draws_get(&id, &draw);
        enum clock_lookup found = clock_find_rand(draw.armed_relay, args->relay, &value);
        REQUIRE(found != CLOCK_WRONG, RandomnessMissing);
        if (found == CLOCK_GONE) {
            jobs_arm(id, &draw);
            jobs_Draws_put(&id, &draw);
            return DISPATCH_OK;
        }
    }
    bool gone = !models_takes_jobs(job.model, job.version);
    if (job.state == jobs_state_Bidding)
        return jobs_assign_bids(id, &job, gone, now);
    if (gone)
        return jobs_refund(id, &job, jobs_reason_VersionGone, false, now);
    return go_on_drawing(id, &job, &draw, &value, args->relay, now);
}
