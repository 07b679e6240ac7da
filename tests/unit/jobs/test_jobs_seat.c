/* Offered seats: declined and ignored ones. */
#include "jobs/seat_fixture.h"

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
#define T(name) cmocka_unit_test_setup(name, market)
    const struct CMUnitTest tests[] = {
        T(declining), T(declining_refused), T(pauses), T(redrawing), T(unfit_reserves), T(no_reserve_is_fit),
        T(direct_jobs_end), T(strikes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
