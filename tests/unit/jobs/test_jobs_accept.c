/* Offered seats: taking them. */
#include "jobs/seat_fixture.h"

static void accepting(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    struct ledger before, after;
    for (uint8_t i = 0; i < 3; i++) {
        int who = holder(id, i);
        balance had = money_of(who);
        uint32_t now = tick_now();
        ledger_now(&before);
        JOB_OK(who, accept, .job = id, .seat = i);
        ledger_now(&after);
        JOB_EVENT_WAS(SeatAccepted, .job = id, .seat = i, .bonder = person(who), .bond = BOND);
        assert_true(had - money_of(who) == BOND && after.jobs - before.jobs == BOND);
        assert_true(escrow_of(id).bonds == (i + 1u) * BOND && escrow_of(id).held == 30 * UNIT);
        jobs_seat seat = seat_of(id, i);
        assert_int_equal(seat.state, jobs_seat_state_Accepted);
        assert_int_equal(person_number(&seat.bonder), who);
        assert_int_equal(record_of(who).busy, 1);
        jobs_job job = job_of(id);
        assert_int_equal(job.accepted, i + 1);
        assert_int_equal(job.state, i == 2 ? jobs_state_Working : jobs_state_Offered);
        assert_int_equal(jobs_Draws_exists(&id), i < 2); /* reserves are of no use any more */
        if (i == 2) {
            assert_int_equal(job.deadline, now + 20);
            JOB_EVENT_WAS(WorkStarted, .job = id, .until = now + 20);
        }
        pass_ticks(1);
    }
}

static void accepting_refused(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0), other = holder(id, 1);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, accept, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, accept, .job = id);
    JOB_FAILS(UnknownJob, who, accept, .job = id + 1);
    JOB_FAILS(NotOperator, CLIENT, accept, .job = id);
    JOB_FAILS(NotSeat, other, accept, .job = id, .seat = 0);
    JOB_FAILS(NotSeat, who, accept, .job = id, .seat = 3);
    JOB_FAILS(NotSeat, who, accept, .job = id, .seat = 255);
    JOB_FAILS(NotSeat, reserve_at(id, 0), accept, .job = id, .seat = 0);
    uint64_t ready = submitted(CLIENT, a_spec());
    JOB_FAILS(NotSeat, who, accept, .job = ready);
    take(id, 0);
    JOB_FAILS(WrongState, who, accept, .job = id);
    take(id, 1);
    take(id, 2);
    JOB_FAILS(WrongState, who, accept, .job = id);
    jump_to(job_of(id).deadline + 1);
    FINALISE(id);
    JOB_FAILS(WrongState, who, accept, .job = id);
    JOB_FAILS(WrongState, who, decline, .job = id);
}

static void accepting_in_time(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    uint32_t until = seat_of(id, 0).deadline;
    assert_int_equal(until, tick_now() + 10);
    jump_to(until);
    take(id, 0);
    jump_to(until + 1);
    JOB_FAILS(TooLate, holder(id, 1), accept, .job = id, .seat = 1);
    JOB_FAILS(TooLate, holder(id, 1), decline, .job = id, .seat = 1);
}

static void accepting_wants_an_active_provider(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0);
    assert_int_equal(market_run(who, pallet_index_compute, compute_call_index_chill,
                                compute_call_args(compute_call_index_chill), NULL),
                     DISPATCH_OK);
    JOB_FAILS(NotActive, who, accept, .job = id, .seat = 0);
    /* It may still refuse. */
    JOB_OK(who, decline, .job = id, .seat = 0);
}

static void accepting_wants_a_slot(void **state) {
    (void)state;
    jobs_spec spec = a_direct(FIRST_PROVIDER);
    account_id who = person(FIRST_PROVIDER);
    compute_provider record = record_of(FIRST_PROVIDER);
    record.slots = 2;
    compute_Providers_put(&who, &record);
    /* Offers take no slot: three jobs may offer two slots. */
    uint64_t first = submitted(CLIENT, spec), second = submitted(CLIENT, spec), third = submitted(OTHER, spec);
    take(first, 0);
    take(second, 0);
    assert_int_equal(record_of(FIRST_PROVIDER).busy, 2);
    JOB_FAILS(NoSlot, FIRST_PROVIDER, accept, .job = third);
    show(first, 0, a_result(1, 1));
    FINALISE(first);
    take(third, 0);
}

