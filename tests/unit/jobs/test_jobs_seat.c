/* test_jobs_seat.c - seats between the draw and the work: accept, decline, redraw, reserves. Windows of a_spec: 10 ticks to
 * accept, 20 to commit, 30 to reveal; seats are worth 10 UNIT at most, so a bond is 2.5 UNIT and an accept fee 0.1 UNIT. */
#include "jobs/work_fixture.h"

#define BOND (10 * UNIT / 4)
#define FEE (UNIT / 10)

static int market(void **state) {
    if (market_start(state))
        return -1;
    market_providers(7);
    return 0;
}

/* --- accept --- */

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

/* --- decline --- */

static void declining(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    take(id, 1);
    const jobs_decline_reason reasons[] = {jobs_decline_reason_Busy, jobs_decline_reason_InputUnavailable,
                                           jobs_decline_reason_Policy};
    for (uint8_t i = 0; i < 3; i++) {
        int who = holder(id, 0), next = reserve_at(id, 0);
        jobs_pick pick = draw_of(id).picks.items[0];
        uint32_t left = draw_of(id).picks.len;
        assert_int_equal(left, 3 - i);
        pass_ticks(1);
        uint32_t now = tick_now();
        JOB_OK(who, decline, .job = id, .seat = 0, .reason = reasons[i]);
        JOB_EVENT_WAS(SeatDeclined, .job = id, .seat = 0, .provider = person(who), .reason = reasons[i]);
        JOB_EVENT_WAS(SeatOffered, .job = id, .seat = 0, .provider = person(next), .price = pick.price,
                      .until = now + 10);
        jobs_seat seat = seat_of(id, 0);
        assert_int_equal(person_number(&seat.provider), next);
        assert_int_equal(seat.state, jobs_seat_state_Offered);
        assert_int_equal(seat.deadline, now + 10);
        assert_int_equal(seat.replaced, i + 1);
        assert_true(seat.price == pick.price && seat.min_units == pick.min_units);
        assert_int_equal(draw_of(id).picks.len, left - 1);
        assert_int_equal(paused_until(who, 1), now + JOBS_DECLINE_PAUSE);
        assert_int_equal(record_of(who).strikes, 0);
        assert_int_equal(record_of(who).busy, 0);
    }
    assert_int_equal(job_of(id).accepted, 1);
    /* Nobody is left: the seat that was taken gets its bond and the accept fee. */
    int taken = holder(id, 1), last = holder(id, 0);
    balance deposit = job_of(id).deposit;
    JOB_OK(last, decline, .job = id, .seat = 0, .reason = jobs_decline_reason_Other);
    jobs_job job = job_of(id);
    assert_int_equal(job.state, jobs_state_Refunded);
    assert_int_equal(job.ended, tick_now());
    JOB_EVENT_WAS(Paid, .job = id, .seat = 1, .who = person(taken), .amount = FEE, .reason = jobs_reason_AcceptFee);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 30 * UNIT - FEE, .burned = 0);
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_NoProviders);
    assert_true(owed_to(taken) == BOND + FEE && owed_to(CLIENT) == 30 * UNIT - FEE && owed_to(last) == 0);
    assert_int_equal(record_of(taken).busy, 0);
    assert_int_equal(seat_of(id, 1).state, jobs_seat_state_Lost);
    assert_int_equal(seat_of(id, 0).state, jobs_seat_state_Lost);
    assert_false(jobs_Draws_exists(&id));
    balance books;
    jobs_Books_get(&books);
    assert_true(books == 30 * UNIT + BOND + deposit);
}

static void declining_refused(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, decline, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, decline, .job = id);
    JOB_FAILS(UnknownJob, who, decline, .job = 77);
    JOB_FAILS(NotOperator, CLIENT, decline, .job = id);
    JOB_FAILS(NotSeat, who, decline, .job = id, .seat = 1);
    take(id, 0);
    JOB_FAILS(WrongState, who, decline, .job = id, .seat = 0);
}

/* A pause is not shortened, an ask that was taken back is no obstacle, and who was named by a client is not paused: else
 * anybody could keep a rival out of draws by tiny jobs. */
