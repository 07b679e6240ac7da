/* Posting a job: what is pinned and paid, every refusal in its order, deposits, the chain of hashes. */
#include "jobs/jobs_fixture.h"

#include "commit/tagged.h"

enum { SERVER = FIRST_PROVIDER };

static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(1);
    return 0;
}

static uint32_t open_of(int n) {
    uint32_t open;
    account_id who = person(n);
    jobs_ByClient_get(&who, &open);
    return open;
}

static dispatch_result submit(jobs_spec spec) { return submit_as(CLIENT, &spec, need_of(&spec)); }
#define REFUSED(error, spec) assert_int_equal(submit(spec), JOBS_ERROR(error))
#define ACCEPTED(spec) assert_int_equal(submit(spec), DISPATCH_OK)

static uint32_t spec_len(const jobs_spec *spec) {
    uint8_t buffer[2048];
    struct writer out = writer_over(buffer, sizeof buffer);
    scale_encode(&jobs_spec_type, spec, &out);
    return writer_len(&out);
}

/* --- what a job becomes --- */

static void test_drawn_job(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 5;
    spec.min_rep_ppm = 1;
    u128 before = money_of(CLIENT), need = need_of(&spec), books;
    u128 deposit = UNIT / 10 + MILLI_UNIT * (spec_len(&spec) + 3 * 640 + 256);
    uint64_t id = submitted(CLIENT, spec), next;
    assert_int_equal(id, 1);
    jobs_NextJob_get(&next);
    assert_int_equal(next, 2);
    jobs_job job = job_of(id);
    account_id client = person(CLIENT);
    assert_memory_equal(&job.client, &client, 32);
    assert_int_equal(job.state, jobs_state_Ready);
    assert_int_equal(job.mode, jobs_mode_Redundant);
    assert_int_equal(job.n, 3);
    assert_int_equal(job.q, 2);
    assert_int_equal(job.accepted + job.committed + job.revealed + job.rated + job.listed, 0);
    assert_int_equal(job.depth, 1);
    assert_int_equal(job.profile, models_profile_ExactInt);
    assert_int_equal(job.model, 1);
    assert_int_equal(job.version, 1);
    assert_int_equal(job.units_max, 10);
    assert_true(job.limit == spec.limit && job.tip == 5);
    assert_int_equal(job.windows.accept, 10);
    assert_int_equal(job.windows.commit, 20);
    assert_int_equal(job.windows.reveal, 30);
    assert_memory_equal(&job.split, &rewards_default_split, sizeof job.split);
    assert_int_equal(job.royalty_ppb, MODELS_PPB);
    assert_int_equal(job.created, tick_now());
    assert_int_equal(job.deadline, tick_now() + JOBS_REST_TICKS);
    assert_int_equal(job.ended, 0);
    assert_true(job.deposit == deposit);

    assert_true(before - money_of(CLIENT) == need + deposit);
    assert_int_equal(open_of(CLIENT), 1);
    jobs_escrow escrow = escrow_of(id);
    assert_true(escrow.held == need && escrow.bonds == 0 && escrow.paid == 0 && escrow.refunded == 0);
    jobs_Books_get(&books);
    assert_true(books == need + deposit);

    jobs_draw draw = draw_of(id);
    assert_int_equal(draw.arm, 1);
    assert_int_equal(draw.draw_at, tick_now());
    assert_int_equal(draw.armed_relay, clock_relay());
    assert_false(draw.started);
    assert_int_equal(draw.picks.len, 0);

    JOB_EVENT_WAS(JobSubmitted, .job = 1, .client = client, .model = 1, .version = 1, .mode = jobs_mode_Redundant,
                  .held = need, .deposit = deposit);
    JOB_EVENT_WAS(Armed, .job = 1, .least = clock_relay() + 6, .arm = 1);

    jobs_spec stored;
    assert_true(jobs_Specs_get(&id, &stored));
    uint8_t a[2048], b[2048];
    struct writer left = writer_over(a, sizeof a), right = writer_over(b, sizeof b);
    scale_encode(&jobs_spec_type, &spec, &left);
    scale_encode(&jobs_spec_type, &stored, &right);
    assert_bytes_equal(writer_bytes(&left), writer_bytes(&right));
}

