/* test_balances_money.c - what other pallets call: mint, burn, credits, slashing, checks, genesis; encodings of calls. */
#include "world.h"

static void mint_creates_money(void **state) {
    (void)state;
    REFUSED(TOKEN_ERROR(BelowMinimum), balances_mint(alice, ED - 1));
    REFUSED(TOKEN_ERROR(BelowMinimum), balances_mint(alice, 0));
    DONE(balances_mint(alice, ED));
    WANT(system, NewAccount, .account = *alice);
    WANT(balances, Endowed, .account = *alice, .free_balance = ED);
    WANT(balances, Minted, .who = *alice, .amount = ED);
    DONE(balances_mint(alice, 1));
    WANT(balances, Minted, .who = *alice, .amount = 1);
    DONE(balances_mint(alice, 0));
    WANT(balances, Minted, .who = *alice, .amount = 0);
    assert_events();
    assert_sound(0);
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_mint(alice, U128_MAX - ED));
    DONE(balances_mint(alice, U128_MAX - ED - 1));
    assert_true(balances_total_issuance() == U128_MAX && free_of(alice) == U128_MAX);
    forget_events();
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_mint(bob, ED));
    set_issuance(0); /* the account's own sum counts too */
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_mint(alice, 1));
    account_info info = info_of(alice);
    info.data.free = U128_MAX - 5;
    info.data.reserved = 5;
    system_account_put(alice, &info);
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_mint(alice, 1));
}

static void burn_from_by_precision_and_force(void **state) {
    (void)state;
    balance taken = 99;
    fund(alice, 10 * ED);
    DONE(balances_set_freeze(runtime_freeze_reason_Stake, alice, 8 * ED));
    forget_events();
    REFUSED(TOKEN_ERROR(FundsUnavailable),
            balances_burn_from(alice, 3 * ED, BALANCES_PRESERVE, BALANCES_EXACT, BALANCES_POLITE, &taken));
    assert_true(taken == 99);
    DONE(balances_burn_from(alice, 3 * ED, BALANCES_PRESERVE, BALANCES_BEST_EFFORT, BALANCES_POLITE, &taken));
    WANT(balances, Burned, .who = *alice, .amount = 2 * ED);
    assert_true(taken == 2 * ED);
    DONE(balances_burn_from(alice, U128_MAX, BALANCES_PRESERVE, BALANCES_BEST_EFFORT, BALANCES_FORCE, &taken));
    WANT(balances, Burned, .who = *alice, .amount = 7 * ED);
    assert_true(taken == 7 * ED && free_of(alice) == ED);
    assert_events();
    assert_sound(0);
}

static void credits_keep_issuance_until_dropped(void **state) {
    (void)state;
    balance credit;
    fund(alice, 10 * ED);
    DONE(balances_withdraw(alice, 4 * ED, BALANCES_EXACT, BALANCES_PRESERVE, BALANCES_POLITE, &credit));
    WANT(balances, Withdraw, .who = *alice, .amount = 4 * ED);
    assert_true(credit == 4 * ED && balances_total_issuance() == 10 * ED);
    assert_sound(credit);
    assert_int_equal(balances_resolve(bob, ED - 1), TOKEN_ERROR(BelowMinimum));
    DONE(balances_resolve(bob, 3 * ED));
    WANT(system, NewAccount, .account = *bob);
    WANT(balances, Endowed, .account = *bob, .free_balance = 3 * ED);
    WANT(balances, Deposit, .who = *bob, .amount = 3 * ED);
    balances_drop_credit(ED);
    WANT(balances, BurnedDebt, .amount = ED);
    balances_drop_credit(0);
    assert_events();
    assert_true(balances_total_issuance() == 9 * ED);
    assert_sound(0);
    REFUSED(TOKEN_ERROR(FundsUnavailable),
            balances_withdraw(alice, 5 * ED + 1, BALANCES_EXACT, BALANCES_PRESERVE, BALANCES_POLITE, NULL));
    DONE(balances_withdraw(alice, 9 * ED, BALANCES_BEST_EFFORT, BALANCES_PROTECT, BALANCES_POLITE, &credit));
    WANT(balances, Withdraw, .who = *alice, .amount = 5 * ED);
    assert_true(credit == 5 * ED);
    set_issuance(ED);
    balances_drop_credit(2 * ED); /* saturates */
    WANT(balances, BurnedDebt, .amount = 2 * ED);
    assert_events();
    assert_true(balances_total_issuance() == 0);
    assert_true(balances_issue(5) == 5);
    WANT(balances, Issued, .amount = 5);
    assert_true(balances_issue(U128_MAX) == U128_MAX - 5);
    WANT(balances, Issued, .amount = U128_MAX - 5);
    assert_true(balances_issue(1) == 0);
    assert_events();
}

