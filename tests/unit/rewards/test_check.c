/* test_check.c - rewards_try_state sees what it says it sees: each broken state is named. */
#include "rewards/rewards_fixture.h"

/* Epoch 0 settled in part, epoch 1 closed, epoch 2 open, BOB has a due. */
static int with_epochs(void **state) {
    if (rewards_start(state))
        return -1;
    whole_job(1000 * UNIT);
    go_to_epoch(1);
    whole_job(100 * UNIT);
    go_to_epoch(2);
    whole_job(10 * UNIT);
    WORKS(EVE, SETTLE, settle, .epoch = 0, .who = account(BOB));
    return rewards_try_state() != NULL;
}

/* Runs `body` on the state, expects the message, and undoes it. */
static void sees(const char *message, void (*body)(void)) {
    overlay_begin();
    body();
    const char *wrong = rewards_try_state();
    if (!wrong || !strstr(wrong, message))
        fail_msg("'%s' instead of '%s'", wrong ? wrong : "nothing", message);
    overlay_rollback();
    assert_null(rewards_try_state());
}

static void put_split(void (*put)(const rewards_fee_split *), uint32_t burned) {
    put(&(rewards_fee_split){780000000, 100000000, 0, 30000000, burned});
}
static void bad_split(void) { put_split(rewards_FeeSplit_put, 90000001); }
static void bad_next_split(void) { put_split(rewards_NextFeeSplit_put, 89999999); }
static void good_next_split(void) { put_split(rewards_NextFeeSplit_put, 90000000); }
static void put_schedule(void (*put)(const rewards_schedule *), uint32_t kappa, u128 cap, u128 capacity) {
    put(&(rewards_schedule){kappa, cap, capacity});
}
static void high_kappa(void) { put_schedule(rewards_Schedule_put, 1000000001, 0, 0); }
static void high_cap(void) { put_schedule(rewards_Schedule_put, 0, REWARDS_MAX_WORK_CAP + 1, 0); }
static void high_capacity(void) { put_schedule(rewards_Schedule_put, 0, 0, REWARDS_CAPACITY + 1); }
static void high_next_kappa(void) { put_schedule(rewards_NextSchedule_put, 1000000001, 0, 0); }
static void high_next_capacity(void) { put_schedule(rewards_NextSchedule_put, 0, 0, REWARDS_CAPACITY + 1); }
static void good_next_schedule(void) { put_schedule(rewards_NextSchedule_put, 0, 0, REWARDS_CAPACITY); }

static void change_book(uint32_t epoch, void (*change)(rewards_epoch_book *)) {
    rewards_epoch_book book = book_of(epoch);
    change(&book);
    rewards_EpochBooks_put(&epoch, &book);
}
static void a_line_more(rewards_epoch_book *b) { b->lines++; }
static void b_burned(rewards_epoch_book *b) { b->burned--; }
static void c_budget(rewards_epoch_book *b) { b->budget = 1; }
static void d_minted(rewards_epoch_book *b) { b->minted = 1; }
static void e_budget(rewards_epoch_book *b) { b->budget = b->burned + 1; }
static void f_cap(rewards_epoch_book *b) { b->burned = b->budget = REWARDS_MAX_WORK_CAP + 1; }
static void g_minted(rewards_epoch_book *b) { b->minted = b->budget + 1; }
static void h_minted(rewards_epoch_book *b) { b->minted++; }
static void i_nothing(rewards_epoch_book *b) { b->burned = 0; }
static void wrong_count(void) { change_book(0, a_line_more); }
static void too_many_points(void) { change_book(2, b_burned); }
static void early_budget(void) { change_book(2, c_budget); }
static void early_mint(void) { change_book(2, d_minted); }
static void large_budget(void) { change_book(1, e_budget); }
static void budget_above_cap(void) { change_book(1, f_cap); }
static void minted_too_much(void) { change_book(0, g_minted); }
static void lines_too_dear(void) { change_book(0, h_minted); }
static void burned_nothing(void) { change_book(2, i_nothing); }
static void book_of_the_future(void) {
    rewards_EpochBooks_put(&(uint32_t){3}, &(rewards_epoch_book){.burned = 1});
}
static void broken_book(void) {
    uint8_t key[STORAGE_KEY_SIZE];
    overlay_put(storage_key(&rewards_EpochBooks_storage, &(uint32_t){1}, 1, key), TEXT("x"));
}

