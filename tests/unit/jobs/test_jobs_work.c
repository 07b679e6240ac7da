/* test_jobs_work.c - commit and reveal: who, when, which bytes. Windows of a_spec: 10 ticks to accept, 20 to commit, 30 to
 * reveal. */
#include "jobs/work_fixture.h"

static int market(void **state) {
    if (market_start(state))
        return -1;
    market_providers(3);
    return 0;
}

static jobs_spec single(void) {
    jobs_spec spec = a_spec();
    spec.n = spec.q = 1;
    return spec;
}

/* --- commit --- */

static void committing(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t until = job_of(id).deadline;
    for (uint8_t i = 0; i < 3; i++) {
        pass_ticks(1);
        assert_int_equal(job_of(id).state, jobs_state_Working);
        assert_int_equal(job_of(id).deadline, until);
        JOB_OK(holder(id, i), commit, .job = id, .seat = i, .hash = a_hash(i));
        JOB_EVENT_WAS(Committed, .job = id, .seat = i, .hash = a_hash(i));
        assert_int_equal(seat_of(id, i).state, jobs_seat_state_Committed);
        assert_memory_equal(seat_of(id, i).commit.at, a_hash(i).at, 32);
        assert_int_equal(job_of(id).committed, i + 1);
    }
    /* All have: nobody can copy any more, results may follow at once. */
    assert_int_equal(job_of(id).state, jobs_state_Revealing);
    assert_int_equal(job_of(id).deadline, tick_now() + 30);
    JOB_FAILS(AlreadyCommitted, holder(id, 0), commit, .job = id, .seat = 0, .hash = a_hash(9));
}

static void committing_refused(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0);
    take(id, 0);
    JOB_FAILS(WrongState, who, commit, .job = id, .seat = 0); /* Offered */
    take(id, 1);
    take(id, 2);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, commit, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, commit, .job = id);
    JOB_FAILS(UnknownJob, who, commit, .job = 77);
    JOB_FAILS(NotOperator, CLIENT, commit, .job = id);
    JOB_FAILS(NotSeat, who, commit, .job = id, .seat = 1);
    JOB_FAILS(NotSeat, who, commit, .job = id, .seat = 9);
    JOB_OK(who, commit, .job = id, .seat = 0, .hash = a_hash(1));
    JOB_FAILS(AlreadyCommitted, who, commit, .job = id, .seat = 0, .hash = a_hash(1));
    JOB_FAILS(AlreadyCommitted, who, commit, .job = id, .seat = 0, .hash = a_hash(2));
    jump_to(job_of(id).deadline + 1);
    FINALISE(id);
    JOB_FAILS(WrongState, who, commit, .job = id, .seat = 0);
    JOB_FAILS(WrongState, who, reveal, .job = id, .seat = 0);
}

static void committing_in_time(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    uint32_t until = job_of(id).deadline;
    jump_to(until);
    commit_to(id, 0, a_result(1, 5));
    commit_to(id, 1, a_result(1, 5));
    jump_to(until + 1);
    JOB_FAILS(TooLate, holder(id, 2), commit, .job = id, .seat = 2, .hash = a_hash(1));
    show(id, 0, a_result(1, 5)); /* stores Revealing */
    assert_int_equal(job_of(id).state, jobs_state_Revealing);
    JOB_FAILS(TooLate, holder(id, 2), commit, .job = id, .seat = 2, .hash = a_hash(1));
}

static void one_seat_does_not_commit(void **state) {
    (void)state;
    uint64_t drawn_one = working(CLIENT, single()), direct = working(CLIENT, a_direct(FIRST_PROVIDER));
    JOB_FAILS(NoCommitNeeded, holder(drawn_one, 0), commit, .job = drawn_one, .seat = 0);
    JOB_FAILS(NoCommitNeeded, FIRST_PROVIDER, commit, .job = direct, .seat = 0);
    show(direct, 0, a_result(1, 1));
    JOB_FAILS(NoCommitNeeded, FIRST_PROVIDER, commit, .job = direct, .seat = 0);
}

/* --- reveal --- */

