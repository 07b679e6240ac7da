/* test_balances.c - the nine calls: results, events byte for byte, each error, each arithmetic border. */
#include "world.h"

static void transfer_between_accounts(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    fund(bob, ED);
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 3 * ED));
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 3 * ED);
    assert_events();
    assert_true(free_of(alice) == 7 * ED && free_of(bob) == 4 * ED);
    DONE(CALLED(transfer_keep_alive, as(alice), .dest = to(bob), .value = 6 * ED));
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 6 * ED);
    assert_events();
    DONE(CALLED(force_transfer, as_root(), .source = to(bob), .dest = to(alice), .value = 1));
    WANT(balances, Transfer, .from = *bob, .to = *alice, .amount = 1);
    assert_events();
    assert_true(free_of(alice) == ED + 1 && free_of(bob) == 10 * ED - 1);
    assert_sound(0);
}

static void transfer_creates_the_receiver(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    DONE(CALLED(transfer_keep_alive, as(alice), .dest = to(bob), .value = ED));
    WANT(system, NewAccount, .account = *bob);
    WANT(balances, Endowed, .account = *bob, .free_balance = ED);
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = ED);
    assert_events();
    assert_int_equal(info_of(bob).providers, 1);
    assert_sound(0);
}

static void transfer_reaps_the_sender(void **state) {
    (void)state;
    fund(alice, 3 * ED);
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 2 * ED + 1));
    WANT(system, KilledAccount, .account = *alice);
    WANT(balances, DustLost, .account = *alice, .amount = ED - 1);
    WANT(balances, BurnedDebt, .amount = ED - 1);
    WANT(system, NewAccount, .account = *bob);
    WANT(balances, Endowed, .account = *bob, .free_balance = 2 * ED + 1);
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 2 * ED + 1);
    assert_events();
    assert_true(balances_total_issuance() == 2 * ED + 1);
    DONE(CALLED(transfer_allow_death, as(bob), .dest = to(alice), .value = 2 * ED + 1));
    WANT(system, KilledAccount, .account = *bob);
    WANT(system, NewAccount, .account = *alice);
    WANT(balances, Endowed, .account = *alice, .free_balance = 2 * ED + 1);
    WANT(balances, Transfer, .from = *bob, .to = *alice, .amount = 2 * ED + 1);
    assert_events();
    assert_false(system_Account_exists(bob));
    assert_sound(0);
}

static void transfer_to_oneself_and_of_nothing(void **state) {
    (void)state;
    fund(alice, 2 * ED);
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(alice), .value = 2 * ED)); /* checked, then nothing */
    assert_events();
    REFUSED(TOKEN_ERROR(NotExpendable), CALLED(transfer_keep_alive, as(alice), .dest = to(alice), .value = 2 * ED));
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 0));
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 0);
    assert_events();
    assert_false(system_Account_exists(bob));
    /* FRAME endows an unknown source with nothing. */
    DONE(CALLED(force_transfer, as_root(), .source = to(carol), .dest = to(bob), .value = 0));
    WANT(balances, Endowed, .account = *carol, .free_balance = 0);
    WANT(balances, Transfer, .from = *carol, .to = *bob, .amount = 0);
    assert_events();
    assert_sound(0);
}

/* What FRAME answers to a transfer from an account without holds or freezes; issuance is the sum of both. */
static dispatch_result transfer_verdict(balance from, balance into, balance amount, bool keep_alive) {
    if (amount == 0)
        return DISPATCH_OK;
    if (amount > from + into)
        return ARITHMETIC_ERROR(Underflow);
    if (amount > from)
        return TOKEN_ERROR(FundsUnavailable);
    if (keep_alive && from - amount < ED)
        return TOKEN_ERROR(NotExpendable);
    return into + amount < ED ? TOKEN_ERROR(BelowMinimum) : DISPATCH_OK;
}

