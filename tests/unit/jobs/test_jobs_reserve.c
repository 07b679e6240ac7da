/* Reserves are looked at again when their turn comes: what they said when they were drawn has to hold still. */
#include "jobs/work_fixture.h"

enum { PROVIDERS = 8 };

static int setup(void **state) {
    if (market_start(state))
        return -1;
    market_providers(PROVIDERS);
    return 0;
}

static void decline_first(uint64_t id) { JOB_OK(holder(id, 0), decline, .job = id, .seat = 0); }

/* Own bonds of the fixture: what is left must weigh 7/8 of what the ask says, not a unit less. */
static void leave(int provider, balance rest) {
    compute_provider record = record_of(provider);
    account_id owner = person(provider);
    record.self_bond = rest;
    market_unchecked = true; /* the money itself stays where it is */
    compute_Providers_put(&owner, &record);
}

static void weight_still_held(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int next = reserve_at(id, 0);
    uint64_t said = draw_of(id).picks.items[0].ask_weight;
    compute_provider record = record_of(next);
    balance rest = record.self_bond;
    assert_true(said == compute_weight(&record) && said > 0);
    while (compute_weight(&record) > said - said / 8)
        record.self_bond = rest -= UNIT;
    assert_true(compute_weight(&record) == said - said / 8);
    leave(next, rest);
    decline_first(id);
    assert_int_equal(holder(id, 0), next);
}

static void weight_lost(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int next = reserve_at(id, 0), after = reserve_at(id, 1);
    uint64_t said = draw_of(id).picks.items[0].ask_weight;
    compute_provider record = record_of(next);
    balance rest = record.self_bond;
    while (compute_weight(&record) >= said - said / 8)
        record.self_bond = rest -= UNIT;
    leave(next, rest);
    decline_first(id);
    assert_int_equal(holder(id, 0), after);
    assert_int_equal(draw_of(id).picks.len, 1);
}

/* In a client's list it is the weight at the draw. */
static void weight_lost_in_a_list(void **state) {
    (void)state;
    account_id list[PROVIDERS];
    jobs_spec spec = a_spec();
    for (int i = 0; i < PROVIDERS; i++)
        list[i] = person(FIRST_PROVIDER + i);
    spec.allow = (jobs_allow){list, PROVIDERS};
    uint64_t id = drawn(CLIENT, spec);
    int next = reserve_at(id, 0), after = reserve_at(id, 1);
    compute_provider record = record_of(next);
    assert_true(draw_of(id).picks.items[0].ask_weight == compute_weight(&record));
    leave(next, record.self_bond / 2);
    decline_first(id);
    assert_int_equal(holder(id, 0), after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(weight_still_held, setup),
        cmocka_unit_test_setup(weight_lost, setup),
        cmocka_unit_test_setup(weight_lost_in_a_list, setup),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
