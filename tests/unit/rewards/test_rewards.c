/* test_rewards.c - points and how they become money: each call of the pallet, each error, each border. */
#include "rewards/rewards_fixture.h"

static u128 compute_due(int n) {
    u128 due;
    account_id who = account(n);
    compute_Due_get(&who, &due);
    return due;
}
static u128 revenue(void) {
    models_revenue value;
    uint32_t native = 0;
    models_Revenue_get(&model_id, &native, &value);
    return value.total;
}

static void a_new_chain(void **state) {
    (void)state;
    const account_id *accounts[] = {&rewards_pot.account, &rewards_treasury};
    for (uint32_t i = 0; i < COUNT_OF(accounts); i++) {
        account_info info;
        system_account_get(accounts[i], &info);
        assert_true(info.data.free == EXISTENTIAL_DEPOSIT);
        assert_int_equal(info.providers, 2);
    }
    assert_memory_equal(&rewards_pot.account, "modlnl/rewrd\0\0\0\0", 16);
    assert_memory_equal(&rewards_treasury, "modlpy/trsry\0\0\0\0", 16);
    rewards_fee_split split;
    rewards_FeeSplit_get(&split);
    assert_int_equal(split.provider + split.model + split.auditors + split.treasury + split.burn, 1000000000);
    assert_int_equal(split.burn, 90000000);
    rewards_schedule schedule = schedule_now();
    assert_int_equal(schedule.kappa, 900000000);
    assert_true(schedule.work_cap == 50000 * UNIT && schedule.capacity == 20000 * UNIT);
}