static void pauses(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0);
    jump_to(seat_of(id, 0).deadline + 1);
    JOB_OK(OTHER, redraw, .job = id, .seat = 0);
    uint32_t paused = paused_until(who, 1);
    assert_int_equal(paused, tick_now() + JOBS_SILENCE_PAUSE);
    account_id owner = person(who);
    compute_pause_ask(&owner, 1, tick_now() + JOBS_DECLINE_PAUSE);
    assert_int_equal(paused_until(who, 1), paused);

    who = holder(id, 1);
    PALLET_OK(compute, who, withdraw_ad, .model = 1);
    owner = person(who);
    compute_pause_ask(&owner, 1, tick_now() + JOBS_DECLINE_PAUSE);
    assert_false(compute_Ads_exists(&(uint64_t){1}, &owner));

    int named = FIRST_PROVIDER;
    while (named == who || paused_until(named, 1) > tick_now())
        named++;
    uint32_t before = paused_until(named, 1);
    market_beat(named);
    id = submitted(CLIENT, a_direct(named));
    JOB_OK(named, decline, .job = id, .seat = 0);
    assert_int_equal(paused_until(named, 1), before);
}

/* --- redraw --- */

static void redrawing(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int silent = holder(id, 2), next = reserve_at(id, 0);
    uint32_t until = seat_of(id, 2).deadline;
    take(id, 0);
    jump_to(until);
    JOB_FAILS(TooEarly, OTHER, redraw, .job = id, .seat = 2);
    jump_to(until + 1);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, redraw, .job = id, .seat = 2);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, redraw, .job = id, .seat = 2);
    JOB_FAILS(UnknownJob, OTHER, redraw, .job = 77, .seat = 2);
    JOB_FAILS(NotSeat, OTHER, redraw, .job = id, .seat = 3);
    JOB_FAILS(WrongState, OTHER, redraw, .job = id, .seat = 0); /* accepted */
    JOB_FAILS(WrongState, OTHER, redraw, .job = submitted(OTHER, a_spec()), .seat = 0);
    market_beat(next);
    JOB_OK(OTHER, redraw, .job = id, .seat = 2);
    JOB_EVENT_WAS(NoShow, .job = id, .seat = 2, .provider = person(silent), .offence = compute_offence_NoAccept);
    assert_int_equal(record_of(silent).strikes, 1);
    assert_int_equal(paused_until(silent, 1), until + 1 + JOBS_SILENCE_PAUSE);
    assert_int_equal(holder(id, 2), next);
    assert_int_equal(seat_of(id, 2).deadline, until + 11);
    assert_int_equal(seat_of(id, 2).replaced, 1);
    JOB_FAILS(TooEarly, OTHER, redraw, .job = id, .seat = 2); /* the next one has its own time */
    JOB_FAILS(NotSeat, silent, accept, .job = id, .seat = 2);
    take(id, 2);
}

/* Reserves that cannot serve any more are passed over. */
static void unfit_reserves(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int first = reserve_at(id, 0), third = reserve_at(id, 2);
    account_id key = person(first), second = person(reserve_at(id, 1));
    uint64_t model = 1;
    compute_provider record = record_of(first);
    record.payout = person(CLIENT); /* of the client's family now */
    compute_Providers_put(&key, &record);
    assert_true(compute_Ads_exists(&model, &second));
    PALLET_OK(compute, person_number(&second), withdraw_ad, .model = 1);
    JOB_OK(holder(id, 0), decline, .job = id, .seat = 0);
    assert_int_equal(holder(id, 0), third);
    assert_int_equal(seat_of(id, 0).replaced, 1);
    assert_int_equal(draw_of(id).picks.len, 0);
    JOB_OK(third, decline, .job = id, .seat = 0);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
}

/* Nobody of the reserves is fit: the job is over, and whoever else let its time pass is noted by the same call. */
static void no_reserve_is_fit(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int a = holder(id, 0), b = holder(id, 1), c = holder(id, 2);
    take(id, 1);
    jump_to(tick_now() + COMPUTE_HEARTBEAT_TICKS + 1);
    JOB_OK(CLIENT, redraw, .job = id, .seat = 0);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_int_equal(record_of(a).strikes, 1);
    assert_int_equal(record_of(b).strikes, 0);
    assert_int_equal(record_of(c).strikes, 1);
    JOB_EVENT_WAS(NoShow, .job = id, .seat = 2, .provider = person(c), .offence = compute_offence_NoAccept);
    assert_int_equal(paused_until(c, 1), tick_now() + JOBS_SILENCE_PAUSE);
    assert_true(owed_to(b) == BOND + FEE && owed_to(CLIENT) == 30 * UNIT - FEE && owed_to(a) + owed_to(c) == 0);
    assert_int_equal(seat_of(id, 0).state, jobs_seat_state_Silent);
    assert_int_equal(seat_of(id, 1).state, jobs_seat_state_Lost);
    assert_int_equal(seat_of(id, 2).state, jobs_seat_state_Silent);
}