static void test_sealed_job(void **state) {
    (void)state;
    jobs_spec spec = a_sealed();
    uint64_t id = submitted(CLIENT, spec);
    jobs_job job = job_of(id);
    assert_int_equal(job.state, jobs_state_Bidding);
    assert_int_equal(job.deadline, tick_now() + 10);
    assert_true(job.deposit == UNIT / 10 + MILLI_UNIT * (spec_len(&spec) + 3 * 640 + 256 + 32 * 73));
    assert_false(jobs_Draws_exists(&id));
    assert_int_equal(market_events(), 1 + 1); /* JobSubmitted, Transfer */
}

static void test_direct_job(void **state) {
    (void)state;
    jobs_spec spec = a_direct(SERVER);
    spec.key_wrap_root = a_hash(1); /* the one provider is known: keys may be wrapped for it */
    uint64_t id = submitted(CLIENT, spec);
    jobs_job job = job_of(id);
    assert_int_equal(job.state, jobs_state_Offered);
    assert_true(job.listed);
    jobs_seat seat = seat_of(id, 0);
    account_id server = person(SERVER);
    assert_memory_equal(&seat.provider, &server, 32);
    assert_int_equal(seat.state, jobs_seat_state_Offered);
    assert_true(seat.price == (uint64_t)MARKET_PRICE);
    assert_int_equal(seat.min_units, 1);
    assert_int_equal(seat.enc_epoch, record_of(SERVER).enc_epoch);
    assert_int_equal(seat.deadline, tick_now() + 10);
    assert_int_equal(seat.replaced, 0);
    JOB_EVENT_WAS(SeatOffered, .job = id, .seat = 0, .provider = server, .price = (uint64_t)MARKET_PRICE,
                  .until = tick_now() + 10);
    assert_false(jobs_Draws_exists(&id));
}

/* What is pinned is the version's and the model's of now. */
static void test_pinned_fingerprint(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = market_model(models_profile_Tolerance, 0);
    jobs_job job = job_of(submitted(CLIENT, spec));
    assert_int_equal(job.profile, models_profile_Tolerance);
    assert_int_equal(job.fp_params.topk, 4);
    assert_int_equal(job.fp_params.min_overlap, 2);
}

static void add_link(h256 *chain, uint8_t index, const struct type_desc *type, const void *event) {
    uint8_t buffer[512];
    struct writer out = TAGGED(buffer, "deai/job/a/1");
    write_raw(&out, chain->at, 32);
    write_u32(&out, clock_now());
    write_u8(&out, index);
    scale_encode(type, event, &out);
    tagged_finish(chain->at, &out);
}
#define LINK(chain, name, ...)                                                                                         \
    add_link(chain, jobs_event_index_##name, &jobs_event_##name##_type, &(const jobs_event_##name){__VA_ARGS__})

static void test_chain_of_hashes(void **state) {
    (void)state;
    uint8_t buffer[2048];
    jobs_spec spec = a_spec();
    h256 chain, receipt;
    struct writer out = TAGGED(buffer, "deai/job/spec/1");
    scale_encode(&jobs_spec_type, &spec, &out);
    tagged_finish(chain.at, &out);
    out = TAGGED(buffer, "deai/job/a0/1");
    write_u64(&out, 1);
    write_raw(&out, chain.at, 32);
    tagged_finish(chain.at, &out);
    uint64_t id = submitted(CLIENT, spec);
    LINK(&chain, JobSubmitted, .job = 1, .client = person(CLIENT), .model = 1, .version = 1,
         .mode = jobs_mode_Redundant, .held = need_of(&spec), .deposit = job_of(1).deposit);
    LINK(&chain, Armed, .job = 1, .least = clock_relay() + 6, .arm = 1);
    jobs_Receipts_get(&id, &receipt);
    assert_memory_equal(&receipt, &chain, 32);

    pass_ticks(1);
    JOB_OK(CLIENT, top_up, .job = id, .limit = 2 * (uint64_t)UNIT);
    LINK(&chain, ToppedUp, .job = 1, .limit = 2 * (uint64_t)UNIT, .amount = 30 * UNIT);
    LINK(&chain, Armed, .job = 1, .least = clock_relay() + 6, .arm = 2);
    jobs_Receipts_get(&id, &receipt);
    assert_memory_equal(&receipt, &chain, 32);
}

/* --- refusals --- */

static void test_origins(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    assert_int_equal(submit_as(AS_ROOT, &spec, need_of(&spec)), BAD_ORIGIN);
    assert_int_equal(submit_as(AS_NONE, &spec, need_of(&spec)), BAD_ORIGIN);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, top_up, .job = 1);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, cancel_job, .job = 1);
}

