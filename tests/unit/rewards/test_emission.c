/* test_emission.c - what a coalition can get out of emission: never more than kappa of what it burned, whoever else earns
 * what, whatever is missing; and that time, not blocks, makes epochs. */
#include "rewards/rewards_fixture.h"

/* Jobs of strangers and of a coalition that fills some roles of its own jobs; all of it against the formulas. */
static void no_coalition_gains(void **state) {
    (void)state;
    uint64_t seed = 0x5eed1;
    for (int epoch = 0; epoch < 100000; epoch++) {
        u128 all = 0, own = 0, points_all = 0, worth = 0;
        u128 mine[3] = {0};
        for (int job = 0; job < 4; job++) {
            u128 burned = next_random(&seed) % (next_random(&seed) % 2 ? 10000000000000000u : 10000000000u) + 1;
            struct fee_points parts = fee_points_of(burned, next_random(&seed) % 4 != 0);
            bool coalition = next_random(&seed) % 2;
            uint64_t missing = next_random(&seed) % 8;
            all += burned;
            own += coalition ? burned : 0;
            const u128 lines[3] = {parts.provider, parts.model, parts.client};
            for (int role = 0; role < 3; role++)
                if (!(missing >> role & 1) && lines[role] >= REWARDS_MIN_POINTS) {
                    points_all += lines[role];
                    mine[role] += coalition ? lines[role] : 0;
                }
        }
        u128 budget = work_budget(REWARDS_WORK_CAP, REWARDS_KAPPA, all);
        for (int role = 0; role < 3; role++)
            worth += work_due(budget, mine[role], all);
        assert_true(points_all <= all);
        assert_true(worth <= part_of(own, REWARDS_KAPPA));
    }
}

/* The same through the pallet: random lines settled by anyone, in any order, some never. */
static void issuance_only_falls(void **state) {
    (void)state;
    uint64_t seed = 0xca5e;
    account_id burner = account(BURNER);
    assert_int_equal(balances_mint(&burner, 1000000 * UNIT), DISPATCH_OK);
    u128 last = balances_total_issuance(), burned = 0, minted = 0;
    for (uint32_t epoch = 0; epoch < 120; epoch++) {
        for (uint64_t job = next_random(&seed) % 4; job > 0; job--) {
            u128 amount = next_random(&seed) % 20000000000000u + 1;
            struct fee_points parts = fee_points_of(amount, true);
            burn(amount);
            burned += amount;
            if (next_random(&seed) % 4)
                points(account(OPERATOR), PROVIDER, parts.provider);
            if (next_random(&seed) % 4)
                points(model_key(), MODEL, parts.model);
            if (next_random(&seed) % 4)
                points(account((int)(next_random(&seed) % 8) + 1), CLIENT, parts.client);
        }
        go_to_epoch(epoch + 1);
        for (int n = 0; n < 6; n++) {
            uint32_t of = (uint32_t)(next_random(&seed) % (epoch + 2));
            rewards_line lines[3] = {{of, account((int)(next_random(&seed) % 8) + 1), CLIENT},
                                     {of, account(OPERATOR), PROVIDER},
                                     {of, model_key(), MODEL}};
            u128 before = balances_total_issuance();
            WORKS(EVE, SETTLE_MANY, settle_many, .lines = {lines, 3});
            minted += balances_total_issuance() - before;
        }
        if (epoch > REWARDS_EXPIRY_EPOCHS && book_of(epoch - REWARDS_EXPIRY_EPOCHS).burned)
            WORKS(EVE, EXPIRE, expire, .epoch = epoch - REWARDS_EXPIRY_EPOCHS, .max = 64);
        holds();
        assert_true(minted <= part_of(burned, REWARDS_KAPPA));
        assert_true(balances_total_issuance() == last - burned + minted);
    }
    assert_true(minted > burned / 4);
}

/* A block every 500 ms on a relay chain of 6 s, then three days without a block. */
static void twelve_blocks_to_a_tick_and_a_halt(void **state) {
    (void)state;
    static const struct clock_relay_value none = {CLOCK_ABSENT, {NULL, 0}};
    uint32_t relay = 2000, closed = 0;
    u128 capacity = REWARDS_CAPACITY;
    clock_Time_put(&(clock_time){CLOCK_EPOCH_TICKS - 30, relay, 0});
    whole_job(10 * UNIT);
    for (int tick = 0; tick < 60; tick++) {
        relay++;
        for (int block = 0; block < 12; block++) {
            uint32_t before = clock_epoch();
            clock_note_relay_parent(relay, none, none);
            closed += clock_epoch() - before;
        }
    }
    assert_int_equal(clock_now(), CLOCK_EPOCH_TICKS + 30);
    assert_int_equal(closed, 1);
    capacity = capacity_after(capacity);
    assert_true(schedule_now().capacity == capacity && book_of(0).budget == 9 * UNIT);

    relay += 3 * CLOCK_EPOCH_TICKS; /* the halt */
    clock_note_relay_parent(relay, none, none);
    assert_int_equal(clock_now(), CLOCK_EPOCH_TICKS + 30 + CLOCK_MAX_STEP);
    assert_int_equal(clock_epoch(), 1);
    assert_true(schedule_now().capacity == capacity);

    /* A halt across the boundary closes one epoch, once. */
    clock_Time_put(&(clock_time){2 * CLOCK_EPOCH_TICKS - 5, relay, 0});
    relay += 3 * CLOCK_EPOCH_TICKS;
    for (int block = 0; block < 12; block++)
        clock_note_relay_parent(relay, none, none);
    assert_int_equal(clock_now(), 2 * CLOCK_EPOCH_TICKS + 15);
    assert_true(schedule_now().capacity == capacity_after(capacity));
    EVENT_SEEN(EpochClosed, .epoch = 1, .capacity = capacity);
    holds();
}

/* Halves in about 730 days, and ends. */
static void capacity_decays(void **state) {
    (void)state;
    u128 c = REWARDS_CAPACITY;
    uint32_t days = 0;
    for (; c > REWARDS_CAPACITY / 2; days++)
        c = capacity_after(c);
    assert_in_range(days, 729, 731);
    for (; c; days++)
        c = capacity_after(c);
    assert_true(days > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_coalition_gains),
        cmocka_unit_test_setup(issuance_only_falls, rewards_start),
        cmocka_unit_test_setup(twelve_blocks_to_a_tick_and_a_halt, rewards_start),
        cmocka_unit_test(capacity_decays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