static void points_are_credited(void **state) {
    (void)state;
    account_id bob = account(BOB), key = model_key();
    u128 value;
    uint32_t zero = 0;
    uint8_t client = 0;
    assert_memory_equal(key.at, "model\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 24);
    assert_int_equal(load_u64(key.at + 24), model_id);
    rewards_note_burn(0, 1);
    assert_false(rewards_EpochBooks_exists(&zero));
    burn(UNIT);
    burn(3);
    assert_true(book_of(0).burned == UNIT + 3);
    assert_false(points(bob, CLIENT, REWARDS_MIN_POINTS - 1));
    assert_false(rewards_Points_exists(&zero, &bob, &client));
    assert_int_equal(book_of(0).lines, 0);
    assert_true(points(bob, CLIENT, REWARDS_MIN_POINTS));
    EVENT_SEEN(PointsCredited, .epoch = 0, .who = bob, .stream = CLIENT, .points = REWARDS_MIN_POINTS);
    assert_false(points(bob, CLIENT, REWARDS_MIN_POINTS + 5));
    assert_true(rewards_Points_get(&zero, &bob, &client, &value) && value == 2 * REWARDS_MIN_POINTS + 5);
    assert_true(points(bob, MODEL, REWARDS_MIN_POINTS)); /* another stream, another line */
    assert_int_equal(book_of(0).lines, 2);
    holds();
}

static void the_epoch_closes(void **state) {
    (void)state;
    u128 minted = balances_total_issuance();
    whole_job(1000 * UNIT);
    assert_true(balances_total_issuance() == minted - 1000 * UNIT);
    system_EventCount_get(&events_then);
    go_to_epoch(1);
    EVENT_SEEN(EpochClosed, .epoch = 0, .burned = 1000 * UNIT, .budget = 900 * UNIT, .capacity = 20000 * UNIT);
    assert_true(book_of(0).budget == 900 * UNIT && book_of(0).minted == 0 && outstanding() == 900 * UNIT);
    assert_true(schedule_now().capacity == capacity_after(20000 * UNIT));
    assert_true(balances_total_issuance() == minted - 1000 * UNIT); /* closing mints nothing */
    holds();
    go_to_epoch(2); /* nothing was burned */
    uint32_t empty = 1;
    assert_false(rewards_EpochBooks_exists(&empty));
    EVENT_SEEN(EpochClosed, .epoch = 1, .capacity = capacity_after(20000 * UNIT));
    assert_true(outstanding() == 900 * UNIT);
}

static void the_cap_cuts_the_budget(void **state) {
    (void)state;
    account_id rich = account(20);
    assert_int_equal(balances_mint(&rich, 100000000 * UNIT), DISPATCH_OK);
    account_id burner = account(BURNER);
    assert_int_equal(balances_mint(&burner, 100000 * UNIT), DISPATCH_OK);
    burn(60000 * UNIT);
    go_to_epoch(1);
    assert_true(book_of(0).budget == 50000 * UNIT);
    /* What may still be issued cuts it further: 7 UNIT are left beside what waits. */
    burn(1000 * UNIT);
    u128 room = REWARDS_MAX_SUPPLY - balances_total_issuance() - outstanding();
    assert_int_equal(balances_mint(&rich, room - 7 * UNIT), DISPATCH_OK);
    go_to_epoch(2);
    assert_true(book_of(1).budget == 7 * UNIT);
    assert_true(balances_total_issuance() + outstanding() == REWARDS_MAX_SUPPLY);
    burn(UNIT);
    assert_int_equal(balances_mint(&rich, 3 * UNIT), DISPATCH_OK); /* above the limit, by whatever means */
    go_to_epoch(3);
    assert_true(book_of(2).budget == 0 && book_of(2).burned == UNIT);
    holds();
}

static void each_stream_settles(void **state) {
    (void)state;
    account_id bob = account(BOB), owner = account(OPERATOR), key = model_key();
    whole_job(1000 * UNIT);
    go_to_epoch(1);
    u128 before = balances_total_issuance();

    WORKS(CAROL, SETTLE, settle, .epoch = 0, .who = bob, .stream = CLIENT);
    EVENT_SEEN(Settled, .epoch = 0, .who = bob, .stream = CLIENT, .amount = 135 * UNIT);
    assert_true(due_of(bob) == 135 * UNIT && money_of(&rewards_pot.account) == 135 * UNIT + EXISTENTIAL_DEPOSIT);
    assert_true(book_of(0).minted == 135 * UNIT && book_of(0).lines == 2 && outstanding() == 765 * UNIT);

    u128 model_money = money_of(&models_account), model_books = books();
    WORKS(CAROL, SETTLE, settle, .epoch = 0, .who = key, .stream = MODEL);
    assert_true(revenue() == 135 * UNIT && money_of(&models_account) == model_money + 135 * UNIT &&
                books() == model_books + 135 * UNIT);

    u128 compute_money = money_of(&compute_pot.account);
    WORKS(BOB, SETTLE, settle, .epoch = 0, .who = owner, .stream = PROVIDER);
    assert_true(money_of(&compute_pot.account) == compute_money + 630 * UNIT && compute_due(OPERATOR) == 630 * UNIT);
    assert_true(book_of(0).minted == 900 * UNIT && book_of(0).lines == 0 && outstanding() == 0);
    assert_true(balances_total_issuance() == before + 900 * UNIT);
    IS_ERROR(NoPoints, BOB, SETTLE, settle, .epoch = 0, .who = owner, .stream = PROVIDER);
}

static void settle_refuses(void **state) {
    (void)state;
    account_id bob = account(BOB);
    go_to_epoch(2);
    whole_job(10 * UNIT);
    IS_REFUSED(BAD_ORIGIN, ROOT, SETTLE, settle, .epoch = 2, .who = bob);
    IS_REFUSED(BAD_ORIGIN, UNSIGNED, SETTLE, settle, .epoch = 2, .who = bob);
    IS_ERROR(EpochOpen, BOB, SETTLE, settle, .epoch = 2, .who = bob);
    IS_ERROR(EpochOpen, BOB, SETTLE, settle, .epoch = UINT32_MAX, .who = bob);
    go_to_epoch(3);
    IS_ERROR(NoPoints, BOB, SETTLE, settle, .epoch = 1, .who = bob);
    IS_ERROR(NoPoints, BOB, SETTLE, settle, .epoch = 2, .who = bob, .stream = MODEL);
    IS_ERROR(NoPoints, BOB, SETTLE, settle, .epoch = 2, .who = account(CAROL));
    go_to_epoch(2 + REWARDS_EXPIRY_EPOCHS);
    WORKS(BOB, SETTLE, settle, .epoch = 2, .who = bob);
    IS_ERROR(NoPoints, BOB, SETTLE, settle, .epoch = 2, .who = bob);
    go_to_epoch(3 + REWARDS_EXPIRY_EPOCHS);
    IS_ERROR(Expired, BOB, SETTLE, settle, .epoch = 2, .who = model_key(), .stream = MODEL);
    IS_ERROR(Expired, BOB, SETTLE, settle, .epoch = 0, .who = bob);
}

static void a_line_worth_nothing_closes(void **state) {
    (void)state;
    account_id bob = account(BOB), owner = account(OPERATOR), key = model_key();
    compute_provider provider;
    rewards_schedule stopped = schedule_now();
    stopped.work_cap = 0;
    WORKS(ROOT, SET_SCHEDULE, set_schedule, .schedule = stopped);
    go_to_epoch(1);
    whole_job(10 * UNIT);
    go_to_epoch(2);
    u128 before = balances_total_issuance();
    WORKS(BOB, SETTLE, settle, .epoch = 1, .who = bob);
    EVENT_SEEN(Settled, .epoch = 1, .who = bob, .stream = CLIENT, .amount = 0);
    assert_int_equal(events_since(), 1);
    WORKS(BOB, SETTLE, settle, .epoch = 1, .who = key, .stream = MODEL);
    WORKS(BOB, SETTLE, settle, .epoch = 1, .who = owner, .stream = PROVIDER);
    assert_true(compute_Providers_get(&owner, &provider) && provider.points_open + provider.points_closed == 0);
    assert_true(balances_total_issuance() == before && due_of(bob) == 0 && revenue() == 0);
    IS_ERROR(NoPoints, BOB, SETTLE, settle, .epoch = 1, .who = bob);
    assert_int_equal(book_of(1).lines, 0);
}

static void many_lines_settle_at_once(void **state) {
    (void)state;
    account_id bob = account(BOB), owner = account(OPERATOR), key = model_key();
    whole_job(1000 * UNIT);
    go_to_epoch(1);
    whole_job(100 * UNIT);
    go_to_epoch(2);
    rewards_line lines[65] = {{0, bob, CLIENT},   {0, bob, CLIENT},     {1, bob, CLIENT},
                              {2, bob, CLIENT},   {0, owner, PROVIDER}, {1, owner, PROVIDER},
                              {0, key, MODEL},    {0, key, PROVIDER},   {1, key, MODEL}};
    WORKS(EVE, SETTLE_MANY, settle_many, .lines = {lines, 9});
    EVENT_SEEN(SettleSkipped, .epoch = 0, .who = bob, .stream = CLIENT,
               .error = dispatch_error_value(PALLET_ERROR(rewards, NoPoints)));
    EVENT_SEEN(SettleSkipped, .epoch = 2, .who = bob, .stream = CLIENT,
               .error = dispatch_error_value(PALLET_ERROR(rewards, EpochOpen)));
    EVENT_SEEN(SettleSkipped, .epoch = 0, .who = key, .stream = PROVIDER,
               .error = dispatch_error_value(PALLET_ERROR(rewards, NoPoints)));
    assert_true(due_of(bob) == 148 * UNIT + UNIT / 2 && compute_due(OPERATOR) == 693 * UNIT);
    assert_true(revenue() == 148 * UNIT + UNIT / 2 && outstanding() == 0);

    WORKS(EVE, SETTLE_MANY, settle_many, .lines = {lines, 0});
    assert_int_equal(events_since(), 0);
    for (int i = 0; i < 65; i++)
        lines[i] = (rewards_line){1, account(i + 1), CLIENT};
    WORKS(EVE, SETTLE_MANY, settle_many, .lines = {lines, 64});
    assert_int_equal(events_since(), 64);
    IS_REFUSED(BAD_ORIGIN, ROOT, SETTLE_MANY, settle_many, .lines = {lines, 1});
    /* 65 are refused before anything is allocated. */
    uint8_t bytes[4] = {pallet_index_rewards, SETTLE_MANY, 65 * 4 % 256 | 1, 65 * 4 / 256};
    struct reader in = reader_over((struct bytes){bytes, sizeof bytes}, &arena_scratch);
    struct call call;
    assert_false(call_decode(&in, &call));
}

/* What cannot be booked is skipped whole: the line stays. */
static void a_line_that_cannot_be_booked_stays(void **state) {
    (void)state;
    account_id strange;
    rewards_model_key(&strange, 77);
    burn(100 * UNIT);
    points(strange, MODEL, 15 * UNIT);
    go_to_epoch(1);
    rewards_line line = {0, strange, MODEL};
    WORKS(EVE, SETTLE_MANY, settle_many, .lines = {&line, 1});
    assert_int_equal(events_since(), 1);
    EVENT_SEEN(SettleSkipped, .epoch = 0, .who = strange, .stream = MODEL,
               .error = dispatch_error_value(PALLET_ERROR(models, UnknownModel)));
    assert_int_equal(book_of(0).lines, 1);
    IS_REFUSED(PALLET_ERROR(models, UnknownModel), EVE, SETTLE, settle, .epoch = 0, .who = strange, .stream = MODEL);
}

static void points_of_a_provider_that_is_gone(void **state) {
    (void)state;
    account_id owner = account(OPERATOR);
    whole_job(10 * UNIT);
    go_to_epoch(1);
    compute_Providers_kill(&owner);
    WORKS(BOB, SETTLE, settle, .epoch = 0, .who = owner, .stream = PROVIDER);
    assert_true(compute_due(OPERATOR) == 6 * UNIT + 3 * UNIT / 10);
}

static void what_nobody_settles_expires(void **state) {
    (void)state;
    account_id owner = account(OPERATOR), bob = account(BOB);
    compute_provider provider;
    uint32_t zero = 0;
    whole_job(1000 * UNIT);
    burn(UNIT);
    for (int n = 10; n < 20; n++)
        points(account(n), CLIENT, UNIT / 10);
    go_to_epoch(1);
    whole_job(UNIT);
    u128 left_of_1 = 9 * UNIT / 10;
    WORKS(BOB, SETTLE, settle, .epoch = 0, .who = bob);
    u128 minted = book_of(0).minted;
    go_to_epoch(REWARDS_EXPIRY_EPOCHS);
    IS_ERROR(NotExpired, EVE, EXPIRE, expire, .epoch = 0, .max = 64);
    IS_ERROR(NotExpired, EVE, EXPIRE, expire, .epoch = UINT32_MAX, .max = 64);
    go_to_epoch(1 + REWARDS_EXPIRY_EPOCHS);
    IS_ERROR(BadMax, EVE, EXPIRE, expire, .epoch = 0, .max = 0);
    IS_ERROR(BadMax, EVE, EXPIRE, expire, .epoch = 0, .max = 65);
    IS_ERROR(NotExpired, EVE, EXPIRE, expire, .epoch = 1, .max = 1);
    IS_REFUSED(BAD_ORIGIN, ROOT, EXPIRE, expire, .epoch = 0, .max = 1);
    u128 issuance = balances_total_issuance();
    assert_int_equal(book_of(0).lines, 12);
    WORKS(EVE, EXPIRE, expire, .epoch = 0, .max = 5);
    EVENT_SEEN(Expired, .epoch = 0, .lines = 5);
    assert_int_equal(events_since(), 1);
    assert_int_equal(book_of(0).lines, 7);
    IS_ERROR(Expired, EVE, SETTLE, settle, .epoch = 0, .who = owner, .stream = PROVIDER);
    WORKS(EVE, EXPIRE, expire, .epoch = 0, .max = 64);
    EVENT_SEEN(EpochRemoved, .epoch = 0, .unminted = 900 * UNIT + 9 * UNIT / 10 - minted);
    assert_false(rewards_EpochBooks_exists(&zero));
    assert_true(outstanding() == left_of_1 && balances_total_issuance() == issuance);
    assert_true(compute_Providers_get(&owner, &provider) && provider.points_open + provider.points_closed == 1);
    IS_ERROR(NoPoints, EVE, EXPIRE, expire, .epoch = 0, .max = 64);

    go_to_epoch(2 + REWARDS_EXPIRY_EPOCHS);
    WORKS(EVE, EXPIRE, expire, .epoch = 1, .max = 3); /* the last line and the book in one call */
    assert_true(outstanding() == 0);
    IS_ERROR(NoPoints, EVE, EXPIRE, expire, .epoch = 1, .max = 3);
}

static void a_settled_epoch_is_removed_without_lines(void **state) {
    (void)state;
    burn(UNIT);
    go_to_epoch(1 + REWARDS_EXPIRY_EPOCHS);
    assert_true(outstanding() == 9 * UNIT / 10);
    WORKS(EVE, EXPIRE, expire, .epoch = 0, .max = 1);
    assert_int_equal(events_since(), 1); /* no line expired, so nothing is said of lines */
    assert_true(outstanding() == 0);
}

static void dues_are_paid(void **state) {
    (void)state;
    account_id bob = account(BOB), nobody = account(NOBODY);
    whole_job(1000 * UNIT);
    burn(UNIT);
    points(nobody, CLIENT, REWARDS_MIN_POINTS); /* worth 0.9 of the existential deposit */
    go_to_epoch(1);
    IS_ERROR(NothingToClaim, EVE, CLAIM_DUE, claim_due, .who = bob);
    WORKS(EVE, SETTLE, settle, .epoch = 0, .who = bob);
    WORKS(EVE, SETTLE, settle, .epoch = 0, .who = nobody);
    IS_REFUSED(BAD_ORIGIN, ROOT, CLAIM_DUE, claim_due, .who = bob);
    u128 before = free_of(BOB), due = due_of(bob);
    WORKS(EVE, CLAIM_DUE, claim_due, .who = bob);
    EVENT_SEEN(DuePaid, .who = bob, .amount = due);
    assert_true(due > 0 && free_of(BOB) == before + due && due_of(bob) == 0);
    IS_ERROR(NothingToClaim, EVE, CLAIM_DUE, claim_due, .who = bob);

    assert_true(due_of(nobody) > 0 && due_of(nobody) < EXISTENTIAL_DEPOSIT);
    IS_ERROR(BelowED, EVE, CLAIM_DUE, claim_due, .who = nobody);
    burn(UNIT);
    points(nobody, CLIENT, REWARDS_MIN_POINTS);
    go_to_epoch(2);
    WORKS(EVE, SETTLE, settle, .epoch = 1, .who = nobody);
    WORKS(EVE, CLAIM_DUE, claim_due, .who = nobody);
    assert_true(free_of(NOBODY) >= EXISTENTIAL_DEPOSIT);
    assert_true(money_of(&rewards_pot.account) == EXISTENTIAL_DEPOSIT);
}

static void close_epoch_says_whether(void **state) {
    (void)state;
    go_to_epoch(3);
    IS_ERROR(EpochOpen, BOB, CLOSE_EPOCH, close_epoch, .epoch = 3);
    WORKS(BOB, CLOSE_EPOCH, close_epoch, .epoch = 2);
    assert_int_equal(events_since(), 0);
    IS_REFUSED(BAD_ORIGIN, UNSIGNED, CLOSE_EPOCH, close_epoch, .epoch = 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_new_chain, rewards_start),
        cmocka_unit_test_setup(points_are_credited, rewards_start),
        cmocka_unit_test_setup(the_epoch_closes, rewards_start),
        cmocka_unit_test_setup(the_cap_cuts_the_budget, rewards_start),
        cmocka_unit_test_setup(each_stream_settles, rewards_start),
        cmocka_unit_test_setup(settle_refuses, rewards_start),
        cmocka_unit_test_setup(a_line_worth_nothing_closes, rewards_start),
        cmocka_unit_test_setup(many_lines_settle_at_once, rewards_start),
        cmocka_unit_test_setup(a_line_that_cannot_be_booked_stays, rewards_start),
        cmocka_unit_test_setup(points_of_a_provider_that_is_gone, rewards_start),
        cmocka_unit_test_setup(what_nobody_settles_expires, rewards_start),
        cmocka_unit_test_setup(a_settled_epoch_is_removed_without_lines, rewards_start),
        cmocka_unit_test_setup(dues_are_paid, rewards_start),
        cmocka_unit_test_setup(close_epoch_says_whether, rewards_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