static void test_fields_of_later_pallets(void **state) {
    (void)state;
    for (int field = 0; field < 7; field++) {
        jobs_spec spec = field == 6 ? a_sealed() : a_spec();
        switch (field) {
        case 0: spec.callback.some = true; break;
        case 1: spec.agent = (option_u64){true, 1}; break;
        case 2: spec.parent_job = (option_u64){true, 1}; break;
        case 3: spec.canary.at[31] = 1; break;
        case 4: spec.windows.challenge = 1; break;
        default: spec.key_wrap_root.at[0] = 1; break;
        }
        REFUSED(FieldOff, spec);
    }
}

static void test_modes(void **state) {
    (void)state;
    static const uint8_t off[] = {jobs_mode_Optimistic, jobs_mode_Tee, jobs_mode_Remote, jobs_mode_Jam};
    for (size_t i = 0; i < sizeof off; i++) {
        jobs_spec spec = a_spec();
        spec.mode = off[i];
        REFUSED(BadMode, spec);
    }
    jobs_spec spec = a_spec();
    spec.asset = 1;
    REFUSED(BadAsset, spec);
}

static void test_windows(void **state) {
    (void)state;
    static const uint16_t least[] = {5, 10, 10}, most[] = {1200, 14400, 14400};
    for (int i = 0; i < 3; i++) {
        jobs_spec spec = a_spec();
        uint16_t *window = i == 0 ? &spec.windows.accept : i == 1 ? &spec.windows.commit : &spec.windows.reveal;
        *window = 0;
        REFUSED(WindowTooShort, spec);
        *window = (uint16_t)(least[i] - 1);
        REFUSED(WindowTooShort, spec);
        *window = least[i];
        ACCEPTED(spec);
        *window = most[i];
        ACCEPTED(spec);
        *window = (uint16_t)(most[i] + 1);
        REFUSED(WindowTooLong, spec);
        *window = UINT16_MAX;
        REFUSED(WindowTooLong, spec);
    }
}

static void test_quorums(void **state) {
    (void)state;
    market_unchecked = true;
    for (uint8_t n = 0; n <= 10; n++)
        for (uint8_t q = 0; q <= 11; q++) {
            jobs_spec spec = a_spec();
            spec.n = n;
            spec.q = q;
            spec.limit = 1000000000000;
            bool right = n >= 1 && n <= 9 && 2 * q > n && q <= n;
            assert_int_equal(submit(spec), right ? DISPATCH_OK : JOBS_ERROR(BadQuorum));
            spec.mode = jobs_mode_SealedBid;
            assert_int_equal(submit(spec), right ? DISPATCH_OK : JOBS_ERROR(BadQuorum));
            spec = a_direct(SERVER);
            spec.n = n;
            spec.q = q;
            assert_int_equal(submit(spec), n == 1 && q == 1 ? DISPATCH_OK : JOBS_ERROR(BadQuorum));
        }
    jobs_spec spec = a_spec();
    spec.q = 255; /* twice that is more than a byte */
    REFUSED(BadQuorum, spec);
}

static void test_lists(void **state) {
    (void)state;
    account_id list[16];
    for (int i = 0; i < 16; i++)
        list[i] = person(i + 50);
    jobs_spec spec = a_spec();
    spec.allow = (jobs_allow){list, 16};
    ACCEPTED(spec);
    assert_true(job_of(1).listed);
    list[7] = list[6];
    REFUSED(BadAllow, spec);
    list[7] = person(60);
    REFUSED(BadAllow, spec);
    spec.allow.len = 7;
    spec.mode = jobs_mode_SealedBid;
    ACCEPTED(spec);
    spec = a_direct(SERVER);
    spec.allow.len = 0;
    REFUSED(BadAllow, spec);
    list[0] = person(SERVER);
    list[1] = person(SERVER + 1);
    spec.allow = (jobs_allow){list, 2};
    REFUSED(BadAllow, spec);
}