/* A direct job has no reserves. */
static void direct_jobs_end(void **state) {
    (void)state;
    uint32_t before = paused_until(FIRST_PROVIDER, 1);
    uint64_t id = submitted(CLIENT, a_direct(FIRST_PROVIDER));
    JOB_OK(FIRST_PROVIDER, decline, .job = id, .seat = 0, .reason = jobs_decline_reason_Policy);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == 10 * UNIT);
    assert_int_equal(record_of(FIRST_PROVIDER).strikes, 0);

    id = submitted(CLIENT, a_direct(FIRST_PROVIDER));
    jump_to(seat_of(id, 0).deadline + 1);
    JOB_OK(CLIENT, redraw, .job = id, .seat = 0);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == 20 * UNIT);
    /* Nobody asked to be chosen: else a client could jail whom it likes while that one sleeps. */
    assert_int_equal(record_of(FIRST_PROVIDER).strikes, 0);
    assert_int_equal(paused_until(FIRST_PROVIDER, 1), before);
    JOB_FAILS(WrongState, CLIENT, redraw, .job = id, .seat = 0);
}

/* Lets a drawn seat of the provider's pass; the job is drawn as often as that takes. */
static void ignore(int provider) {
    for (int tries = 0; tries < 20; tries++) {
        uint64_t id = drawn(CLIENT, a_spec());
        for (uint8_t i = 0; i < 3; i++)
            if (holder(id, i) == provider) {
                for (uint8_t k = 0; k < 3; k++)
                    if (k != i)
                        take(id, k);
                jump_to(seat_of(id, i).deadline + 1);
                JOB_OK(CLIENT, redraw, .job = id, .seat = i);
                if (job_of(id).state == jobs_state_Offered)
                    JOB_OK(CLIENT, cancel_job, .job = id);
                pass_ticks(JOBS_SILENCE_PAUSE);
                return;
            }
        JOB_OK(CLIENT, cancel_job, .job = id);
    }
    fail_msg("%d is never drawn", provider);
}

/* Three ignored seats jail. */
static void strikes(void **state) {
    (void)state;
    for (uint8_t i = 1; i <= 3; i++) {
        ignore(FIRST_PROVIDER);
        assert_int_equal(record_of(FIRST_PROVIDER).strikes, i);
    }
    assert_int_equal(record_of(FIRST_PROVIDER).state, compute_state_Jailed);
    /* And nobody is struck for a seat for which the client named the candidates. */
    account_id named[3];
    for (int i = 0; i < 3; i++)
        named[i] = person(FIRST_PROVIDER + 1 + i);
    for (int i = 1; i < 4; i++)
        market_beat(FIRST_PROVIDER + i);
    jobs_spec spec = a_spec();
    spec.allow = (jobs_allow){named, 3};
    uint64_t id = drawn(CLIENT, spec);
    uint8_t before = record_of(holder(id, 0)).strikes;
    uint32_t live = paused_until(holder(id, 0), 1);
    jump_to(seat_of(id, 0).deadline + 1);
    JOB_OK(CLIENT, redraw, .job = id, .seat = 0);
    assert_int_equal(record_of(holder(id, 0)).strikes, before);
    assert_int_equal(paused_until(holder(id, 0), 1), live);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(accepting, market),
        cmocka_unit_test_setup(accepting_refused, market),
        cmocka_unit_test_setup(accepting_in_time, market),
        cmocka_unit_test_setup(accepting_wants_an_active_provider, market),
        cmocka_unit_test_setup(accepting_wants_a_slot, market),
        cmocka_unit_test_setup(accepting_wants_a_bond, market),
        cmocka_unit_test_setup(operators_change, market),
        cmocka_unit_test_setup(bonds, market),
        cmocka_unit_test_setup(single_seats_have_both_windows, market),
        cmocka_unit_test_setup(declining, market),
        cmocka_unit_test_setup(declining_refused, market),
        cmocka_unit_test_setup(pauses, market),
        cmocka_unit_test_setup(redrawing, market),
        cmocka_unit_test_setup(unfit_reserves, market),
        cmocka_unit_test_setup(no_reserve_is_fit, market),
        cmocka_unit_test_setup(direct_jobs_end, market),
        cmocka_unit_test_setup(strikes, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
