/* jobs_submit.c - a new job: what it may ask for, which terms it pins, what its client pays in; more money, and no job
 * after all. */
#include "jobs/jobs_internal.h"

#include "commit/tagged.h"
#include "state/overlay.h"

enum { SEAT_BYTES = 640, JOB_BYTES = 256, BID_BYTES = 73 }; /* what a job may come to store, for the deposit */

static bool is_zero(const h256 *hash) {
    static const h256 zero;
    return equal_32(hash->at, zero.at);
}

static dispatch_result check_windows(const jobs_windows *windows) {
    REQUIRE(windows->accept >= JOBS_MIN_ACCEPT && windows->commit >= JOBS_MIN_WINDOW &&
                windows->reveal >= JOBS_MIN_WINDOW,
            WindowTooShort);
    REQUIRE(windows->accept <= JOBS_MAX_ACCEPT && windows->commit <= JOBS_MAX_WINDOW &&
                windows->reveal <= JOBS_MAX_WINDOW,
            WindowTooLong);
    return DISPATCH_OK;
}

/* What can be said of a spec without looking at anything else. */
static dispatch_result check_spec(const jobs_spec *spec) {
    bool direct = spec->mode == jobs_mode_Direct;
    REQUIRE(!spec->callback.some && !spec->agent.some && !spec->parent_job.some && is_zero(&spec->canary) &&
                spec->windows.challenge == 0 && (direct || is_zero(&spec->key_wrap_root)),
            FieldOff);
    REQUIRE(direct || spec->mode == jobs_mode_Redundant || spec->mode == jobs_mode_SealedBid, BadMode);
    REQUIRE(spec->asset == 0, BadAsset);
    TRY(check_windows(&spec->windows));
    REQUIRE(spec->n >= 1 && spec->n <= (direct ? 1 : JOBS_MAX_SEATS) && spec->q <= spec->n && 2 * spec->q > spec->n,
            BadQuorum);
    REQUIRE(!direct || spec->allow.len == 1, BadAllow);
    for (uint32_t i = 1; i < spec->allow.len; i++)
        REQUIRE(memcmp(&spec->allow.items[i - 1], &spec->allow.items[i], sizeof(account_id)) < 0, BadAllow);
    return DISPATCH_OK;
}

/* The terms of the version; those of the licence before its end, so that the first error is the lasting one. */
static dispatch_result check_terms(const jobs_spec *spec, models_quote *quote) {
    dispatch_result result = models_quote_terms(quote, spec->model, spec->version);
    bool expired = result == PALLET_ERROR(models, LicenceExpired);
    REQUIRE(result != PALLET_ERROR(models, BadState), VersionNotLive);
    if (!expired)
        TRY(result); /* UnknownModel, UnknownVersion */
    REQUIRE(spec->limit >= quote->licence.min_price, PriceTooLow);
    REQUIRE(!expired, LicenceExpired);
    REQUIRE(quote->profile != models_profile_Tee, ProfileOff);
    return DISPATCH_OK;
}

/* The one provider of a direct job, at the price of its ad. */
static dispatch_result check_chosen(const jobs_spec *spec, const jobs_job *job, jobs_pick *pick) {
    const account_id *owner = &spec->allow.items[0];
    compute_provider provider;
    compute_ad ad;
    struct compute_need need;
    compute_Providers_get(owner, &provider);
    REQUIRE(!compute_in_family(owner, &provider, &job->client), SelfDeal);
    jobs_need(&need, job, job->created);
    REQUIRE(compute_can_serve(owner, &need, &provider, &ad) && ad.price <= job->limit, ProviderUnfit);
    *pick = (jobs_pick){*owner, ad.price, 0, ad.min_units, provider.enc_epoch};
    return DISPATCH_OK;
}