static void set_model_state(uint64_t id, models_state to) {
    models_model model;
    models_Models_get(&id, &model);
    model.state = to;
    model.deprecated_epoch = 0;
    models_Models_put(&id, &model);
}

static void test_versions(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = 2;
    assert_int_equal(submit(spec), PALLET_ERROR(models, UnknownModel));
    spec.model = 1;
    spec.version = 2;
    assert_int_equal(submit(spec), PALLET_ERROR(models, UnknownVersion));
    spec.version = 1;
    set_model_state(1, models_state_Deprecated);
    ACCEPTED(spec);
    set_model_state(1, models_state_Frozen);
    REFUSED(VersionNotLive, spec);
    set_model_state(1, models_state_Retired);
    REFUSED(VersionNotLive, spec);
    set_model_state(1, models_state_Active);
    PALLET_OK(models, MAKER, yank_version, .model = 1, .number = 1, .reason = 1);
    REFUSED(VersionNotLive, spec);
}

static void test_profile_off(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = market_model(models_profile_Tee, 0);
    REFUSED(ProfileOff, spec);
}

static void test_licence(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.units_max = UINT32_MAX;
    spec.limit = 9;
    REFUSED(PriceTooLow, spec); /* the licence's least price is 10 */
    spec.limit = 10;
    ACCEPTED(spec);
    models_licence licence;
    uint32_t first = 1;
    models_Licences_get(&first, &licence);
    licence.expires = tick_now() + 1;
    models_Licences_put(&first, &licence);
    ACCEPTED(spec);
    pass_ticks(1);
    REFUSED(LicenceExpired, spec);
    spec.limit = 9;
    REFUSED(PriceTooLow, spec); /* is looked at first */
}

static void test_policy(void **state) {
    (void)state;
    h256 payload;
    account_id client = person(CLIENT);
    jobs_spec spec = a_spec();
    PALLET_OK(models, MAKER, set_policy, .model = 1, .policy = {.tag = models_policy_LicenceAccepted});
    REFUSED(PolicyDenied, spec);
    PALLET_OK(models, CLIENT, accept_licence, .licence = 1, .text_hash = a_hash(4));
    ACCEPTED(spec);

    /* A tree of one leaf has its hash as root: blake2_256(0, payload, weight 1 u128, index u64). */
    uint8_t leaf[57] = {0};
    models_policy policy = {.tag = models_policy_Allow, .as.Allow.count = 1};
    models_allow_payload(&payload, &client);
    memcpy(leaf + 1, payload.at, 32);
    leaf[33] = 1;
    shim_blake2(policy.as.Allow.root.at, 32, (struct bytes){leaf, sizeof leaf});
    PALLET_OK(models, MAKER, set_policy, .model = 1, .policy = policy);
    REFUSED(PolicyDenied, spec);
    models_access_proof proof = {.index = 0};
    JOB_OK(CLIENT, submit_job, .spec = spec, .deposit = need_of(&spec), .proofs = {&proof, 1});
    JOB_FAILS(PolicyDenied, OTHER, submit_job, .spec = spec, .deposit = need_of(&spec), .proofs = {&proof, 1});
    proof.index = 1;
    JOB_FAILS(PolicyDenied, CLIENT, submit_job, .spec = spec, .deposit = need_of(&spec), .proofs = {&proof, 1});
}

static void put_record(int owner, const compute_provider *record) {
    account_id who = person(owner);
    compute_Providers_put(&who, record);
}

static void test_self_deal(void **state) {
    (void)state;
    jobs_spec spec = a_direct(SERVER);
    market_unchecked = true; /* families below are made by hand */
    assert_int_equal(submit_as(SERVER, &spec, need_of(&spec)), JOBS_ERROR(SelfDeal));
    compute_provider record = record_of(SERVER);
    record.operator = person(30);
    record.payout = person(31);
    put_record(SERVER, &record);
    assert_int_equal(submit_as(SERVER, &spec, need_of(&spec)), JOBS_ERROR(SelfDeal));
    assert_int_equal(submit_as(30, &spec, need_of(&spec)), JOBS_ERROR(SelfDeal));
    assert_int_equal(submit_as(31, &spec, need_of(&spec)), JOBS_ERROR(SelfDeal));
    ACCEPTED(spec);
    /* In drawn jobs such a client is served by others. */
    spec = a_spec();
    assert_int_equal(submit_as(SERVER, &spec, need_of(&spec)), DISPATCH_OK);
}