/* The bond is the operator's own money and leaves it alive. */
static void accepting_wants_a_bond(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0);
    account_id from = person(who), to = person(OTHER);
    assert_int_equal(balances_transfer(&from, &to, money_of(who) - EXISTENTIAL_DEPOSIT - BOND + 1, BALANCES_PRESERVE),
                     DISPATCH_OK);
    JOB_FAILS(LowFunds, who, accept, .job = id, .seat = 0);
    assert_int_equal(balances_transfer(&to, &from, 1, BALANCES_PRESERVE), DISPATCH_OK);
    take(id, 0);
    assert_true(money_of(who) == EXISTENTIAL_DEPOSIT);
}

/* A new operator takes over a running seat; the bond stays that of the one who paid. */
static void operators_change(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    take_all(id);
    int who = holder(id, 0);
    account_id owner = person(who), before = owner, after = person(90);
    compute_provider record = record_of(who);
    record.operator = after;
    compute_Providers_put(&owner, &record);
    compute_OperatorOf_kill(&before);
    compute_OperatorOf_put(&after, &owner);
    jobs_result result = a_result(1, 5);
    h256 hash = sealed_result(id, 0, &result);
    JOB_FAILS(NotOperator, who, commit, .job = id, .seat = 0, .hash = hash);
    JOB_OK(90, commit, .job = id, .seat = 0, .hash = hash);
    jump_to(job_of(id).deadline + 1);
    FINALISE(id);
    assert_true(owed_to(who) == BOND + FEE && owed_to(90) == 0);
}

/* The least bond is 1 UNIT; above 4 UNIT a seat it is a quarter, down to the unit below. */
static void bonds(void **state) {
    (void)state;
    const struct {
        uint64_t limit;
        balance bond, fee;
    } rows[] = {{10000000000, UNIT, UNIT / 1000},
                {400000000000, UNIT, UNIT / 25},
                {400000000003, UNIT + 7, 40000000000},
                {100000000000000, 250 * UNIT, UNIT},
                {9999999999999, 25 * UNIT - 3, 999999999999}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        jobs_spec spec = a_direct(FIRST_PROVIDER);
        account_id client = person(CLIENT);
        spec.limit = rows[i].limit;
        account_id maker = person(FIRST_PROVIDER);
        uint64_t model = 1;
        compute_ad_record record;
        assert_true(compute_Ads_get(&model, &maker, &record));
        if (record.ad.price > spec.limit)
            PALLET_OK(compute, FIRST_PROVIDER, update_price, .model = 1, .price = spec.limit);
        uint64_t id = submitted(CLIENT, spec);
        take(id, 0);
        jobs_job job = job_of(id);
        assert_true(escrow_of(id).bonds == rows[i].bond);
        assert_true(jobs_accept_fee(&job) == rows[i].fee);
        jump_to(job.deadline + 1);
        balance issued = balances_total_issuance();
        FINALISE(id);
        assert_true(issued - balances_total_issuance() == rows[i].bond);
        JOB_OK(OTHER, claim_due, .who = client);
        market_beat(FIRST_PROVIDER);
    }
}

/* One seat needs no commit: its deadline is that of both windows, in every mode. */
static void single_seats_have_both_windows(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.n = spec.q = 1;
    uint64_t id = drawn(CLIENT, spec);
    take(id, 0);
    assert_int_equal(job_of(id).deadline, tick_now() + 50);
    id = submitted(CLIENT, a_direct(FIRST_PROVIDER));
    assert_int_equal(job_of(id).state, jobs_state_Offered);
    take(id, 0);
    assert_int_equal(job_of(id).deadline, tick_now() + 50);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, market)
    const struct CMUnitTest tests[] = {
        T(accepting), T(accepting_refused), T(accepting_in_time), T(accepting_wants_an_active_provider),
        T(accepting_wants_a_slot), T(accepting_wants_a_bond), T(operators_change), T(bonds),
        T(single_seats_have_both_windows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
