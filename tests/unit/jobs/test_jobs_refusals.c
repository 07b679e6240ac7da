/* What a job may not ask for. */
#include "jobs/submit_fixture.h"

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

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_origins), T(test_fields_of_later_pallets), T(test_modes), T(test_windows), T(test_quorums),
        T(test_lists), T(test_versions), T(test_profile_off), T(test_licence), T(test_policy), T(test_self_deal),
        T(test_unfit_provider),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