static void test_unfit_provider(void **state) {
    (void)state;
    compute_provider good = record_of(SERVER), bad = good;
    jobs_spec spec = a_direct(40), right = a_direct(SERVER);
    spec = a_direct(40); /* nobody */
    REFUSED(ProviderUnfit, spec);
    right = a_direct(SERVER);
    market_unchecked = true;

    spec = right;
    spec.limit = (uint64_t)MARKET_PRICE - 1;
    REFUSED(ProviderUnfit, spec); /* its price */
    spec.limit++;
    ACCEPTED(spec);
    spec = right;
    spec.region_mask = 1ull << (SERVER + 1);
    REFUSED(ProviderUnfit, spec);
    spec.region_mask |= 1ull << SERVER;
    ACCEPTED(spec);
    spec = right;
    spec.min_rep_ppm = 500001;
    REFUSED(ProviderUnfit, spec);
    spec.min_rep_ppm--;
    ACCEPTED(spec);
    spec = right;
    spec.min_stake = COMPUTE_MIN_SELF_BOND + 1;
    REFUSED(ProviderUnfit, spec);
    spec.min_stake--;
    ACCEPTED(spec);
    bad.busy = bad.slots;
    put_record(SERVER, &bad);
    REFUSED(ProviderUnfit, right);
    bad = good;
    bad.state = compute_state_Draining;
    put_record(SERVER, &bad);
    REFUSED(ProviderUnfit, right);
    put_record(SERVER, &good);
    set_tick(good.last_seen + COMPUTE_HEARTBEAT_TICKS);
    ACCEPTED(right);
    set_tick(good.last_seen + COMPUTE_HEARTBEAT_TICKS + 1);
    REFUSED(ProviderUnfit, right);
    set_tick(good.last_seen);
    spec = right;
    spec.model = market_model(models_profile_ExactInt, 0); /* not advertised */
    REFUSED(ProviderUnfit, spec);
}

/* Leaves a job as a settled one: depth and state are all that others look at. */
static uint64_t settled(uint8_t depth) {
    uint64_t id = submitted(OTHER, a_spec());
    jobs_job job = job_of(id);
    job.state = jobs_state_Settled;
    job.depth = depth;
    jobs_Jobs_put(&id, &job);
    return id;
}

static void test_deps(void **state) {
    (void)state;
    market_unchecked = true;
    uint64_t list[4];
    uint64_t ready = submitted(OTHER, a_spec());
    for (uint8_t i = 0; i < 4; i++)
        list[i] = settled((uint8_t)(i == 2 ? 3 : 1));
    uint64_t deep = settled(4);
    jobs_spec spec = a_spec();
    spec.deps = (jobs_deps){list, 2};
    uint64_t id = submitted(CLIENT, spec);
    assert_int_equal(job_of(id).depth, 2);
    spec.deps.len = 4;
    id = submitted(CLIENT, spec);
    assert_int_equal(job_of(id).depth, 4);

    list[3] = deep;
    REFUSED(DepthLimit, spec);
    list[3] = 1000;
    REFUSED(UnknownJob, spec);
    list[3] = list[2];
    REFUSED(DepsOpen, spec);
    list[3] = list[1];
    REFUSED(DepsOpen, spec);
    spec.deps.len = 1;
    list[0] = ready;
    REFUSED(DepsOpen, spec);
    static const uint8_t not_settled[] = {jobs_state_Bidding,   jobs_state_Offered,  jobs_state_Working,
                                          jobs_state_Revealing, jobs_state_Refunded, jobs_state_Inconclusive};
    for (size_t i = 0; i < sizeof not_settled; i++) {
        jobs_job job = job_of(ready);
        job.state = not_settled[i];
        jobs_Jobs_put(&ready, &job);
        REFUSED(DepsOpen, spec);
    }
}

static void test_open_jobs(void **state) {
    (void)state;
    market_unchecked = true;
    jobs_spec spec = a_spec();
    spec.limit = (uint64_t)(UNIT / 100);
    for (int i = 0; i < JOBS_MAX_OPEN; i++)
        ACCEPTED(spec);
    market_unchecked = false;
    REFUSED(TooManyOpen, spec);
    assert_int_equal(submit_as(OTHER, &spec, need_of(&spec)), DISPATCH_OK);
    JOB_OK(CLIENT, cancel_job, .job = 5);
    ACCEPTED(spec);
    REFUSED(TooManyOpen, spec);
}