static void showing(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, a_result(i, i + 3));
    uint32_t until = job_of(id).deadline;
    for (uint8_t i = 0; i < 3; i++) {
        jobs_result result = a_result(i, i + 3u);
        show(id, i, result);
        JOB_EVENT_WAS(Revealed, .job = id, .seat = i, .result_root = a_hash(i), .units = i + 3u);
        jobs_seat seat = seat_of(id, i);
        assert_int_equal(seat.state, jobs_seat_state_Revealed);
        assert_int_equal(seat.units, i + 3);
        assert_memory_equal(seat.result_root.at, a_hash(i).at, 32);
        assert_memory_equal(seat.out_cipher_hash.at, a_hash(i + 2000u).at, 32);
        assert_int_equal(job_of(id).revealed, i + 1);
        assert_int_equal(job_of(id).state, jobs_state_Revealing);
        assert_int_equal(job_of(id).deadline, until);
        JOB_FAILS(NotCommitted, holder(id, i), reveal, .job = id, .seat = i, .result = result);
    }
}

static void showing_refused(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    int who = holder(id, 0);
    jobs_result result = a_result(1, 5);
    take(id, 0);
    JOB_FAILS(WrongState, who, reveal, .job = id, .seat = 0, .result = result); /* Offered */
    take(id, 1);
    take(id, 2);
    JOB_REFUSES(BAD_ORIGIN, AS_ROOT, reveal, .job = id);
    JOB_REFUSES(BAD_ORIGIN, AS_NONE, reveal, .job = id);
    JOB_FAILS(UnknownJob, who, reveal, .job = 77);
    JOB_FAILS(NotOperator, CLIENT, reveal, .job = id);
    JOB_FAILS(NotSeat, who, reveal, .job = id, .seat = 1);
    commit_to(id, 0, result);
    commit_to(id, 1, result);
    JOB_FAILS(RevealEarly, who, reveal, .job = id, .seat = 0, .result = result);
    jump_to(job_of(id).deadline);
    JOB_FAILS(RevealEarly, who, reveal, .job = id, .seat = 0, .result = result);
    jump_to(tick_now() + 1);
    JOB_FAILS(NotCommitted, holder(id, 2), reveal, .job = id, .seat = 2, .result = result);
    show(id, 0, result);
    JOB_FAILS(NotCommitted, holder(id, 2), reveal, .job = id, .seat = 2, .result = result);
    JOB_FAILS(NotCommitted, who, reveal, .job = id, .seat = 0, .result = result);
}

/* Past the commits' deadline with fewer than q: there is nothing to reveal for. */
static void too_few_commits(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    commit_to(id, 0, a_result(1, 5));
    jump_to(job_of(id).deadline + 1);
    JOB_FAILS(WrongState, holder(id, 0), reveal, .job = id, .seat = 0, .result = a_result(1, 5));
}

/* Revealing from a deadline on lasts from there, whenever somebody stores it. */
static void showing_in_time(void **state) {
    (void)state;
    uint64_t lazy = working(CLIENT, a_spec());
    uint32_t commits = job_of(lazy).deadline;
    commit_to(lazy, 0, a_result(1, 5));
    commit_to(lazy, 1, a_result(1, 5));
    jump_to(commits + 12);
    show(lazy, 0, a_result(1, 5));
    assert_int_equal(job_of(lazy).deadline, commits + 30);
    jump_to(commits + 30);
    show(lazy, 1, a_result(1, 5));

    uint64_t never = working(OTHER, a_spec());
    commits = job_of(never).deadline;
    commit_to(never, 0, a_result(1, 5));
    commit_to(never, 1, a_result(1, 5));
    jump_to(commits + 31);
    JOB_FAILS(TooLate, holder(never, 0), reveal, .job = never, .seat = 0, .result = a_result(1, 5));
    assert_int_equal(job_of(never).state, jobs_state_Working);
    JOB_FAILS(TooLate, holder(lazy, 0), reveal, .job = lazy, .seat = 0, .result = a_result(1, 5));
    for (int i = 0; i < 3; i++)
        market_beat(FIRST_PROVIDER + i);

    uint64_t prompt = working(OTHER, a_spec());
    for (uint8_t i = 0; i < 3; i++)
        commit_to(prompt, i, a_result(1, 5));
    jump_to(job_of(prompt).deadline);
    show(prompt, 0, a_result(1, 5));
    jump_to(job_of(prompt).deadline + 1);
    JOB_FAILS(TooLate, holder(prompt, 1), reveal, .job = prompt, .seat = 1, .result = a_result(1, 5));
}

static void one_seat_shows_at_once(void **state) {
    (void)state;
    for (int direct = 0; direct < 2; direct++) {
        uint64_t id = working(CLIENT, direct ? a_direct(FIRST_PROVIDER) : single());
        int who = holder(id, 0);
        jump_to(job_of(id).deadline);
        show(id, 0, a_result(1, 10));
        assert_int_equal(job_of(id).state, jobs_state_Working);
        assert_int_equal(job_of(id).revealed, 1);
        JOB_FAILS(NotCommitted, who, reveal, .job = id, .seat = 0, .result = a_result(1, 10));

        id = working(CLIENT, direct ? a_direct(FIRST_PROVIDER) : single());
        who = holder(id, 0);
        jump_to(job_of(id).deadline + 1);
        JOB_FAILS(TooLate, who, reveal, .job = id, .seat = 0, .result = a_result(1, 10));
    }
}

