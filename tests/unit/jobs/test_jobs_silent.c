/* Deadlines that pass in silence: refunds, lost bonds, slashes. */
#include "jobs/settle_fixture.h"

/* --- deadlines --- */

static void ready(void **state) {
    (void)state;
    uint64_t id = submitted(CLIENT, a_spec());
    uint32_t until = job_of(id).deadline;
    assert_int_equal(until, tick_now() + JOBS_REST_TICKS);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, finalise, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, finalise, .job = id);
    JOB_FAILS(UnknownJob, OTHER, finalise, .job = id + 1);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until + 1);
    FINALISE(id);
    assert_int_equal(job_of(id).state, jobs_state_Refunded);
    assert_true(owed_to(CLIENT) == 30 * UNIT);
    JOB_EVENT_WAS(Ended, .job = id, .state = jobs_state_Refunded, .reason = jobs_reason_Expired);
    JOB_EVENT_WAS(Refunded, .job = id, .amount = 30 * UNIT, .burned = 0);
    assert_false(jobs_Draws_exists(&id));
    assert_int_equal(job_of(id).ended, until + 1);
}

static void other_states(void **state) {
    (void)state;
    uint64_t offered = drawn(CLIENT, a_spec()), bidding = submitted(CLIENT, a_sealed());
    JOB_FAILS(WrongState, OTHER, finalise, .job = offered);
    JOB_FAILS(WrongState, OTHER, finalise, .job = bidding);
    jump_to(tick_now() + 10000);
    JOB_FAILS(WrongState, OTHER, finalise, .job = offered);
    JOB_FAILS(WrongState, OTHER, finalise, .job = bidding);
}

static uint32_t slash_of(int provider, compute_slash *slash) {
    account_id who = person(provider);
    compute_open_slashes open;
    compute_OpenSlashes_get(&who, &open);
    if (open.len)
        assert_true(compute_Slashes_get(&open.items[open.len - 1].id, slash));
    return open.len;
}

/* Working, past its deadline with fewer than q commits: for every number of them. */
static void too_few_commits(void **state) {
    (void)state;
    for (uint8_t commits = 0; commits < 2; commits++) {
        uint64_t id = working(CLIENT, a_spec());
        uint32_t until = job_of(id).deadline;
        compute_slash slash;
        if (commits)
            commit_to(id, 1, a_result(1, 5));
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        jump_to(until);
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        jump_to(until + 1);
        ends(id, 0);
        for (uint8_t i = 0; i < 3; i++) {
            int who = holder(id, i);
            if (commits && i == 1) {
                assert_int_equal(seat_of(id, i).state, jobs_seat_state_Lost);
                continue;
            }
            JOB_EVENT_WAS(NoShow, .job = id, .seat = i, .provider = person(who), .offence = compute_offence_NoCommit);
            JOB_EVENT_WAS(BondLost, .job = id, .seat = i, .amount = 10 * UNIT / 4);
            assert_int_equal(slash_of(who, &slash), 1);
            assert_int_equal(slash.offence, compute_offence_NoCommit);
            assert_int_equal(slash.ppb, COMPUTE_NO_COMMIT_PPB);
            assert_int_equal(slash.fault_epoch, until / CLOCK_EPOCH_TICKS);
            assert_int_equal(record_of(who).strikes, 0);
        }
    }
}

/* One who never commits among enough who do. */
static void one_does_not_commit(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t commits = job_of(id).deadline;
    compute_slash slash;
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 2, a_result(1, 5));
    jump_to(commits + 1);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id); /* effectively Revealing */
    show(id, 0, a_result(1, 5));
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    show(id, 2, a_result(1, 5));
    ends(id, 5); /* all who committed have shown: no need to wait */
    assert_int_equal(slash_of(holder(id, 1), &slash), 1);
    assert_int_equal(slash.offence, compute_offence_NoCommit);
    assert_int_equal(slash.fault_epoch, commits / CLOCK_EPOCH_TICKS);
    assert_int_equal(slash_of(holder(id, 0), &slash), 0);
}

/* Nobody shows anything: finalise itself goes from Working to the end. */
static void nobody_shows(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t commits = job_of(id).deadline;
    compute_slash slash;
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 2, a_result(1, 5));
    jump_to(commits + 30);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(commits + 31);
    assert_int_equal(job_of(id).state, jobs_state_Working);
    ends(id, 0);
    JOB_EVENT_WAS(NoShow, .job = id, .seat = 0, .provider = person(holder(id, 0)), .offence = compute_offence_NoReveal);
    JOB_EVENT_WAS(NoShow, .job = id, .seat = 1, .provider = person(holder(id, 1)), .offence = compute_offence_NoCommit);
    assert_int_equal(slash_of(holder(id, 0), &slash), 1);
    assert_int_equal(slash.offence, compute_offence_NoReveal);
    assert_int_equal(slash.ppb, COMPUTE_NO_REVEAL_PPB);
    assert_int_equal(slash_of(holder(id, 1), &slash), 1);
    assert_int_equal(slash.ppb, COMPUTE_NO_COMMIT_PPB);
    assert_true(epoch_burned() == 0); /* lost bonds are no burned fees */
}