static void test_ids(void **state) {
    (void)state;
    market_unchecked = true;
    uint64_t last = UINT64_MAX - 1;
    jobs_NextJob_put(&last);
    ACCEPTED(a_spec());
    REFUSED(IdsExhausted, a_spec());
}

static void test_worth(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.units_max = 0;
    REFUSED(PriceTooLow, spec);
    spec.units_max = 1;
    spec.n = spec.q = 1;
    spec.limit = 10000000000 - 1; /* 0.01 UNIT less one */
    REFUSED(PriceTooLow, spec);
    spec.tip = UNIT; /* does not count */
    REFUSED(PriceTooLow, spec);
    spec.tip = 0;
    spec.limit++;
    ACCEPTED(spec);
    spec.n = 2;
    spec.q = 2;
    spec.limit = (uint64_t)(5000 * UNIT);
    ACCEPTED(spec); /* exactly MaxJobValue */
    spec.tip = 1;
    REFUSED(JobTooBig, spec);
    spec.n = 9;
    spec.q = 9;
    spec.units_max = UINT32_MAX;
    spec.limit = UINT64_MAX;
    spec.tip = 0;
    REFUSED(JobTooBig, spec);
    spec.tip = U128_MAX - need_of(&spec);
    REFUSED(JobTooBig, spec);
    spec.tip++;
    assert_int_equal(submit_as(CLIENT, &spec, 0), ARITHMETIC_ERROR(Overflow));
    spec.tip = U128_MAX;
    assert_int_equal(submit_as(CLIENT, &spec, 0), ARITHMETIC_ERROR(Overflow));
}

static void test_deposit(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 3;
    balance need = need_of(&spec);
    assert_int_equal(submit_as(CLIENT, &spec, need - 1), JOBS_ERROR(Underfunded));
    assert_int_equal(submit_as(CLIENT, &spec, 0), JOBS_ERROR(Underfunded));
    assert_int_equal(submit_as(CLIENT, &spec, need + 1), JOBS_ERROR(Overfunded));
    assert_int_equal(submit_as(CLIENT, &spec, U128_MAX), JOBS_ERROR(Overfunded));
    assert_int_equal(submit_as(CLIENT, &spec, need), DISPATCH_OK);
    assert_int_equal(submit_as(POOR, &spec, need), JOBS_ERROR(LowFunds));
    assert_int_equal(submit_as(NO_ONE, &spec, need), JOBS_ERROR(LowFunds));
}

/* The last base unit: the client keeps the existential deposit, no less. */
static void test_last_money(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.limit = (uint64_t)(UNIT / 100);
    account_id from = person(OTHER), to = person(CLIENT);
    balance cost = need_of(&spec) + UNIT / 10 + MILLI_UNIT * (spec_len(&spec) + 3 * 640 + 256);
    balance rest = money_of(OTHER) - cost - EXISTENTIAL_DEPOSIT;
    assert_int_equal(balances_transfer(&from, &to, rest + 1, BALANCES_PRESERVE), DISPATCH_OK);
    assert_int_equal(submit_as(OTHER, &spec, need_of(&spec)), JOBS_ERROR(LowFunds));
    assert_int_equal(balances_transfer(&to, &from, 1, BALANCES_PRESERVE), DISPATCH_OK);
    assert_int_equal(submit_as(OTHER, &spec, need_of(&spec)), DISPATCH_OK);
    assert_true(money_of(OTHER) == EXISTENTIAL_DEPOSIT);
}

static bool decodes(const jobs_spec *spec) {
    jobs_spec back;
    struct reader in = reader_over(scale_encode_in(&arena_scratch, &jobs_spec_type, spec), &arena_scratch);
    return scale_decode(&jobs_spec_type, &in, &back) && reader_done(&in);
}

