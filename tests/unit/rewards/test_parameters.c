/* test_parameters.c - what root sets: the schedule and the split of fees; and the treasury, which stops nothing. */
#include "rewards/rewards_fixture.h"

static void root_sets_the_schedule(void **state) {
    (void)state;
    rewards_schedule old = schedule_now(), wish = {1000000000, REWARDS_MAX_WORK_CAP, old.capacity};
    IS_REFUSED(BAD_ORIGIN, BOB, SET_SCHEDULE, set_schedule, .schedule = wish);
    wish.kappa++;
    IS_ERROR(KappaTooHigh, ROOT, SET_SCHEDULE, set_schedule, .schedule = wish);
    wish.kappa--;
    wish.work_cap++;
    IS_ERROR(CapTooHigh, ROOT, SET_SCHEDULE, set_schedule, .schedule = wish);
    wish.work_cap--;
    wish.capacity++;
    IS_ERROR(CapacityRises, ROOT, SET_SCHEDULE, set_schedule, .schedule = wish);
    wish.capacity--;
    WORKS(ROOT, SET_SCHEDULE, set_schedule, .schedule = wish);
    EVENT_SEEN(ScheduleSet, .schedule = wish);
    assert_int_equal(schedule_now().kappa, old.kappa);
    burn(100 * UNIT);
    go_to_epoch(1);
    assert_true(book_of(0).budget == 90 * UNIT); /* by the terms under which it was burned */
    assert_int_equal(schedule_now().kappa, 1000000000);
    assert_true(schedule_now().work_cap == REWARDS_MAX_WORK_CAP);
    assert_true(schedule_now().capacity == capacity_after(old.capacity)); /* an old value does not undo the decay */
    assert_false(rewards_NextSchedule_exists());
    burn(100 * UNIT);
    go_to_epoch(2);
    assert_true(book_of(1).budget == 100 * UNIT);
    wish.capacity = 5;
    wish.kappa = 0;
    WORKS(ROOT, SET_SCHEDULE, set_schedule, .schedule = wish);
    go_to_epoch(3);
    assert_true(schedule_now().capacity == 5 && schedule_now().kappa == 0);
    go_to_epoch(4);
    assert_true(schedule_now().capacity == 0);
    holds();
}

static void root_sets_the_split(void **state) {
    (void)state;
    rewards_fee_split old, now, wish = {850000000, 100000000, 0, 30000000, 20000000};
    rewards_FeeSplit_get(&old);
    IS_REFUSED(BAD_ORIGIN, BOB, SET_FEE_SPLIT, set_fee_split, .split = wish);
    wish.provider++;
    IS_ERROR(SplitNot1e9, ROOT, SET_FEE_SPLIT, set_fee_split, .split = wish);
    wish.provider -= 2;
    IS_ERROR(SplitNot1e9, ROOT, SET_FEE_SPLIT, set_fee_split, .split = wish);
    IS_ERROR(SplitNot1e9, ROOT, SET_FEE_SPLIT, set_fee_split, /* 2^32 + 10^9 */
             .split = {UINT32_MAX, 0, 0, 0, 1000000001});
    IS_ERROR(BurnTooLow, ROOT, SET_FEE_SPLIT, set_fee_split, .split = {850000001, 100000000, 0, 30000000, 19999999});
    IS_ERROR(BurnTooLow, ROOT, SET_FEE_SPLIT, set_fee_split, .split = {850000001, 100000000, 0, 29999999, 20000000});
    wish.provider++;
    WORKS(ROOT, SET_FEE_SPLIT, set_fee_split, .split = wish);
    EVENT_SEEN(FeeSplitSet, .split = wish);
    rewards_FeeSplit_get(&now);
    assert_memory_equal(&now, &old, sizeof now);
    go_to_epoch(1);
    rewards_FeeSplit_get(&now);
    assert_memory_equal(&now, &wish, sizeof now);
    assert_false(rewards_NextFeeSplit_exists());
    go_to_epoch(2);
    rewards_FeeSplit_get(&now);
    assert_memory_equal(&now, &wish, sizeof now);
}

static void the_treasury_stops_nothing(void **state) {
    (void)state;
    account_id bob = account(BOB);
    account_info info;
    assert_int_equal(balances_pot_take(&rewards_pot, &bob, UNIT), DISPATCH_OK);
    u128 issuance = balances_total_issuance();
    assert_int_equal(rewards_pay_treasury(&rewards_pot, 1), DISPATCH_OK);
    assert_true(money_of(&rewards_treasury) == EXISTENTIAL_DEPOSIT + 1 && balances_total_issuance() == issuance);
    assert_int_equal(rewards_pay_treasury(&rewards_pot, 0), DISPATCH_OK);

    /* Emptied, it cannot take less than an existential deposit: that is burned. */
    assert_int_equal(balances_transfer(&rewards_treasury, &bob, EXISTENTIAL_DEPOSIT + 1, BALANCES_EXPENDABLE),
                     DISPATCH_OK);
    assert_true(money_of(&rewards_treasury) == 0);
    system_account_get(&rewards_treasury, &info);
    assert_int_equal(info.providers, 1);
    assert_int_equal(rewards_pay_treasury(&rewards_pot, EXISTENTIAL_DEPOSIT - 1), DISPATCH_OK);
    assert_true(money_of(&rewards_treasury) == 0 && balances_total_issuance() == issuance - EXISTENTIAL_DEPOSIT + 1);
    assert_int_equal(rewards_pay_treasury(&rewards_pot, EXISTENTIAL_DEPOSIT), DISPATCH_OK);
    assert_true(money_of(&rewards_treasury) == EXISTENTIAL_DEPOSIT);
    /* Only what is owed can go. */
    assert_int_equal(rewards_pay_treasury(&rewards_pot, UNIT), DISPATCH_ERROR(Corruption));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(root_sets_the_schedule, rewards_start),
        cmocka_unit_test_setup(root_sets_the_split, rewards_start),
        cmocka_unit_test_setup(the_treasury_stops_nothing, rewards_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