static void slash_takes_free_money(void **state) {
    (void)state;
    balance taken;
    assert_true(balances_slash(alice, 5, &taken) == 5 && taken == 0);
    fund(alice, 10 * ED);
    assert_true(balances_slash(alice, 0, &taken) == 0 && taken == 0);
    assert_events();
    assert_true(balances_slash(alice, 3 * ED, &taken) == 0 && taken == 3 * ED);
    WANT(balances, Slashed, .who = *alice, .amount = 3 * ED);
    assert_sound(taken);
    balances_drop_slashed(taken);
    WANT(balances, Rescinded, .amount = 3 * ED);
    balances_drop_slashed(0);
    assert_events();
    DONE(balances_reserve(alice, 2 * ED));
    forget_events();
    assert_true(balances_slash(alice, U128_MAX, &taken) == U128_MAX - 4 * ED); /* a consumer keeps ED */
    WANT(balances, Slashed, .who = *alice, .amount = 4 * ED);
    balances_drop_slashed(taken);
    WANT(balances, Rescinded, .amount = 4 * ED);
    assert_events();
    assert_true(balances_unreserve(alice, 2 * ED) == 0);
    forget_events();
    assert_true(balances_slash(alice, 2 * ED + 1, &taken) == 0); /* leaves ED - 1: dust */
    WANT(system, KilledAccount, .account = *alice);
    WANT(balances, DustLost, .account = *alice, .amount = ED - 1);
    WANT(balances, BurnedDebt, .amount = ED - 1);
    WANT(balances, Slashed, .who = *alice, .amount = 2 * ED + 1);
    assert_events();
    assert_sound(taken);
}

static void checks_say_what_would_happen(void **state) {
    (void)state;
    fund(alice, 5 * ED);
    assert_int_equal(balances_can_withdraw(alice, 0), BALANCES_SUCCESS);
    assert_int_equal(balances_can_withdraw(alice, 4 * ED), BALANCES_SUCCESS);
    assert_int_equal(balances_can_withdraw(alice, 4 * ED + 1), BALANCES_REDUCED_TO_ZERO);
    assert_int_equal(balances_can_withdraw(alice, 5 * ED), BALANCES_REDUCED_TO_ZERO);
    assert_int_equal(balances_can_withdraw(alice, 5 * ED + 1), BALANCES_UNDERFLOW);
    fund(bob, ED);
    assert_int_equal(balances_can_withdraw(alice, 5 * ED + 1), BALANCES_LOW);
    DONE(balances_reserve(alice, 2 * ED));
    DONE(balances_set_freeze(runtime_freeze_reason_Stake, alice, 4 * ED));
    assert_int_equal(balances_can_withdraw(alice, ED), BALANCES_SUCCESS); /* 2 + 2 ED left = frozen */
    assert_int_equal(balances_can_withdraw(alice, ED + 1), BALANCES_FROZEN);
    assert_true(balances_reducible(alice, BALANCES_EXPENDABLE, BALANCES_POLITE) == ED);
    assert_true(balances_reducible(alice, BALANCES_EXPENDABLE, BALANCES_FORCE) == 2 * ED);
    assert_true(balances_reducible(bob, BALANCES_EXPENDABLE, BALANCES_POLITE) == ED);
    assert_true(balances_reducible(bob, BALANCES_PROTECT, BALANCES_POLITE) == 0);
    account_info info = info_of(bob);
    info.providers = 2;
    system_account_put(bob, &info);
    assert_true(balances_reducible(bob, BALANCES_PROTECT, BALANCES_POLITE) == ED);
    assert_true(balances_reducible(bob, BALANCES_PRESERVE, BALANCES_POLITE) == 0);
    DONE(balances_can_deposit(carol, 0, BALANCES_EXTANT));
    assert_int_equal(balances_can_deposit(carol, ED - 1, BALANCES_EXTANT), TOKEN_ERROR(BelowMinimum));
    DONE(balances_can_deposit(carol, ED, BALANCES_MINTED));
    DONE(balances_can_deposit(carol, U128_MAX, BALANCES_EXTANT));
    assert_int_equal(balances_can_deposit(carol, U128_MAX, BALANCES_MINTED), ARITHMETIC_ERROR(Overflow));
    assert_int_equal(balances_withdraw_error(BALANCES_SUCCESS, true), DISPATCH_OK);
    assert_int_equal(balances_withdraw_error(BALANCES_REDUCED_TO_ZERO, false), DISPATCH_OK);
    assert_int_equal(balances_withdraw_error(BALANCES_REDUCED_TO_ZERO, true), TOKEN_ERROR(NotExpendable));
    account_data data;
    balances_account(alice, &data);
    assert_true(data.free == 3 * ED && data.reserved == 2 * ED && data.frozen == 4 * ED);
}