/* Lists and locators as long as they may be are taken; what is longer does not decode. */
static void test_size(void **state) {
    (void)state;
    static uint8_t locator[129];
    account_id list[16];
    jobs_spec spec = a_spec();
    for (int i = 0; i < 16; i++)
        list[i] = person(i + 50);
    spec.allow = (jobs_allow){list, 16};
    spec.input.locator = (struct bytes){locator, 128};
    assert_true(decodes(&spec));
    ACCEPTED(spec);
    spec.input.locator.len++;
    assert_false(decodes(&spec));
}

/* A spec that is wrong in every way, mended step by step: the errors come in this order. */
static void test_order_of_checks(void **state) {
    (void)state;
    uint64_t dep = 77;
    account_id list[2] = {person(SERVER), person(SERVER)};
    models_licence licence;
    uint32_t first = 1, full = JOBS_MAX_OPEN;
    models_Licences_get(&first, &licence);
    licence.expires = 1;
    licence.accept_required = true;
    models_Licences_put(&first, &licence);
    account_id client = person(SERVER);
    market_unchecked = true;
    jobs_ByClient_put(&client, &full);

    jobs_spec spec = a_spec();
    balance deposit = 1;
    spec.mode = jobs_mode_Optimistic;
    spec.agent.some = true;
    spec.asset = 9;
    spec.windows.accept = 1;
    spec.windows.commit = UINT16_MAX;
    spec.n = 0;
    spec.allow = (jobs_allow){list, 2};
    spec.model = 9;
    spec.limit = 0;
    spec.deps = (jobs_deps){&dep, 1};
    spec.tip = U128_MAX;
#define NEXT(result, mend)                                                                                             \
    assert_int_equal(submit_as(SERVER, &spec, deposit), result);                                                       \
    mend
    NEXT(JOBS_ERROR(FieldOff), spec.agent.some = false;)
    NEXT(JOBS_ERROR(BadMode), spec.mode = jobs_mode_Direct;)
    NEXT(JOBS_ERROR(BadAsset), spec.asset = 0;)
    NEXT(JOBS_ERROR(WindowTooShort), spec.windows.accept = 5;)
    NEXT(JOBS_ERROR(WindowTooLong), spec.windows.commit = 10;)
    NEXT(JOBS_ERROR(BadQuorum), spec.n = spec.q = 1;)
    NEXT(JOBS_ERROR(BadAllow), spec.allow.len = 1;)
    NEXT(PALLET_ERROR(models, UnknownModel), spec.model = 1;)
    NEXT(JOBS_ERROR(PriceTooLow), spec.limit = 10;)
    NEXT(JOBS_ERROR(LicenceExpired), licence.expires = 0; models_Licences_put(&first, &licence);)
    NEXT(JOBS_ERROR(PolicyDenied), licence.accept_required = false; models_Licences_put(&first, &licence);)
    NEXT(JOBS_ERROR(SelfDeal), list[0] = person(SERVER + 1);)
    NEXT(JOBS_ERROR(ProviderUnfit), spec.mode = jobs_mode_Redundant;)
    NEXT(JOBS_ERROR(UnknownJob), spec.deps.len = 0;)
    NEXT(JOBS_ERROR(TooManyOpen), jobs_ByClient_kill(&client);)
    NEXT(ARITHMETIC_ERROR(Overflow), spec.tip = 10001 * UNIT;)
    NEXT(JOBS_ERROR(PriceTooLow), spec.limit = (uint64_t)UNIT;)
    NEXT(JOBS_ERROR(JobTooBig), spec.tip = 0;)
    NEXT(JOBS_ERROR(Underfunded), deposit = 11 * UNIT;)
    NEXT(JOBS_ERROR(Overfunded), deposit = 10 * UNIT;)
    NEXT(DISPATCH_OK, )
}

/* --- top_up and cancel_job, before anything is drawn --- */