/* Every byte of what was committed to counts, and who committed where. The seat may try again. */
static void other_bytes(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec()), second = working(CLIENT, a_spec());
    jobs_result right = a_result(1, 5), wrong;
    for (uint8_t i = 0; i < 3; i++) {
        commit_to(id, i, right);
        /* What seat 0 of the first job committed to, by everybody else. */
        jobs_seat copied = seat_of(id, 0);
        JOB_OK(holder(second, i), commit, .job = second, .seat = i, .hash = copied.commit);
    }
    int who = holder(id, 0);
    for (int field = 0; field < 7; field++) {
        wrong = right;
        switch (field) {
        case 0: wrong.result_root.at[31] ^= 1; break;
        case 1: wrong.trace_root.at[0] ^= 1; break;
        case 2: wrong.trace_len++; break;
        case 3: wrong.fp_hash.at[0] = 1; break;
        case 4: wrong.units--; break;
        case 5: wrong.out_cipher_hash.at[5] ^= 128; break;
        default: wrong.salt.at[15] ^= 1;
        }
        JOB_FAILS(CommitMismatch, who, reveal, .job = id, .seat = 0, .result = wrong);
    }
    for (uint8_t i = 0; i < 3; i++)
        JOB_FAILS(CommitMismatch, holder(second, i), reveal, .job = second, .seat = i, .result = right);
    show(id, 0, right);
}

/* Units from 1 to the most, and a root: whatever was committed to. */
static void bounds(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_spec());
    int who = holder(id, 0);
    jobs_result zero_root = a_result(1, 5), none = a_result(1, 0), most = a_result(1, 10), more = a_result(1, 11);
    memset(&zero_root.result_root, 0, 32);
    for (uint8_t i = 0; i < 3; i++)
        commit_to(id, i, i == 1 ? more : most);
    JOB_FAILS(EmptyRoot, who, reveal, .job = id, .seat = 0, .result = zero_root);
    JOB_FAILS(UnitsOverMax, who, reveal, .job = id, .seat = 0, .result = none);
    /* Committed to or not: too many units are refused. */
    JOB_FAILS(UnitsOverMax, holder(id, 1), reveal, .job = id, .seat = 1, .result = more);
    show(id, 0, most);
    uint64_t direct = working(CLIENT, a_direct(FIRST_PROVIDER));
    JOB_FAILS(UnitsOverMax, FIRST_PROVIDER, reveal, .job = direct, .seat = 0, .result = none);
    JOB_FAILS(UnitsOverMax, FIRST_PROVIDER, reveal, .job = direct, .seat = 0, .result = more);
    JOB_FAILS(EmptyRoot, FIRST_PROVIDER, reveal, .job = direct, .seat = 0, .result = zero_root);
    show(direct, 0, a_result(1, 1));
}

/* --- fingerprints --- */

static const uint8_t some_fp[16] = {1, 0, 0x80, 0x3f, 2, 0, 0x80, 0x3f, 5, 0, 0x80, 0xbf, 9, 0, 0, 0};
static const uint8_t disorder[16] = {2, 0, 0x80, 0x3f, 1, 0, 0x80, 0x3f, 5, 0, 0x80, 0x3f, 9, 0, 0x80, 0x3f};
static const uint8_t infinite[16] = {1, 0, 0x80, 0x7f, 2, 0, 0x80, 0x3f, 5, 0, 0x80, 0x3f, 9, 0, 0x80, 0x3f};
#define FP(array, n) ((struct bytes){array, n})

static void exact_profiles_have_none(void **state) {
    (void)state;
    uint64_t id = working(CLIENT, a_direct(FIRST_PROVIDER));
    jobs_result with = a_result_with(1, 5, FP(some_fp, 16));
    JOB_FAILS(BadFp, FIRST_PROVIDER, reveal, .job = id, .seat = 0, .result = with, .fingerprint = FP(some_fp, 16));
    /* A hash of nothing is zero. */
    JOB_FAILS(CommitMismatch, FIRST_PROVIDER, reveal, .job = id, .seat = 0, .result = with);
    show(id, 0, a_result(1, 5));
}