static void inactive_issuance(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    balances_deactivate(4 * ED);
    assert_true(balances_active_issuance() == 6 * ED);
    balances_deactivate(U128_MAX); /* at most what is active */
    assert_true(balances_active_issuance() == 0);
    set_issuance(2 * ED);
    balances_deactivate(1);
    assert_true(balances_active_issuance() == 0);
    balances_reactivate(9 * ED);
    assert_true(balances_active_issuance() == ED);
    balances_reactivate(2 * ED);
    assert_true(balances_active_issuance() == 2 * ED);
}

static void genesis_endows(void **state) {
    const struct balances_endowment good[] = {{*alice, ED}, {*bob, 7 * ED}}, low[] = {{*alice, ED - 1}},
                                    twice[] = {{*alice, ED}, {*bob, ED}, {*alice, ED}},
                                    huge[] = {{*alice, U128_MAX}, {*bob, ED}};
    fresh(state); /* block 0: no events */
    assert_true(balances_genesis(good, COUNT_OF(good)));
    assert_sound(0);
    assert_true(balances_total_issuance() == 8 * ED);
    struct bytes value;
    overlay_flush();
    assert_false(shim_get((struct bytes){system_Events_storage.prefix, 32}, &value));
    fresh(state);
    assert_false(balances_genesis(low, 1));
    fresh(state);
    assert_false(balances_genesis(twice, 3));
    fresh(state);
    assert_false(balances_genesis(huge, 2));
    fresh(state);
    assert_true(balances_genesis(NULL, 0)); /* TotalIssuance stands all the same, as in FRAME */
    overlay_flush();
    assert_true(shim_get((struct bytes){balances_TotalIssuance_storage.prefix, 32}, &value));
    assert_int_equal(value.len, 16);
}

/* Calls as wallets send them; weights are FRAME's SubstrateWeight with RocksDbWeight. */
#define ID "00a101000000000000000000000000000000000000000000000000000000000000"
static void calls_decode_with_their_weights(void **state) {
    (void)state;
    const struct {
        const char *hex;
        uint64_t time, proof;
    } calls[] = {{"0a00" ID "0b00407a10f35a", 48834000 + 125000000, 3593},
                 {"0a02" ID ID "04", 49519000 + 250000000, 6196},
                 {"0a03" ID "0b00407a10f35a", 39051000 + 125000000, 3593},
                 {"0a04" ID "01", 48209000 + 125000000, 3593},
                 {"0a05" ID "01000000000000000000000000000000", 15515000 + 125000000, 3593},
                 {"0a0600", 14674000, 990},
                 {"0a0608a101000000000000000000000000000000000000000000000000000000000000"
                  "b002000000000000000000000000000000000000000000000000000000000000",
                  14674000 + 2 * (14648188ull + 125000000), 990 + 2 * 2603},
                 {"0a08" ID "04", 19206000 + 125000000, 3593},
                 {"0a090104", 5351000, 0},
                 {"0a0a0400", 30219000, 0},
                 {"0a0a0401", 20720000, 0}};
    for (size_t i = 0; i < COUNT_OF(calls); i++) {
        uint8_t raw[128];
        uint32_t len = (uint32_t)strlen(calls[i].hex) / 2;
        for (uint32_t j = 0; j < len; j++)
            raw[j] = (uint8_t)strtoul((const char[]){calls[i].hex[2 * j], calls[i].hex[2 * j + 1], 0}, NULL, 16);
        assert_int_equal(raw[0], pallet_index_balances);
        struct reader in = reader_over((struct bytes){raw, len}, &arena_scratch);
        struct call call;
        assert_true(call_decode(&in, &call) && reader_done(&in));
        struct dispatch_info info = call_info(&call);
        assert_true(info.call_weight.ref_time == calls[i].time && info.call_weight.proof_size == calls[i].proof);
        assert_int_equal(info.class, CLASS_NORMAL);
        assert_int_equal(info.pays, PAYS_YES);
        for (uint32_t cut = 2; cut < len; cut++) { /* no prefix of a call is a call */
            in = reader_over((struct bytes){raw, cut}, &arena_scratch);
            assert_false(call_decode(&in, &call) && reader_done(&in));
        }
    }
    const uint8_t unknown[][2] = {{10, 1}, {10, 7}, {10, 11}, {10, 255}};
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        struct reader in = reader_over((struct bytes){unknown[i], 2}, &arena_scratch);
        struct call call;
        assert_false(call_decode(&in, &call));
    }
}

