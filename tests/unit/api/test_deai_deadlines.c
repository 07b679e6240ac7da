/* test_deai_deadlines.c - jobs through DeaiApi. At each stage and at each deadline, what next_deadlines lists for an
 * account is what the calls themselves accept. */
#include "api/deai_fixture.h"

static void a_drawn_job(void **state) {
    (void)state;
    jobs_preview preview;
    jobs_spec spec = spec_with(jobs_mode_Redundant, 3, 2);
    spec.tip = UNIT;
    uint64_t id = submit(spec);
    jobs_job_view view = view_of(id);
    account_id client = account(CLIENT);
    assert_int_equal(view.state, jobs_state_Submitted);
    assert_memory_equal(&view.job.client, &client, 32);
    assert_true(view.escrow.held == 4 * UNIT && view.draw.some && view.draw.value.arm == 1 && !view.outcome.some);
    assert_int_equal(view.seats.len, 0);
    assert_int_equal(view.spec.limit, LIMIT);
    compare_at_borders(id);

    ask("draw_preview", with_u32(args_u64(id), clock_relay()), &jobs_preview_type, &preview);
    assert_int_equal(preview.outcome.tag, dispatch_outcome_Err);
    assert_false(preview.job.some);
    ticks(CLOCK_SEED_DELAY + 1);
    state_is(id, jobs_state_Ready);
    compare_at_borders(id);
    ask("draw_preview", with_u32(args_u64(id), relay_for(id)), &jobs_preview_type, &preview);
    assert_int_equal(preview.outcome.tag, dispatch_outcome_Ok);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Offered);
    assert_int_equal(preview.job.value.seats.len, 3);
    account_id foreseen[3];
    for (int i = 0; i < 3; i++)
        foreseen[i] = preview.job.value.seats.items[i].provider;
    assert_int_equal(preview.job.value.draw.value.picks.len, 1); /* four classes with one ask each were enough */
    state_is(id, jobs_state_Ready); /* a preview changes nothing */
    h256 before = view_of(id).receipt;
    DONE(HELPER, jobs, assign, .job = id, .relay = relay_for(id));
    for (uint8_t i = 0; i < 3; i++) {
        account_id who = seat_of(id, i).provider;
        assert_memory_equal(&who, &foreseen[i], 32);
    }
    assert_memory_not_equal(view_of(id).receipt.at, before.at, 32);
    state_is(id, jobs_state_Offered);
    compare_at_borders(id);
    take_seats(id);
    state_is(id, jobs_state_Working);
    view = view_of(id);
    assert_int_equal(view.seats.len, 3);
    assert_true(view.escrow.bonds == 3 * UNIT);

    commit_seat(id, 0);
    commit_seat(id, 2);
    to_tick(job_of(id).deadline + 1); /* one is silent: two commits are enough */
    state_is(id, jobs_state_Revealing);
    compare_at_borders(id);
    reveal_seat(id, 2);
    reveal_seat(id, 0);
    state_is(id, jobs_state_Tally);
    compare_at_borders(id);
    DONE(HELPER, jobs, finalise, .job = id);
    view = view_of(id);
    assert_int_equal(view.state, jobs_state_Settled);
    assert_true(view.outcome.some && view.outcome.value.winners == 5 && view.escrow.held == 0);
    compare_at_borders(id);
    DONE(CLIENT, jobs, rate, .job = id, .score = 99);
    compare_at_borders(id);
    to_tick(clock_now() + JOBS_KEEP_CLIENT_TICKS);
    DONE(CLIENT, jobs, remove_job, .job = id);
    option_jobs_job_view gone;
    option_jobs_state none;
    ask("job_view", args_u64(id), &option_jobs_job_view_type, &gone);
    ask("effective_state", args_u64(id), &option_jobs_state_type, &none);
    assert_false(gone.some || none.some);
    assert_true(compared > 2000);
}

static void a_drawn_job_that_all_reveal(void **state) {
    (void)state;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    draw(id);
    take_seats(id);
    for (uint8_t i = 0; i < 3; i++)
        commit_seat(id, i);
    state_is(id, jobs_state_Revealing);
    reveal_seat(id, 1);
    to_tick(job_of(id).deadline + 1);
    state_is(id, jobs_state_Tally);
    compare_at_borders(id);
    DONE(HELPER, jobs, finalise, .job = id);
    state_is(id, jobs_state_Inconclusive);
    compare_at_borders(id);
}

static void a_drawn_job_of_the_silent(void **state) {
    (void)state;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 3, 2));
    draw(id);
    account_id who = seat_of(id, 0).provider;
    DONE(number_of(&who), jobs, decline, .job = id, .seat = 0, .reason = jobs_decline_reason_Other);
    compare_at_borders(id);
    to_tick(seat_of(id, 1).deadline + 1);
    compare_at_borders(id);
    DONE(HELPER, jobs, redraw, .job = id, .seat = 1);
    compare_at_borders(id);
    to_tick(seat_of(id, 1).deadline + 1);
    while (job_of(id).state == jobs_state_Offered)
        for (uint8_t i = 0; i < 3 && job_of(id).state == jobs_state_Offered; i++) {
            to_tick(seat_of(id, i).deadline + 1);
            DONE(HELPER, jobs, redraw, .job = id, .seat = i);
        }
    state_is(id, jobs_state_Refunded);
    compare_at_borders(id);
}