static dispatch_result check_deps(const jobs_deps *deps, uint8_t *depth) {
    jobs_job dep;
    *depth = 1;
    for (uint32_t i = 0; i < deps->len; i++) {
        REQUIRE(i == 0 || deps->items[i - 1] < deps->items[i], DepsOpen);
        TRY(jobs_load(deps->items[i], &dep));
        REQUIRE(dep.state == jobs_state_Settled, DepsOpen);
        if (*depth <= dep.depth)
            *depth = dep.depth + 1;
    }
    REQUIRE(*depth <= JOBS_MAX_DEPTH, DepthLimit);
    return DISPATCH_OK;
}

/* n * units_max * limit below 2^100, and with the tip what the client pays in. */
static dispatch_result check_worth(const jobs_job *job, balance *worth) {
    balance work = job->n * jobs_seat_most(job);
    if (!checked_add_u128(worth, work, job->tip))
        return ARITHMETIC_ERROR(Overflow);
    REQUIRE(work >= JOBS_MIN_VALUE, PriceTooLow);
    REQUIRE(*worth <= JOBS_MAX_VALUE, JobTooBig);
    return DISPATCH_OK;
}

/* The state that a job begins with. */
static void put_first_state(uint64_t id, jobs_job *job, const jobs_pick *chosen) {
    jobs_draw draw = {0};
    uint32_t now = job->created;
    switch (job->mode) {
    case jobs_mode_Direct:
        job->state = jobs_state_Offered;
        jobs_offer(id, job, 0, chosen, 0, now);
        break;
    case jobs_mode_SealedBid:
        job->state = jobs_state_Bidding;
        job->deadline = now + job->windows.accept;
        break;
    default:
        job->state = jobs_state_Ready;
        job->deadline = now + JOBS_REST_TICKS;
        jobs_arm(id, &draw);
        jobs_Draws_put(&id, &draw);
    }
    jobs_Jobs_put(&id, job);
}

static balance storage_deposit(const jobs_job *job, uint32_t spec_len) {
    uint32_t bids = job->mode == jobs_mode_SealedBid ? JOBS_MAX_BIDS * BID_BYTES : 0;
    return JOBS_DEPOSIT_BASE + JOBS_DEPOSIT_PER_BYTE * (spec_len + job->n * SEAT_BYTES + JOB_BYTES + bids);
}

/* Encoded once: hashed behind its tag, stored without. */
static const char spec_tag[] = "deai/job/spec/1";
enum { TAG_BYTES = sizeof spec_tag };

/* The terms that the job runs under, whatever changes later. */
static void pin(jobs_job *job, const jobs_spec *spec, const account_id *client, uint32_t now) {
    *job = (jobs_job){.client = *client,
                      .mode = spec->mode,
                      .n = spec->n,
                      .q = spec->q,
                      .listed = spec->allow.len != 0,
                      .model = spec->model,
                      .version = spec->version,
                      .units_max = spec->units_max,
                      .limit = spec->limit,
                      .tip = spec->tip,
                      .min_stake = spec->min_stake,
                      .region_mask = spec->region_mask,
                      .min_rep_ppm = spec->min_rep_ppm,
                      .windows = spec->windows,
                      .created = now};
    rewards_FeeSplit_get(&job->split);
}

