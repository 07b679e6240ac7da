/* What a job may cost, hold and depend on; which error comes first. */
#include "jobs/submit_fixture.h"

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

int main(void) {
#define T(name) cmocka_unit_test_setup(name, setup)
    const struct CMUnitTest tests[] = {
        T(test_deps), T(test_open_jobs), T(test_ids), T(test_worth), T(test_deposit), T(test_last_money),
        T(test_size), T(test_order_of_checks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