static void put_points(uint32_t epoch, uint8_t stream, u128 value) {
    account_id who = account(EVE);
    rewards_Points_put(&epoch, &who, &stream, &value);
}
static void few_points(void) { put_points(0, 0, REWARDS_MIN_POINTS - 1); }
static void broken_points(void) {
    account_id who = account(EVE);
    uint8_t stream = 0, key[STORAGE_KEY_SIZE];
    uint32_t epoch = 0;
    const void *keys[] = {&epoch, &who, &stream};
    overlay_put(storage_key(&rewards_Points_storage, keys, 3, key), TEXT("x"));
}
static void other_stream(void) { put_points(0, 2, REWARDS_MIN_POINTS); }
static void no_book(void) { put_points(9, 0, REWARDS_MIN_POINTS); }
static void points_nobody_counts(void) {
    account_id owner = account(OPERATOR);
    compute_provider provider;
    assert_true(compute_Providers_get(&owner, &provider));
    provider.points_open += 1;
    compute_Providers_put(&owner, &provider);
}
static void broken_provider(void) {
    account_id owner = account(CAROL);
    uint8_t key[STORAGE_KEY_SIZE];
    overlay_put(storage_key(&compute_Providers_storage, &owner, 1, key), TEXT("x"));
}

static void other_outstanding(void) {
    u128 value = outstanding() + 1;
    rewards_Outstanding_put(&value);
}
static void other_due(void) {
    account_id bob = account(BOB);
    u128 value = due_of(bob) + 1;
    rewards_Due_put(&bob, &value);
}
static void empty_due(void) {
    account_id eve = account(EVE);
    u128 value = 0;
    rewards_Due_put(&eve, &value);
}
static void broken_due(void) {
    account_id eve = account(EVE);
    uint8_t key[STORAGE_KEY_SIZE];
    overlay_put(storage_key(&rewards_Due_storage, &eve, 1, key), TEXT("x"));
}
static void money_is_gone(void) {
    if (balances_burn_from(&rewards_pot.account, 1, BALANCES_EXPENDABLE, BALANCES_EXACT, BALANCES_FORCE, NULL))
        fail();
}

static void each_broken_state_is_named(void **state) {
    (void)state;
    sees("the fee split is not whole", bad_split);
    sees("the next fee split is not whole", bad_next_split);
    sees("the schedule is out of bounds", high_kappa);
    sees("the schedule is out of bounds", high_cap);
    sees("the capacity rose", high_capacity);
    sees("the next schedule is out of bounds", high_next_kappa);
    sees("the next schedule is out of bounds", high_next_capacity);
    sees("counts its lines wrong", wrong_count);
    sees("more points than were burned", too_many_points);
    sees("more points than were burned", burned_nothing);
    sees("money of an open epoch", early_budget);
    sees("money of an open epoch", early_mint);
    sees("a budget above what was burned", large_budget);
    sees("a budget above what was burned", budget_above_cap);
    sees("more is minted than budgeted", minted_too_much);
    sees("more is minted than budgeted", lines_too_dear);
    sees("a book of the future", book_of_the_future);
    sees("a book of the future", broken_book);
    sees("a line without points", few_points);
    sees("a line without points", broken_points);
    sees("a stream that does not exist", other_stream);
    sees("points without a book", no_book);
    sees("count of open points is wrong", points_nobody_counts);
    sees("what is not minted does not add up", other_outstanding);
    sees("what is due does not add up", other_due);
    sees("an empty due", empty_due);
    sees("an empty due", broken_due);
    sees("does not cover the books", money_is_gone);
}

static void sound_states_pass(void **state) {
    (void)state;
    good_next_split();
    good_next_schedule();
    broken_provider(); /* reads as absent: Compute's own check names it */
    assert_null(rewards_try_state());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_broken_state_is_named, with_epochs),
        cmocka_unit_test_setup(sound_states_pass, with_epochs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