static void transfer_at_every_border(void **state) {
    const balance sizes[] = {0, 1, ED - 1, ED, ED + 1, 2 * ED - 1, 2 * ED, 2 * ED + 1, 5 * ED, U128_MAX - 1, U128_MAX};
    const balance owned[] = {ED, ED + 1, 2 * ED - 1, 2 * ED, 5 * ED, U128_MAX / 2};
    for (size_t f = 0; f < COUNT_OF(owned); f++)
        for (size_t g = 0; g <= COUNT_OF(owned); g++)
            for (size_t a = 0; a < COUNT_OF(sizes); a++)
                for (int keep = 0; keep < 2; keep++) {
                    balance into = g < COUNT_OF(owned) ? owned[g] : 0, amount = sizes[a], from = owned[f];
                    world(state);
                    fund(alice, from);
                    if (into)
                        fund(bob, into);
                    dispatch_result want = transfer_verdict(from, into, amount, keep);
                    overlay_begin();
                    dispatch_result got = keep
                                              ? CALLED(transfer_keep_alive, as(alice), .dest = to(bob), .value = amount)
                                              : CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = amount);
                    assert_int_equal(got, want);
                    if (got != DISPATCH_OK) {
                        overlay_rollback();
                        assert_true(free_of(alice) == from && free_of(bob) == into);
                    } else {
                        overlay_commit();
                        balance left = from - amount;
                        assert_true(free_of(alice) == (left < ED ? 0 : left));
                        assert_true(free_of(bob) == into + amount);
                    }
                    assert_sound(0);
                }
}

static void transfer_near_the_end_of_numbers(void **state) {
    (void)state;
    fund(alice, U128_MAX - ED);
    fund(bob, ED);
    assert_true(balances_total_issuance() == U128_MAX);
    REFUSED(TOKEN_ERROR(NotExpendable), CALLED(transfer_keep_alive, as(alice), .dest = to(bob), .value = U128_MAX - ED));
    REFUSED(TOKEN_ERROR(FundsUnavailable), CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = U128_MAX));
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = U128_MAX - ED));
    assert_true(free_of(bob) == U128_MAX);
    forget_events();
    /* More money than issuance: the receiver's sum is checked, free alone and with the reserved part. */
    fund(alice, 2 * ED);
    REFUSED(ARITHMETIC_ERROR(Overflow), CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 1));
    account_info info = info_of(bob);
    info.data.free = U128_MAX - ED;
    info.data.reserved = ED;
    info.consumers = 1;
    system_account_put(bob, &info);
    REFUSED(ARITHMETIC_ERROR(Overflow), CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 1));
}

static void origins_and_addresses(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    const struct dispatch outsiders[] = {as_none(), as_root()}, commoners[] = {as_none(), as(alice)};
    for (int i = 0; i < 2; i++) {
        REFUSED(BAD_ORIGIN, CALLED(transfer_allow_death, outsiders[i], .dest = to(bob), .value = ED));
        REFUSED(BAD_ORIGIN, CALLED(transfer_keep_alive, outsiders[i], .dest = to(bob), .value = ED));
        REFUSED(BAD_ORIGIN, CALLED(transfer_all, outsiders[i], .dest = to(bob)));
        REFUSED(BAD_ORIGIN, CALLED(burn, outsiders[i], .value = ED));
        struct dispatch ctx = outsiders[i];
        REFUSED(BAD_ORIGIN, balances_upgrade_accounts(&ctx, &(const balances_call_upgrade_accounts){.who = {NULL, 0}}));
        REFUSED(BAD_ORIGIN, CALLED(force_transfer, commoners[i], .source = to(alice), .dest = to(bob), .value = ED));
        REFUSED(BAD_ORIGIN, CALLED(force_unreserve, commoners[i], .who = to(alice), .amount = 1));
        REFUSED(BAD_ORIGIN, CALLED(force_set_balance, commoners[i], .who = to(alice), .new_free = ED));
        REFUSED(BAD_ORIGIN, CALLED(force_adjust_total_issuance, commoners[i], .delta = 1));
    }
    const dispatch_result lost = DISPATCH_ERROR(CannotLookup);
    REFUSED(lost, CALLED(transfer_allow_death, as(alice), .dest = by_index, .value = ED));
    REFUSED(lost, CALLED(transfer_keep_alive, as(alice), .dest = by_index, .value = ED));
    REFUSED(lost, CALLED(transfer_all, as(alice), .dest = by_index));
    REFUSED(lost, CALLED(force_transfer, as_root(), .source = by_index, .dest = to(bob), .value = ED));
    REFUSED(lost, CALLED(force_transfer, as_root(), .source = to(alice), .dest = by_index, .value = ED));
    REFUSED(lost, CALLED(force_unreserve, as_root(), .who = by_index, .amount = 1));
    REFUSED(lost, CALLED(force_set_balance, as_root(), .who = by_index, .new_free = ED));
}

