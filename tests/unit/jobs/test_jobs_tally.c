/* test_jobs_tally.c - who agrees: jobs_tally against counting, in exact profiles and with fingerprints. */
#include "jobs/work_fixture.h"

static jobs_seat shown(uint64_t root, uint32_t units) {
    return (jobs_seat){.state = jobs_seat_state_Revealed, .result_root = a_hash(root), .units = units};
}
static const jobs_seat not_shown = {.state = jobs_seat_state_Committed};

static jobs_job exact(uint8_t n, uint8_t q) {
    return (jobs_job){.n = n, .q = q, .profile = models_profile_ExactInt};
}
/* 4 entries, at least 2 in common, at most 1 with another exponent, mean distance 2. */
static jobs_job tolerant(uint8_t n, uint8_t q) {
    return (jobs_job){.n = n,
                      .q = q,
                      .profile = models_profile_Tolerance,
                      .fp_params = {.topk = 4, .max_exp_miss = 1, .mean_mantissa = 2, .min_overlap = 2}};
}

static void equal_results(void **state) {
    (void)state;
    uint8_t leader = 9;
    jobs_job job = exact(3, 2);
    jobs_seat all[] = {shown(1, 5), shown(1, 5), shown(1, 5)};
    assert_int_equal(jobs_tally(&job, all, &leader), 7);
    assert_int_equal(leader, 0);
    jobs_seat last[] = {shown(2, 5), shown(1, 5), shown(1, 5)};
    assert_int_equal(jobs_tally(&job, last, &leader), 6);
    assert_int_equal(leader, 1);
    jobs_seat outer[] = {shown(1, 5), shown(2, 5), shown(1, 5)};
    assert_int_equal(jobs_tally(&job, outer, &leader), 5);
    jobs_seat units[] = {shown(1, 5), shown(1, 6), shown(1, 7)}; /* one result, three bills */
    assert_int_equal(jobs_tally(&job, units, &leader), 0);
    jobs_seat two[] = {shown(1, 5), not_shown, shown(1, 5)};
    assert_int_equal(jobs_tally(&job, two, &leader), 5);
    jobs_seat one[] = {not_shown, shown(1, 5), not_shown};
    assert_int_equal(jobs_tally(&job, one, &leader), 0);
    jobs_seat none[] = {not_shown, not_shown, not_shown};
    assert_int_equal(jobs_tally(&job, none, &leader), 0);
}

/* The quorum is of n, not of those who showed something: all n, or one more than half. */
static void quorums(void **state) {
    (void)state;
    uint8_t leader;
    for (uint8_t n = 1; n <= 9; n++)
        for (uint8_t q = (uint8_t)(n / 2 + 1); q <= n; q++)
            for (uint8_t agreeing = 0; agreeing <= n; agreeing++) {
                jobs_job job = exact(n, q);
                jobs_seat seats[9];
                for (uint8_t i = 0; i < n; i++)
                    seats[i] = i >= n - agreeing ? shown(1, 5) : i % 2 ? not_shown : shown(100u + i, 5);
                uint32_t expected = agreeing >= q ? ((1u << agreeing) - 1) << (n - agreeing) : 0;
                /* A lone seat is a group of one. */
                assert_int_equal(jobs_tally(&job, seats, &leader), n == 1 && !agreeing ? 1 : expected);
            }
}

static void random_groups(void **state) {
    (void)state;
    uint64_t seed = 77;
    uint32_t wins = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t n = (uint8_t)(1 + next_random(&seed) % 9), q = (uint8_t)(n / 2 + 1 + next_random(&seed) % (n - n / 2u));
        jobs_job job = exact(n, q);
        jobs_seat seats[9];
        uint64_t roots = 1 + next_random(&seed) % 3;
        for (uint8_t i = 0; i < n; i++)
            seats[i] = next_random(&seed) % 8 ? shown(next_random(&seed) % roots, 1 + (uint32_t)(next_random(&seed) % 20 == 0))
                                              : not_shown;
        uint16_t expected = 0;
        uint8_t first = 0, leader = 99;
        for (uint8_t i = 0; i < n && !expected; i++) {
            uint16_t set = 0;
            uint8_t size = 0;
            for (uint8_t j = 0; j < n; j++)
                if (seats[i].state == jobs_seat_state_Revealed && seats[j].state == jobs_seat_state_Revealed &&
                    memcmp(&seats[i].result_root, &seats[j].result_root, 32) == 0 && seats[i].units == seats[j].units) {
                    set |= (uint16_t)(1u << j);
                    size++;
                }
            if (size >= q) {
                expected = set;
                first = i;
            }
        }
        assert_int_equal(jobs_tally(&job, seats, &leader), expected);
        if (expected) {
            wins++;
            assert_int_equal(leader, first);
        }
    }
    assert_true(wins > 2000 && wins < 18000);
}

