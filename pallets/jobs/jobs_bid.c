/* jobs_bid.c - sealed bids on jobs of mode 4: committed, then opened, then the best by price for reputation. */
#include "jobs/jobs_internal.h"

#include "commit/tagged.h"

enum { PPM = 1000000 };

/* What every call of a bidder begins with: the provider it signs for. */
static dispatch_result as_bidder(const struct dispatch *ctx, uint64_t id, jobs_job *job, account_id *owner) {
    account_id who;
    TRY(ensure_signed(&ctx->origin, &who));
    TRY(jobs_load(id, job));
    REQUIRE(job->state == jobs_state_Bidding, WrongState);
    REQUIRE(compute_owner_of(&who, owner), NotOperator);
    return DISPATCH_OK;
}

/* Index of the provider's bid, or len. */
static uint32_t find_bid(const jobs_bids *bids, const account_id *owner) {
    uint32_t i = 0;
    while (i < bids->len && !jobs_same(&bids->items[i].provider, owner))
        i++;
    return i;
}

static bool is_listed(uint64_t id, const jobs_job *job, const account_id *owner) {
    jobs_spec spec;
    if (!job->listed)
        return true;
    jobs_Specs_get(&id, &spec);
    for (uint32_t i = 0; i < spec.allow.len; i++)
        if (jobs_same(&spec.allow.items[i], owner))
            return true;
    return false;
}

static dispatch_result check_bidder(uint64_t id, const jobs_job *job, const account_id *owner, uint32_t now) {
    compute_provider provider;
    compute_ad ad;
    struct compute_need need;
    compute_Providers_get(owner, &provider);
    REQUIRE(!compute_in_family(owner, &provider, &job->client), SelfDeal);
    REQUIRE(compute_state_at(&provider, now) == compute_state_Active, NotActive);
    jobs_need(&need, job, now);
    REQUIRE(is_listed(id, job, owner) && compute_can_serve(owner, &need, &provider, &ad), NotAllowed);
    return DISPATCH_OK;
}

dispatch_result jobs_bid(struct dispatch *ctx, const jobs_call_bid *args) {
    account_id owner;
    jobs_job job;
    jobs_bids bids;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(as_bidder(ctx, id, &job, &owner));
    REQUIRE(now <= job.deadline, TooLate);
    TRY(check_bidder(id, &job, &owner, now));
    jobs_Bids_get(&id, &bids);
    REQUIRE(find_bid(&bids, &owner) == bids.len, AlreadyBid);
    REQUIRE(bids.len < JOBS_MAX_BIDS, BidsFull);

    jobs_sealed_bid *items = arena_alloc(&arena_scratch, (bids.len + 1) * sizeof *items);
    for (uint32_t i = 0; i < bids.len; i++)
        items[i] = bids.items[i];
    items[bids.len] = (jobs_sealed_bid){.provider = owner, .commit = args->commit};
    jobs_Bids_put(&id, &(jobs_bids){items, bids.len + 1});
    JOBS_EVENT(BidPlaced, .job = id, .provider = owner);
    return DISPATCH_OK;
}

static void bid_hash(h256 *hash, const account_id *owner, const jobs_call_reveal_bid *args) {
    uint8_t buffer[128];
    struct writer out = TAGGED(buffer, "deai/job/bid/1");
    write_u64(&out, args->job);
    write_raw(&out, owner->at, sizeof owner->at);
    write_u64(&out, args->price);
    write_raw(&out, args->salt.at, sizeof args->salt.at);
    tagged_finish(hash->at, &out);
}

/* The least price of a model never changes, so it need not be pinned. */
static balance least_price(uint64_t id) {
    models_model model;
    models_licence licence;
    models_Models_get(&id, &model);
    models_Licences_get(&model.licence, &licence);
    return max_u128(licence.min_price, 1);
}

dispatch_result jobs_reveal_bid(struct dispatch *ctx, const jobs_call_reveal_bid *args) {
    account_id owner;
    jobs_job job;
    jobs_bids bids;
    h256 hash;
    uint64_t id = args->job;
    uint32_t now = clock_now();
    TRY(as_bidder(ctx, id, &job, &owner));
    REQUIRE(now > job.deadline, TooEarly);
    REQUIRE(now <= job.deadline + job.windows.reveal, TooLate);
    jobs_Bids_get(&id, &bids);
    uint32_t at = find_bid(&bids, &owner);
    REQUIRE(at < bids.len && !bids.items[at].revealed, NoBid);
    bid_hash(&hash, &owner, args);
    REQUIRE(equal_32(hash.at, bids.items[at].commit.at), CommitMismatch);
    REQUIRE(args->price >= least_price(job.model) && args->price <= job.limit, BadPrice);

    bids.items[at].price = args->price;
    bids.items[at].revealed = true;
    jobs_Bids_put(&id, &bids);
    JOBS_EVENT(BidRevealed, .job = id, .provider = owner, .price = args->price);
    return DISPATCH_OK;
}

/* An opened bid in the contest: the least score wins, equals by a hash that nobody chose. */
struct entry {
    u128 score;
    h256 tie;
    const jobs_sealed_bid *bid;
};

static bool enter(struct entry *entry, uint64_t id, const jobs_sealed_bid *bid) {
    uint8_t buffer[64];
    compute_provider provider;
    u128 rest;
    if (!compute_Providers_get(&bid->provider, &provider))
        return false;
    struct writer out = TAGGED(buffer, "deai/job/tie/1");
    write_u64(&out, id);
    write_raw(&out, bid->provider.at, sizeof bid->provider.at);
    tagged_finish(entry->tie.at, &out);
    entry->score = div_u128((u128)bid->price * PPM, compute_rep_ppm(&provider), &rest);
    entry->bid = bid;
    return true;
}

static bool is_better(const struct entry *a, const struct entry *b) {
    return a->score != b->score ? a->score < b->score : memcmp(&a->tie, &b->tie, sizeof a->tie) < 0;
}

static void pick_best(struct jobs_picking *picks, struct entry *entries, uint32_t count) {
    while (count && picks->len < picks->wanted) {
        struct entry *best = entries;
        for (uint32_t i = 1; i < count; i++)
            if (is_better(&entries[i], best))
                best = &entries[i];
        jobs_try_pick(picks, &best->bid->provider, best->bid->price, 0);
        *best = entries[--count];
    }
}

dispatch_result jobs_assign_bids(uint64_t id, jobs_job *job, bool gone, uint32_t now) {
    struct entry entries[JOBS_MAX_BIDS];
    struct jobs_picking picks;
    jobs_bids bids;
    uint32_t count = 0;
    jobs_Bids_get(&id, &bids);
    /* A sealed bid takes a place in the list, so leaving it sealed has a price. */
    for (uint32_t i = 0; i < bids.len; i++) {
        const jobs_sealed_bid *bid = &bids.items[i];
        if (bid->revealed)
            count += enter(&entries[count], id, bid);
        else
            compute_strike(&bid->provider, compute_offence_BidNotRevealed, now, (compute_object){COMPUTE_JOB, id});
    }
    if (gone)
        return jobs_refund(id, job, jobs_reason_VersionGone, false, now);
    jobs_begin_picks(&picks, job, now);
    pick_best(&picks, entries, count);
    if (picks.len < job->n)
        return jobs_refund(id, job, jobs_reason_NoProviders, false, now);
    jobs_draw draw = {.picks = {picks.items, picks.len}};
    jobs_offer_all(id, job, &draw, now);
    jobs_Jobs_put(&id, job);
    return DISPATCH_OK;
}