static void test_top_up(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 7;
    uint64_t id = submitted(CLIENT, spec), limit = (uint64_t)UNIT;
    JOB_FAILS(UnknownJob, CLIENT, top_up, .job = 2, .limit = 2 * limit);
    JOB_FAILS(NotClient, OTHER, top_up, .job = id, .limit = 2 * limit);
    JOB_FAILS(LimitTooLow, CLIENT, top_up, .job = id, .limit = limit);
    JOB_FAILS(LimitTooLow, CLIENT, top_up, .job = id, .limit = 0);
    JOB_FAILS(JobTooBig, CLIENT, top_up, .job = id, .limit = UINT64_MAX);
    pass_ticks(3);
    u128 before = money_of(CLIENT);
    JOB_OK(CLIENT, top_up, .job = id, .limit = limit + 1);
    assert_true(before - money_of(CLIENT) == 30);
    assert_true(job_of(id).limit == limit + 1 && escrow_of(id).held == need_of(&spec) + 30);
    jobs_draw draw = draw_of(id);
    assert_int_equal(draw.arm, 2);
    assert_int_equal(draw.draw_at, tick_now());
    assert_int_equal(draw.armed_relay, clock_relay());
    assert_int_equal(job_of(id).deadline, job_of(id).created + JOBS_REST_TICKS); /* never extended */
    JOB_EVENT_WAS(ToppedUp, .job = id, .limit = limit + 1, .amount = 30);
    JOB_EVENT_WAS(Armed, .job = id, .least = clock_relay() + 6, .arm = 2);

    /* Up to the relay parent before the randomness, and not from it on, whether it carries any or not. */
    pass_ticks(5);
    JOB_OK(CLIENT, top_up, .job = id, .limit = limit + 2);
    pass_blind(6);
    JOB_FAILS(DrawPending, CLIENT, top_up, .job = id, .limit = limit + 3);
    JOB_FAILS(DrawPending, CLIENT, cancel_job, .job = id);
}

static void test_top_up_without_money(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    uint64_t id = submitted(OTHER, spec);
    account_id from = person(OTHER), to = person(CLIENT);
    assert_int_equal(balances_transfer(&from, &to, money_of(OTHER) - 2 * EXISTENTIAL_DEPOSIT, BALANCES_PRESERVE),
                     DISPATCH_OK);
    JOB_FAILS(LowFunds, OTHER, top_up, .job = id, .limit = 2 * (uint64_t)UNIT);
}

static void test_top_up_of_other_states(void **state) {
    (void)state;
    uint64_t sealed = submitted(CLIENT, a_sealed()), direct = submitted(CLIENT, a_direct(SERVER));
    JOB_FAILS(WrongState, CLIENT, top_up, .job = sealed, .limit = UINT64_MAX);
    JOB_FAILS(WrongState, CLIENT, top_up, .job = direct, .limit = UINT64_MAX);
    JOB_OK(CLIENT, cancel_job, .job = sealed);
    JOB_FAILS(WrongState, CLIENT, top_up, .job = sealed, .limit = UINT64_MAX);
    JOB_FAILS(WrongState, CLIENT, cancel_job, .job = sealed);
}

static void test_cancel_before_draw(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.tip = 11;
    uint64_t id = submitted(CLIENT, spec);
    JOB_FAILS(UnknownJob, CLIENT, cancel_job, .job = 2);
    JOB_FAILS(NotClient, OTHER, cancel_job, .job = id);
    pass_ticks(5);
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == need_of(&spec));
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_int_equal(open_of(CLIENT), 0);
    assert_true(escrow_of(id).held == 0);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = need_of(&spec), .burned = 0);
}

static void test_cancel_while_bidding(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_sealed()), late = submitted(CLIENT, a_sealed());
    pass_ticks(10);
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
    pass_ticks(1);
    JOB_FAILS(TooLate, CLIENT, cancel_job, .job = late);
}

/* A direct job costs nothing when it is cancelled before the provider takes it. */
static void test_cancel_direct(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_direct(SERVER));
    JOB_OK(CLIENT, cancel_job, .job = id);
    assert_true(owed_to(CLIENT) == 10 * UNIT);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 10 * UNIT, .burned = 0);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_drawn_job), T(test_sealed_job), T(test_direct_job), T(test_pinned_fingerprint), T(test_chain_of_hashes),
        T(test_origins), T(test_fields_of_later_pallets), T(test_modes), T(test_windows), T(test_quorums), T(test_lists),
        T(test_versions), T(test_profile_off), T(test_licence), T(test_policy), T(test_self_deal),
        T(test_unfit_provider), T(test_deps), T(test_open_jobs), T(test_ids), T(test_worth), T(test_deposit),
        T(test_last_money), T(test_size), T(test_order_of_checks), T(test_top_up), T(test_top_up_without_money),
        T(test_top_up_of_other_states), T(test_cancel_before_draw), T(test_cancel_while_bidding), T(test_cancel_direct),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