static void a_job_without_takers_rests(void **state) {
    (void)state;
    jobs_spec spec = spec_with(jobs_mode_Redundant, 3, 2);
    spec.limit = PRICE; /* nobody is that cheap */
    uint64_t id = submit(spec);
    draw(id);
    state_is(id, jobs_state_Submitted); /* armed again */
    assert_int_equal(view_of(id).draw.value.arm, 2);
    clock_time time;
    clock_Time_get(&time);
    time.now = job_of(id).deadline;
    clock_Time_put(&time);
    compare_at_borders(id);
}

static void a_direct_job(void **state) {
    (void)state;
    account_id chosen = account(3);
    jobs_spec spec = spec_with(jobs_mode_Direct, 1, 1);
    spec.allow = (jobs_allow){&chosen, 1};
    uint64_t id = submit(spec);
    state_is(id, jobs_state_Offered);
    compare_at_borders(id);
    take_seats(id);
    state_is(id, jobs_state_Working);
    reveal_seat(id, 0);
    state_is(id, jobs_state_Tally);
    DONE(HELPER, jobs, finalise, .job = id);
    state_is(id, jobs_state_Settled);

    id = submit(spec);
    take_seats(id);
    to_tick(job_of(id).deadline + 1);
    state_is(id, jobs_state_Working); /* nothing to tally, but finalise ends it */
    compare_at_borders(id);
    DONE(HELPER, jobs, finalise, .job = id);
    state_is(id, jobs_state_Inconclusive);
}

static void a_job_with_sealed_bids(void **state) {
    (void)state;
    uint64_t id = submit(spec_with(jobs_mode_SealedBid, 3, 2));
    state_is(id, jobs_state_Bidding);
    for (int n = FIRST; n <= LAST; n++) {
        DONE(n, jobs, bid, .job = id, .commit = bid_commit(id, n, PRICE * (uint64_t)n));
        if (n == 4)
            compare_at_borders(id);
    }
    assert_int_equal(view_of(id).bids.len, 6);
    to_tick(job_of(id).deadline + 1);
    compare_at_borders(id);
    for (int n = FIRST; n < LAST; n++)
        DONE(n, jobs, reveal_bid, .job = id, .price = PRICE * (uint64_t)n);
    compare_at_borders(id);
    to_tick(job_of(id).deadline + 41);
    compare_at_borders(id);
    jobs_preview preview;
    ask("draw_preview", with_u32(args_u64(id), 0), &jobs_preview_type, &preview);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Offered);
    DONE(HELPER, jobs, assign, .job = id);
    state_is(id, jobs_state_Offered);
    take_seats(id);
}

/* Six asks in six price classes are more than one call of assign looks at: the preview goes on to the end. */
static void a_long_draw(void **state) {
    (void)state;
    jobs_preview preview;
    uint64_t id = submit(spec_with(jobs_mode_Redundant, 5, 3));
    ticks(CLOCK_SEED_DELAY + 1);
    uint32_t relay = relay_for(id);
    ask("draw_preview", with_u32(args_u64(id), relay), &jobs_preview_type, &preview);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Offered);
    assert_int_equal(preview.job.value.seats.len, 5);
    account_id last = preview.job.value.seats.items[4].provider;
    DONE(HELPER, jobs, assign, .job = id, .relay = relay);
    state_is(id, jobs_state_Ready);
    DONE(HELPER, jobs, assign, .job = id, .relay = relay);
    state_is(id, jobs_state_Offered);
    account_id who = seat_of(id, 4).provider;
    assert_memory_equal(&who, &last, 32);

    /* Without enough takers it is armed anew, and the preview ends there. */
    jobs_spec spec = spec_with(jobs_mode_Redundant, 7, 4);
    id = submit(spec);
    ticks(CLOCK_SEED_DELAY + 1);
    ask("draw_preview", with_u32(args_u64(id), relay_for(id)), &jobs_preview_type, &preview);
    assert_true(preview.job.some && preview.job.value.state == jobs_state_Submitted);
    assert_int_equal(preview.job.value.draw.value.arm, 2);
    ask("draw_preview", with_u32(args_u64(99), 1), &jobs_preview_type, &preview);
    assert_true(preview.outcome.tag == dispatch_outcome_Err && !preview.job.some);
}

/* None named: the newest 64, newest first. */
static void deadlines_of_all_jobs(void **state) {
    (void)state;
    jobs_deadlines acts;
    ask("next_deadlines", with_u8(args_account(CLIENT), 0), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 0);
    for (int i = 0; i < 3; i++)
        submit(spec_with(jobs_mode_Redundant, 3, 2));
    ask("next_deadlines", with_u8(args_account(CLIENT), 0), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 9); /* top_up, cancel, finalise in the end */
    assert_int_equal(acts.items[0].job, 3);
    assert_int_equal(acts.items[8].job, 1);
    ask("next_deadlines", with_u64(with_u64(with_u8(args_account(CLIENT), 8), 2), 77), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 3);
    assert_int_equal(acts.items[0].job, 2);
    ask("next_deadlines", with_u8(args_account(HELPER), 0), &jobs_deadlines_type, &acts);
    assert_int_equal(acts.len, 3); /* finalise, which is anybody's */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_drawn_job, market),
        cmocka_unit_test_setup(a_drawn_job_that_all_reveal, market),
        cmocka_unit_test_setup(a_drawn_job_of_the_silent, market),
        cmocka_unit_test_setup(a_job_without_takers_rests, market),
        cmocka_unit_test_setup(a_direct_job, market),
        cmocka_unit_test_setup(a_job_with_sealed_bids, market),
        cmocka_unit_test_setup(a_long_draw, market),
        cmocka_unit_test_setup(deadlines_of_all_jobs, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