static uint64_t tolerant_model(void) {
    uint64_t model = market_model(models_profile_Tolerance, 1);
    for (int i = 0; i < 3; i++)
        market_ask(FIRST_PROVIDER + i, model, (uint64_t)MARKET_PRICE);
    pass_ticks(1);
    return model;
}

static void tolerance_wants_a_fingerprint(void **state) {
    (void)state;
    jobs_spec spec = a_spec();
    spec.model = tolerant_model();
    uint64_t id = working(CLIENT, spec);
    jobs_result with = a_result_with(1, 5, FP(some_fp, 16)), without = a_result(1, 5);
    commit_to(id, 0, with);
    commit_to(id, 1, without);
    commit_to(id, 2, a_result_with(1, 5, FP(disorder, 16)));
    int who = holder(id, 0);
    JOB_FAILS(BadFp, who, reveal, .job = id, .seat = 0, .result = with);
    JOB_FAILS(BadFp, who, reveal, .job = id, .seat = 0, .result = with, .fingerprint = FP(some_fp, 12));
    JOB_FAILS(BadFp, who, reveal, .job = id, .seat = 0, .result = with, .fingerprint = FP(infinite, 16));
    JOB_FAILS(BadFp, holder(id, 1), reveal, .job = id, .seat = 1, .result = without);
    JOB_FAILS(CommitMismatch, holder(id, 1), reveal, .job = id, .seat = 1, .result = without,
              .fingerprint = FP(some_fp, 16));
    JOB_FAILS(BadFp, holder(id, 2), reveal, .job = id, .seat = 2, .result = a_result_with(1, 5, FP(disorder, 16)),
              .fingerprint = FP(disorder, 16));
    show_with(id, 0, with, FP(some_fp, 16));
    assert_bytes_equal(seat_of(id, 0).fingerprint, FP(some_fp, 16));
}

/* Nothing is compared with a single seat's, so it may have none. */
static void tolerance_of_one(void **state) {
    (void)state;
    jobs_spec spec = a_direct(FIRST_PROVIDER);
    spec.model = tolerant_model();
    uint64_t id = working(CLIENT, spec);
    jobs_result with = a_result_with(1, 5, FP(some_fp, 16));
    JOB_FAILS(BadFp, FIRST_PROVIDER, reveal, .job = id, .seat = 0, .result = with, .fingerprint = FP(disorder, 16));
    JOB_FAILS(CommitMismatch, FIRST_PROVIDER, reveal, .job = id, .seat = 0, .result = a_result(1, 5),
              .fingerprint = FP(some_fp, 16));
    show_with(id, 0, with, FP(some_fp, 16));
    FINALISE(id);
    jobs_outcome outcome;
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_bytes_equal(outcome.fingerprint, FP(some_fp, 16));
    assert_int_equal(seat_of(id, 0).fingerprint.len, 0);

    id = working(CLIENT, spec);
    show(id, 0, a_result(2, 5));
    FINALISE(id);
    assert_true(jobs_Outcomes_get(&id, &outcome));
    assert_int_equal(outcome.fingerprint.len, 0);
    assert_int_equal(job_of(id).state, jobs_state_Settled);
}

/* accept, commit, reveal and finalise may all fall into one tick. */
static void all_at_once(void **state) {
    (void)state;
    uint64_t id = drawn(CLIENT, a_spec());
    uint32_t now = tick_now();
    const jobs_result results[] = {a_result(1, 5), a_result(1, 5), a_result(1, 5)};
    take_all(id);
    all_show(id, results);
    FINALISE(id);
    assert_int_equal(tick_now(), now);
    assert_int_equal(job_of(id).state, jobs_state_Settled);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(committing, market),
        cmocka_unit_test_setup(committing_refused, market),
        cmocka_unit_test_setup(committing_in_time, market),
        cmocka_unit_test_setup(one_seat_does_not_commit, market),
        cmocka_unit_test_setup(showing, market),
        cmocka_unit_test_setup(showing_refused, market),
        cmocka_unit_test_setup(too_few_commits, market),
        cmocka_unit_test_setup(showing_in_time, market),
        cmocka_unit_test_setup(one_seat_shows_at_once, market),
        cmocka_unit_test_setup(other_bytes, market),
        cmocka_unit_test_setup(bounds, market),
        cmocka_unit_test_setup(exact_profiles_have_none, market),
        cmocka_unit_test_setup(tolerance_wants_a_fingerprint, market),
        cmocka_unit_test_setup(tolerance_of_one, market),
        cmocka_unit_test_setup(all_at_once, market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