/* Dispatch undoes everything of a call that fails half-way. */
static void dispatch_runs_the_call_in_a_transaction(void **state) {
    (void)state;
    fund(alice, 3 * ED);
    const balances_call_transfer_keep_alive args = {.dest = to(bob), .value = 2 * ED};
    struct call call = {.args = &args, .pallet = pallet_index_balances, .index = 3};
    struct dispatch ctx = as(alice);
    DONE(call_dispatch(&call, &ctx));
    WANT(system, NewAccount, .account = *bob);
    WANT(balances, Endowed, .account = *bob, .free_balance = 2 * ED);
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 2 * ED);
    assert_events();
    assert_int_equal(call_dispatch(&call, &ctx), TOKEN_ERROR(FundsUnavailable));
    assert_events();
    /* A referenced account: the balance is changed in memory, then its last provider cannot go. */
    account_info info = info_of(bob);
    info.consumers = 1;
    system_account_put(bob, &info);
    const balances_call_force_set_balance wipe = {.who = to(bob), .new_free = 0};
    call = (struct call){.args = &wipe, .pallet = pallet_index_balances, .index = 8};
    ctx = as_root();
    assert_int_equal(call_dispatch(&call, &ctx), DISPATCH_ERROR(ConsumerRemaining));
    assert_events();
    assert_true(free_of(bob) == 2 * ED);
}

/* Records that only Root could have written: reserved money that no reference stands for, and nobody who provides. */
static void broken_records_fail_cleanly(void **state) {
    (void)state;
    balance taken;
    account_info info = system_empty_account;
    fund(bob, 5 * ED);
    info.sufficients = 1;
    info.data.free = 5 * ED;
    info.data.reserved = 2 * ED;
    system_account_put(alice, &info);
    set_issuance(12 * ED);
    const dispatch_result nobody = DISPATCH_ERROR(NoProviders);
    REFUSED(nobody, balances_transfer(alice, bob, ED, BALANCES_EXPENDABLE));
    REFUSED(nobody, balances_burn_from(alice, ED, BALANCES_EXPENDABLE, BALANCES_EXACT, BALANCES_POLITE, NULL));
    REFUSED(nobody, balances_withdraw(alice, ED, BALANCES_EXACT, BALANCES_PRESERVE, BALANCES_POLITE, NULL));
    REFUSED(nobody, balances_mint(alice, ED));
    REFUSED(nobody, balances_reserve(alice, ED));
    REFUSED(nobody, balances_repatriate_reserved(alice, bob, ED, balance_status_Free, &taken));
    assert_true(balances_slash(alice, ED, &taken) == ED && taken == 0);
    assert_true(balances_slash_reserved(alice, ED, &taken) == ED && taken == 0);
    assert_true(balances_unreserve(alice, ED) == ED);
    assert_events();
    info.providers = 1; /* with a provider the missing consumer is put right */
    system_account_put(alice, &info);
    DONE(balances_transfer(alice, bob, ED, BALANCES_EXPENDABLE));
    assert_int_equal(info_of(alice).consumers, 1);
    /* An old record that nobody provides for goes when it is upgraded. */
    const account_info old = {.data = {.free = 3}};
    system_account_put(carol, &old);
    assert_true(balances_ensure_upgraded(carol));
    assert_false(system_Account_exists(carol));
    assert_false(balances_ensure_upgraded(carol));
}

#define CASE(name) cmocka_unit_test_setup(name, world)
int main(void) {
    const struct CMUnitTest tests[] = {CASE(mint_creates_money),
                                       CASE(burn_from_by_precision_and_force),
                                       CASE(credits_keep_issuance_until_dropped),
                                       CASE(slash_takes_free_money),
                                       CASE(checks_say_what_would_happen),
                                       CASE(inactive_issuance),
                                       CASE(genesis_endows),
                                       CASE(calls_decode_with_their_weights),
                                       CASE(dispatch_runs_the_call_in_a_transaction),
                                       CASE(broken_records_fail_cleanly)};
    return cmocka_run_group_tests_name("balances money", tests, NULL, NULL);
}