static void transfer_all_moves_what_may_go(void **state) {
    (void)state;
    fund(alice, 10 * ED + 7);
    DONE(CALLED(transfer_all, as(alice), .dest = to(bob), .keep_alive = true));
    WANT(system, NewAccount, .account = *bob);
    WANT(balances, Endowed, .account = *bob, .free_balance = 9 * ED + 7);
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 9 * ED + 7);
    assert_events();
    DONE(CALLED(transfer_all, as(alice), .dest = to(bob), .keep_alive = true)); /* nothing more */
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 0);
    assert_events();
    DONE(CALLED(transfer_all, as(alice), .dest = to(bob), .keep_alive = false));
    assert_false(system_Account_exists(alice));
    forget_events();
    DONE(balances_set_freeze(runtime_freeze_reason_Stake, bob, 4 * ED));
    DONE(CALLED(transfer_all, as(bob), .dest = to(alice), .keep_alive = false));
    assert_true(free_of(bob) == 4 * ED); /* frozen stays */
    assert_sound(0);
}

static void consumers_and_freezes_bind_the_sender(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    fund(bob, ED);
    DONE(balances_reserve(alice, 4 * ED));
    forget_events();
    REFUSED(TOKEN_ERROR(Frozen), CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 6 * ED));
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 5 * ED)); /* down to ED */
    DONE(balances_set_freeze(runtime_freeze_reason_Vote, bob, 3 * ED));
    forget_events();
    REFUSED(TOKEN_ERROR(Frozen), CALLED(transfer_keep_alive, as(bob), .dest = to(alice), .value = 3 * ED + 1));
    DONE(CALLED(transfer_keep_alive, as(bob), .dest = to(alice), .value = 3 * ED));
    /* Another provider: the balance may go below ED and its dust is burned only when nothing is reserved. */
    account_info info = info_of(alice);
    info.providers++;
    system_account_put(alice, &info);
    forget_events();
    DONE(CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 4 * ED - 1));
    WANT(balances, Transfer, .from = *alice, .to = *bob, .amount = 4 * ED - 1);
    assert_events();
    assert_true(free_of(alice) == 1 && reserved_of(alice) == 4 * ED);
    assert_int_equal(info_of(alice).providers, 1);
}

static void the_only_provider_must_stay(void **state) {
    (void)state;
    fund(alice, 2 * ED);
    account_info info = info_of(alice);
    info.consumers = 1; /* another pallet's */
    system_account_put(alice, &info);
    REFUSED(TOKEN_ERROR(Frozen), CALLED(transfer_allow_death, as(alice), .dest = to(bob), .value = 2 * ED));
    REFUSED(TOKEN_ERROR(FundsUnavailable), CALLED(burn, as(alice), .value = 2 * ED));
    REFUSED(DISPATCH_ERROR(ConsumerRemaining), CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = 0));
    assert_int_equal(balances_withdraw_error(BALANCES_WOULD_DIE, false), TOKEN_ERROR(OnlyProvider));
}

static void force_set_balance_squares_issuance(void **state) {
    (void)state;
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = 5 * ED));
    WANT(system, NewAccount, .account = *alice);
    WANT(balances, Endowed, .account = *alice, .free_balance = 5 * ED);
    WANT(balances, Issued, .amount = 5 * ED);
    WANT(balances, BalanceSet, .who = *alice, .free = 5 * ED);
    assert_events();
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = ED));
    WANT(balances, Rescinded, .amount = 4 * ED);
    WANT(balances, BalanceSet, .who = *alice, .free = ED);
    assert_events();
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = ED)); /* the same: told all the same */
    WANT(balances, BalanceSet, .who = *alice, .free = ED);
    assert_events();
    assert_sound(0);
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = ED - 1)); /* below ED is nothing */
    WANT(system, KilledAccount, .account = *alice);
    WANT(balances, Rescinded, .amount = ED);
    WANT(balances, BalanceSet, .who = *alice, .free = 0);
    assert_events();
    assert_sound(0);
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = 0)); /* of nobody */
    WANT(balances, Endowed, .account = *alice, .free_balance = 0);
    WANT(balances, BalanceSet, .who = *alice, .free = 0);
    assert_events();
    fund(bob, U128_MAX - ED);
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = U128_MAX)); /* issuance saturates */
    assert_true(balances_total_issuance() == U128_MAX);
    forget_events();
    set_issuance(ED);
    DONE(CALLED(force_set_balance, as_root(), .who = to(alice), .new_free = ED));
    assert_true(balances_total_issuance() == 0);
}