/* --- tolerance --- */

/* Four entries with the values of `low` behind the same sign and exponent, 1.0 and up. */
static jobs_seat printed(uint8_t *bytes, const uint16_t *index, const uint8_t *low) {
    for (int i = 0; i < 4; i++) {
        store_u16(bytes + 4 * i, index[i]);
        store_u16(bytes + 4 * i + 2, (uint16_t)(0x3f80 | low[i]));
    }
    jobs_seat seat = shown(1, 5);
    seat.fingerprint = (struct bytes){bytes, 16};
    return seat;
}

static void close_values(void **state) {
    (void)state;
    static const uint16_t index[4] = {1, 4, 7, 9};
    uint8_t bytes[3][16], leader;
    jobs_job job = tolerant(3, 2);
    const uint8_t base[4] = {10, 10, 10, 10}, near[4] = {12, 8, 12, 8}, far[4] = {12, 8, 12, 7};
    /* 0 and 1 are 8 apart in 4 entries: just a mean of 2. 2 is 9 from 0 but near to 1. */
    jobs_seat seats[3] = {printed(bytes[0], index, base), printed(bytes[1], index, near), printed(bytes[2], index, far)};
    assert_int_equal(jobs_tally(&job, seats, &leader), 3);
    assert_int_equal(leader, 0);
    job.q = 3;
    assert_int_equal(jobs_tally(&job, seats, &leader), 7); /* with 1 as the leader */
    assert_int_equal(leader, 1);
    /* Other bytes of the result do not matter: units and roots may differ. */
    seats[1].result_root = a_hash(99);
    seats[1].units = 9;
    assert_int_equal(jobs_tally(&job, seats, &leader), 7);
    seats[2] = not_shown;
    assert_int_equal(jobs_tally(&job, seats, &leader), 0);
    job.q = 2;
    assert_int_equal(jobs_tally(&job, seats, &leader), 3);
}

/* One bad seat in front cannot void the job. */
static void a_bad_leader(void **state) {
    (void)state;
    static const uint16_t index[4] = {1, 4, 7, 9}, others[4] = {2, 5, 8, 10}, two[4] = {1, 5, 8, 9}, one[4] = {1, 5, 8, 10};
    const uint8_t base[4] = {10, 10, 10, 10};
    uint8_t bytes[4][16], leader;
    jobs_job job = tolerant(3, 2);
    jobs_seat seats[3] = {printed(bytes[0], others, base), printed(bytes[1], index, base), printed(bytes[2], index, base)};
    assert_int_equal(jobs_tally(&job, seats, &leader), 6);
    assert_int_equal(leader, 1);
    seats[2] = printed(bytes[3], two, base); /* two indices in common are enough */
    assert_int_equal(jobs_tally(&job, seats, &leader), 5); /* and seat 0 shares 5 and 8 with it */
    assert_int_equal(leader, 0);
    seats[0] = not_shown;
    assert_int_equal(jobs_tally(&job, seats, &leader), 6);
    seats[2] = printed(bytes[3], one, base);
    assert_int_equal(jobs_tally(&job, seats, &leader), 0);
}

static void exponents(void **state) {
    (void)state;
    static const uint16_t index[4] = {1, 4, 7, 9};
    const uint8_t base[4] = {10, 10, 10, 10};
    uint8_t bytes[2][16], leader;
    jobs_job job = tolerant(2, 2);
    jobs_seat seats[2] = {printed(bytes[0], index, base), printed(bytes[1], index, base)};
    bytes[1][3] = 0xbf; /* another sign: one miss is allowed */
    assert_int_equal(jobs_tally(&job, seats, &leader), 3);
    bytes[1][7] = 0x40; /* another exponent: the second */
    assert_int_equal(jobs_tally(&job, seats, &leader), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_results), cmocka_unit_test(quorums),      cmocka_unit_test(random_groups),
        cmocka_unit_test(close_values),  cmocka_unit_test(a_bad_leader), cmocka_unit_test(exponents),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