dispatch_result jobs_submit_job(struct dispatch *ctx, const jobs_call_submit_job *args) {
    const jobs_spec *spec = &args->spec;
    uint8_t buffer[TAG_BYTES + JOBS_MAX_SPEC];
    account_id who;
    jobs_job job;
    jobs_pick chosen = {0};
    models_quote quote;
    uint64_t id, next;
    uint32_t open;
    balance worth;
    h256 hash;
    TRY(ensure_signed(&ctx->origin, &who));
    struct writer out = tagged_begin(buffer, sizeof buffer, spec_tag, TAG_BYTES - 1);
    scale_encode(&jobs_spec_type, spec, &out);
    struct bytes encoded = {buffer + TAG_BYTES, writer_len(&out) - TAG_BYTES};
    TRY(check_spec(spec));
    TRY(check_terms(spec, &quote));
    REQUIRE(models_admit(spec->model, quote.licence_id, &quote.licence, &who, &args->proofs) == DISPATCH_OK,
            PolicyDenied);
    pin(&job, spec, &who, clock_now());
    job.profile = quote.profile;
    job.fp_params = quote.fp_params;
    job.royalty_ppb = quote.royalty_ppb;
    if (spec->mode == jobs_mode_Direct)
        TRY(check_chosen(spec, &job, &chosen));
    TRY(check_deps(&spec->deps, &job.depth));
    jobs_ByClient_get(&who, &open);
    REQUIRE(open < JOBS_MAX_OPEN, TooManyOpen);
    jobs_NextJob_get(&id);
    REQUIRE(checked_add_u64(&next, id, 1), IdsExhausted);
    TRY(check_worth(&job, &worth));
    REQUIRE(args->deposit >= worth, Underfunded);
    REQUIRE(args->deposit <= worth, Overfunded);
    job.deposit = storage_deposit(&job, encoded.len);
    TRY(balances_pot_take(&jobs_pot, &who, worth + job.deposit));

    open++;
    jobs_NextJob_put(&next);
    jobs_ByClient_put(&who, &open);
    jobs_Escrow_put(&id, &(jobs_escrow){.held = worth});
    overlay_entry_put(storage_entry(&jobs_Specs_storage, &id), encoded);
    tagged_finish(hash.at, &out);
    jobs_start_receipt(id, &hash);
    JOBS_EVENT(JobSubmitted, .job = id, .client = who, .model = spec->model, .version = spec->version,
               .mode = spec->mode, .held = worth, .deposit = job.deposit);
    put_first_state(id, &job, &chosen);
    return DISPATCH_OK;
}

/* The client may change its mind while nobody can know the draw; later it could try until its own provider wins. */
static dispatch_result check_unknown(uint64_t id, jobs_draw *draw) {
    jobs_Draws_get(&id, draw);
    REQUIRE(clock_relay() < draw->armed_relay + CLOCK_SEED_DELAY, DrawPending);
    return DISPATCH_OK;
}

dispatch_result jobs_top_up(struct dispatch *ctx, const jobs_call_top_up *args) {
    account_id who;
    jobs_job job;
    jobs_draw draw;
    jobs_escrow escrow;
    balance worth;
    uint64_t id = args->job;
    TRY(jobs_as_client(ctx, id, &who, &job));
    REQUIRE(job.state == jobs_state_Ready, WrongState);
    TRY(check_unknown(id, &draw));
    REQUIRE(args->limit > job.limit, LimitTooLow);
    job.limit = args->limit;
    TRY(check_worth(&job, &worth));
    jobs_Escrow_get(&id, &escrow);
    balance more = worth - escrow.held;
    TRY(balances_pot_take(&jobs_pot, &who, more));

    escrow.held = worth;
    jobs_Escrow_put(&id, &escrow);
    jobs_Jobs_put(&id, &job);
    JOBS_EVENT(ToppedUp, .job = id, .limit = job.limit, .amount = more);
    jobs_arm(id, &draw);
    jobs_Draws_put(&id, &draw);
    return DISPATCH_OK;
}

dispatch_result jobs_cancel_job(struct dispatch *ctx, const jobs_call_cancel_job *args) {
    account_id who;
    jobs_job job;
    jobs_draw draw;
    uint32_t now = clock_now();
    TRY(jobs_as_client(ctx, args->job, &who, &job));
    REQUIRE(job.state <= jobs_state_Offered, WrongState);
    if (job.state == jobs_state_Ready)
        TRY(check_unknown(args->job, &draw));
    REQUIRE(job.state != jobs_state_Bidding || now <= job.deadline, TooLate);
    bool drawn = job.state == jobs_state_Offered && job.mode != jobs_mode_Direct;
    return jobs_refund(args->job, &job, jobs_reason_Cancelled, drawn, now);
}