static void force_adjust_total_issuance_saturates(void **state) {
    (void)state;
    const adjustment_direction up = adjustment_direction_Increase, down = adjustment_direction_Decrease;
    REFUSED(PALLET_ERROR(balances, DeltaZero), CALLED(force_adjust_total_issuance, as_root(), .direction = up, .delta = 0));
    REFUSED(PALLET_ERROR(balances, DeltaZero), CALLED(force_adjust_total_issuance, as_root(), .direction = down));
    DONE(CALLED(force_adjust_total_issuance, as_root(), .direction = up, .delta = 100));
    WANT(balances, TotalIssuanceForced, .old = 0, .new = 100);
    DONE(CALLED(force_adjust_total_issuance, as_root(), .direction = down, .delta = 40));
    WANT(balances, TotalIssuanceForced, .old = 100, .new = 60);
    assert_events();
    balances_deactivate(50);
    assert_true(balances_active_issuance() == 10);
    const dispatch_result deactivated = PALLET_ERROR(balances, IssuanceDeactivated);
    REFUSED(deactivated, CALLED(force_adjust_total_issuance, as_root(), .direction = down, .delta = 11));
    REFUSED(deactivated, CALLED(force_adjust_total_issuance, as_root(), .direction = down, .delta = U128_MAX));
    DONE(CALLED(force_adjust_total_issuance, as_root(), .direction = down, .delta = 10));
    balances_reactivate(U128_MAX);
    assert_true(balances_active_issuance() == 50);
    DONE(CALLED(force_adjust_total_issuance, as_root(), .direction = up, .delta = U128_MAX));
    WANT(balances, TotalIssuanceForced, .old = 60, .new = 50);
    WANT(balances, TotalIssuanceForced, .old = 50, .new = U128_MAX);
    assert_events();
    DONE(CALLED(force_adjust_total_issuance, as_root(), .direction = down, .delta = U128_MAX));
    assert_true(balances_total_issuance() == 0);
}

static void burn_lowers_issuance(void **state) {
    (void)state;
    fund(alice, 5 * ED);
    DONE(CALLED(burn, as(alice), .value = ED, .keep_alive = true));
    WANT(balances, Burned, .who = *alice, .amount = ED);
    assert_events();
    REFUSED(TOKEN_ERROR(FundsUnavailable), CALLED(burn, as(alice), .value = 3 * ED + 1, .keep_alive = true));
    REFUSED(TOKEN_ERROR(FundsUnavailable), CALLED(burn, as(alice), .value = 4 * ED + 1, .keep_alive = false));
    DONE(CALLED(burn, as(alice), .value = 0, .keep_alive = false));
    WANT(balances, Burned, .who = *alice, .amount = 0);
    assert_events();
    DONE(CALLED(burn, as(alice), .value = 3 * ED + 1, .keep_alive = false)); /* the rest is dust */
    WANT(system, KilledAccount, .account = *alice);
    WANT(balances, DustLost, .account = *alice, .amount = ED - 1);
    WANT(balances, BurnedDebt, .amount = ED - 1);
    WANT(balances, Burned, .who = *alice, .amount = 3 * ED + 1);
    assert_events();
    assert_true(balances_total_issuance() == 0);
    fund(alice, 5 * ED);
    set_issuance(ED);
    REFUSED(ARITHMETIC_ERROR(Overflow), CALLED(burn, as(alice), .value = 2 * ED, .keep_alive = false));
}