/* One does not reveal: the others need not wait when all others have shown, but do wait for it. */
static void one_does_not_reveal(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    compute_slash slash;
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, a_result(1, 5));
    uint32_t until = job_of(id).deadline;
    show(id, 0, a_result(1, 5));
    show(id, 1, a_result(1, 5));
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until);
    JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
    jump_to(until + 1);
    ends(id, 3);
    assert_int_equal(slash_of(holder(id, 2), &slash), 1);
    assert_int_equal(slash.offence, compute_offence_NoReveal);
    assert_int_equal(slash.fault_epoch, until / CLOCK_EPOCH_TICKS);
    assert_memory_equal(slash.evidence.at, seat_of(id, 2).commit.at, 32);
    assert_int_equal(slash.object.kind, COMPUTE_JOB);
    assert_int_equal(slash.object.id, id);

    /* And with too few left for a quorum. */
    beat_all();
    id = working(CLIENT, a_spec());
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, a_result(1, 5));
    show(id, 1, a_result(1, 5));
    jump_to(job_of(id).deadline + 1);
    ends(id, 0);
}

/* The fault belongs to the epoch of the missed deadline, whenever somebody finalises. */
static void fault_epochs(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t epoch = job_of(id).deadline / CLOCK_EPOCH_TICKS;
    compute_slash slash;
    commit_to(id, 0, a_result(1, 5));
    jump_to((epoch + 5) * CLOCK_EPOCH_TICKS + 17);
    FINALISE(id);
    assert_int_equal(slash_of(holder(id, 1), &slash), 1);
    assert_int_equal(slash.fault_epoch, epoch);
    assert_int_equal(slash.apply_epoch, epoch + 5 + COMPUTE_SLASH_DELAY);

    /* Commits missed in one epoch, reveals in the next. */
    beat_all();
    id = offered(CLIENT, a_spec());
    epoch = tick_now() / CLOCK_EPOCH_TICKS + 1;
    set_tick(epoch * CLOCK_EPOCH_TICKS - 31);
    for (uint8_t i = 0; i < 3; i++) {
        jobs_seat seat = seat_of(id, i);
        seat.deadline = tick_now() + 10;
        jobs_Seats_put(&id, &i, &seat);
        market_beat(holder(id, i));
    }
    take_all(id);
    assert_int_equal(job_of(id).deadline, epoch * CLOCK_EPOCH_TICKS - 11);
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 2, a_result(1, 5));
    jump_to(epoch * CLOCK_EPOCH_TICKS - 5);
    show(id, 2, a_result(1, 5)); /* stores Revealing: the deadline of commits is not stored any more */
    jump_to(epoch * CLOCK_EPOCH_TICKS + 40);
    FINALISE(id);
    assert_true(slash_of(holder(id, 1), &slash) >= 1);
    assert_int_equal(slash.fault_epoch, epoch - 1);
    assert_true(slash_of(holder(id, 0), &slash) >= 1);
    assert_int_equal(slash.fault_epoch, epoch);

    /* So long ago that the stake of then is gone: the bond is lost all the same. */
    beat_all();
    id = working(CLIENT, a_spec());
    int who = holder(id, 0);
    uint32_t open = slash_of(who, &slash);
    jump_to(job_of(id).deadline + 30 * CLOCK_EPOCH_TICKS);
    ends(id, 0);
    assert_int_equal(slash_of(who, &slash), open);
}

/* --- one seat --- */

static void single_seat(void **state) {
    (void)state;
    jobs_spec drawn_one = a_spec();
    drawn_one.n = drawn_one.q = 1;
    for (int direct = 0; direct < 2; direct++) {
        uint64_t id = working(CLIENT, direct ? a_direct(FIRST_PROVIDER) : drawn_one);
        int who = holder(id, 0);
        uint64_t good = record_of(who).rep_good;
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        show(id, 0, a_result(1, 10));
        ends(id, 1); /* at once */
        assert_int_equal(record_of(who).rep_good > good, !direct); /* whoever is chosen earns no reputation by it */

        id = working(CLIENT, direct ? a_direct(FIRST_PROVIDER) : drawn_one);
        who = holder(id, 0);
        uint64_t bad = record_of(who).rep_bad;
        uint32_t until = job_of(id).deadline;
        compute_slash slash;
        jump_to(until);
        JOB_FAILS(TooEarly, OTHER, finalise, .job = id);
        jump_to(until + 1);
        ends(id, 0);
        assert_int_equal(record_of(who).rep_bad > bad, !direct);
        assert_true(slash_of(who, &slash) >= 1);
        assert_int_equal(slash.offence, compute_offence_NoCommit);
        beat_all();
    }
    /* Shown in time, finalised long after. */
    uint64_t id = working(CLIENT, a_direct(FIRST_PROVIDER));
    show(id, 0, a_result(1, 10));
    jump_to(job_of(id).deadline + 1000);
    ends(id, 1);
}

int main(void) {
#define T(name) cmocka_unit_test_setup(name, market)
    const struct CMUnitTest tests[] = {
        T(ready), T(other_states), T(too_few_commits), T(one_does_not_commit), T(nobody_shows),
        T(one_does_not_reveal), T(fault_epochs), T(single_seat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