static void force_unreserve_frees_what_is_there(void **state) {
    (void)state;
    fund(alice, 5 * ED);
    DONE(balances_reserve(alice, 2 * ED));
    forget_events();
    DONE(CALLED(force_unreserve, as_root(), .who = to(alice), .amount = 1));
    WANT(balances, Unreserved, .who = *alice, .amount = 1);
    DONE(CALLED(force_unreserve, as_root(), .who = to(alice), .amount = U128_MAX));
    WANT(balances, Unreserved, .who = *alice, .amount = 2 * ED - 1);
    DONE(CALLED(force_unreserve, as_root(), .who = to(alice), .amount = 0));
    DONE(CALLED(force_unreserve, as_root(), .who = to(bob), .amount = 5));
    assert_events();
    assert_sound(0);
}

/* An account of the old reference counting, as Root could write it. */
static void put_old(const account_id *who, balance free, balance reserved, balance frozen, uint32_t providers) {
    account_info info = {.providers = providers, .data = {.free = free, .reserved = reserved, .frozen = frozen}};
    system_account_put(who, &info);
}

static void upgrade_accounts_waives_the_fee_at_nine_tenths(void **state) {
    (void)state;
    account_id who[10];
    for (uint8_t i = 0; i < 10; i++) {
        who[i] = (account_id){{0x55, i}};
        put_old(&who[i], ED, i == 0 ? 5 : 0, i == 1 ? 7 : 0, 1);
    }
    struct dispatch ctx = as(alice);
    const balances_call_upgrade_accounts none = {.who = {who, 0}}, ten = {.who = {who, 10}}, one = {.who = {who, 1}};
    DONE(balances_upgrade_accounts(&ctx, &none));
    assert_false(ctx.pays_no);
    DONE(balances_upgrade_accounts(&ctx, &one));
    WANT(balances, Upgraded, .who = who[0]);
    assert_true(ctx.pays_no);
    assert_int_equal(info_of(&who[0]).consumers, 1); /* reserved and not frozen: the old logic counted none */
    ctx.pays_no = false;
    DONE(balances_upgrade_accounts(&ctx, &ten)); /* nine of ten */
    for (int i = 1; i < 10; i++)
        WANT(balances, Upgraded, .who = who[i]);
    assert_true(ctx.pays_no);
    assert_int_equal(info_of(&who[1]).consumers, 0);
    ctx.pays_no = false;
    put_old(&who[3], ED, 0, 0, 1);
    DONE(balances_upgrade_accounts(&ctx, &ten)); /* one of ten */
    WANT(balances, Upgraded, .who = who[3]);
    assert_false(ctx.pays_no);
    put_old(&who[4], 1, 9, 0, 0); /* reserved, but nobody provides */
    DONE(balances_upgrade_accounts(&ctx, &(const balances_call_upgrade_accounts){.who = {&who[4], 1}}));
    WANT(system, NewAccount, .account = who[4]);
    WANT(balances, Upgraded, .who = who[4]);
    assert_events();
    assert_true(free_of(&who[4]) == ED && info_of(&who[4]).consumers == 1);
    put_old(&who[5], ED, 0, 0, 1); /* any change upgrades first */
    fund(alice, 5 * ED);
    DONE(balances_transfer(alice, &who[5], ED, BALANCES_PRESERVE));
    WANT(balances, Upgraded, .who = who[5]);
    WANT(balances, Transfer, .from = *alice, .to = who[5], .amount = ED);
    assert_events();
    assert_true(data_of(&who[5]).flags == EMPTY_FLAGS_VALUE);
}

#define CASE(name) cmocka_unit_test_setup(name, world)
int main(void) {
    const struct CMUnitTest tests[] = {CASE(transfer_between_accounts),
                                       CASE(transfer_creates_the_receiver),
                                       CASE(transfer_reaps_the_sender),
                                       CASE(transfer_to_oneself_and_of_nothing),
                                       CASE(transfer_at_every_border),
                                       CASE(transfer_near_the_end_of_numbers),
                                       CASE(origins_and_addresses),
                                       CASE(transfer_all_moves_what_may_go),
                                       CASE(consumers_and_freezes_bind_the_sender),
                                       CASE(the_only_provider_must_stay),
                                       CASE(force_set_balance_squares_issuance),
                                       CASE(force_adjust_total_issuance_saturates),
                                       CASE(burn_lowers_issuance),
                                       CASE(force_unreserve_frees_what_is_there),
                                       CASE(upgrade_accounts_waives_the_fee_at_nine_tenths)};
    return cmocka_run_group_tests_name("balances calls", tests, NULL, NULL);
}
