/* test_balances_set_aside.c - holds, freezes, locks, reserves: results, events byte for byte, each error. */
#include "world.h"

enum { ESCROW = runtime_hold_reason_Escrow, DEPOSITED = runtime_hold_reason_Deposit };
enum { STAKE = runtime_freeze_reason_Stake, VOTE = runtime_freeze_reason_Vote };

static const bytes8 named = {"py/test1"}, other = {"py/test2"};
#define NAME (&named)
#define OTHER (&other)

static void hold_and_release(void **state) {
    (void)state;
    balance got;
    REFUSED(TOKEN_ERROR(CannotCreateHold), balances_hold(ESCROW, alice, 0)); /* nobody provides */
    REFUSED(TOKEN_ERROR(FundsUnavailable), balances_hold(ESCROW, alice, 1));
    fund(alice, 10 * ED);
    REFUSED(TOKEN_ERROR(FundsUnavailable), balances_hold(ESCROW, alice, 9 * ED + 1)); /* ED stays free */
    DONE(balances_hold(ESCROW, alice, 9 * ED));
    WANT(balances, Held, .reason = ESCROW, .who = *alice, .amount = 9 * ED);
    assert_events();
    assert_true(free_of(alice) == ED && reserved_of(alice) == 9 * ED && balances_on_hold(ESCROW, alice) == 9 * ED);
    assert_sound(0);
    REFUSED(TOKEN_ERROR(FundsUnavailable), balances_release(DEPOSITED, alice, 1, BALANCES_EXACT, NULL));
    REFUSED(TOKEN_ERROR(FundsUnavailable), balances_release(ESCROW, alice, 9 * ED + 1, BALANCES_EXACT, NULL));
    DONE(balances_release(ESCROW, alice, ED, BALANCES_EXACT, NULL));
    WANT(balances, Released, .reason = ESCROW, .who = *alice, .amount = ED);
    DONE(balances_hold(DEPOSITED, alice, ED));
    WANT(balances, Held, .reason = DEPOSITED, .who = *alice, .amount = ED);
    DONE(balances_release(ESCROW, alice, 100 * ED, BALANCES_BEST_EFFORT, &got));
    WANT(balances, Released, .reason = ESCROW, .who = *alice, .amount = 8 * ED);
    assert_true(got == 8 * ED && balances_on_hold(ESCROW, alice) == 0 && balances_on_hold(DEPOSITED, alice) == ED);
    assert_sound(0);
    DONE(balances_release(DEPOSITED, alice, ED, BALANCES_EXACT, NULL));
    WANT(balances, Released, .reason = DEPOSITED, .who = *alice, .amount = ED);
    assert_events();
    assert_false(balances_Holds_exists(alice));
    assert_int_equal(info_of(alice).consumers, 0);
    REFUSED(TOKEN_ERROR(CannotCreate), balances_release(ESCROW, bob, ED - 1, BALANCES_BEST_EFFORT, NULL));
    REFUSED(TOKEN_ERROR(CannotCreate), balances_release(ESCROW, alice, U128_MAX, BALANCES_BEST_EFFORT, NULL));
    assert_sound(0);
}

static void hold_needs_a_free_consumer_and_room(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    account_info info = info_of(alice);
    info.consumers = MAX_CONSUMERS;
    system_account_put(alice, &info);
    REFUSED(DISPATCH_ERROR(TooManyConsumers), balances_hold(ESCROW, alice, ED));
    info.consumers = 0;
    system_account_put(alice, &info);
    hold_amount entries[MAX_HOLDS];
    for (int i = 0; i < MAX_HOLDS; i++)
        entries[i] = (hold_amount){.id = DEPOSITED, .amount = 1};
    balances_Holds_put(alice, &(const hold_list){entries, MAX_HOLDS});
    REFUSED(TOKEN_ERROR(CannotCreateHold), balances_hold(ESCROW, alice, ED));
    REFUSED(TOKEN_ERROR(CannotCreateHold),
            balances_transfer_and_hold(ESCROW, alice, alice, ED, BALANCES_EXACT, BALANCES_PRESERVE, BALANCES_POLITE, NULL));
    /* Books of a broken state: more on hold than is reserved, and sums at the end of the numbers. */
    entries[0].amount = U128_MAX;
    balances_Holds_put(alice, &(const hold_list){entries, 1});
    REFUSED(TOKEN_ERROR(Frozen), balances_burn_held(DEPOSITED, alice, 1, BALANCES_EXACT, BALANCES_FORCE, NULL));
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_transfer_and_hold(DEPOSITED, alice, alice, ED, BALANCES_EXACT,
                                                                    BALANCES_PRESERVE, BALANCES_POLITE, NULL));
    balance credit;
    assert_true(balances_slash_held(DEPOSITED, alice, 5, &credit) == 5 && credit == 0);
    REFUSED(ARITHMETIC_ERROR(Underflow), balances_release(DEPOSITED, alice, 5, BALANCES_EXACT, NULL));
    info.data.reserved = U128_MAX;
    info.consumers = 1;
    system_account_put(alice, &info);
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_hold(ESCROW, alice, ED));
}

static void burn_and_slash_held(void **state) {
    (void)state;
    balance got;
    fund(alice, 10 * ED);
    DONE(balances_hold(ESCROW, alice, 6 * ED));
    DONE(balances_set_freeze(STAKE, alice, 7 * ED)); /* 4 ED are free, so 3 ED of the held must stay */
    forget_events();
    REFUSED(TOKEN_ERROR(Frozen), balances_burn_held(ESCROW, alice, 4 * ED, BALANCES_EXACT, BALANCES_POLITE, NULL));
    DONE(balances_burn_held(ESCROW, alice, 4 * ED, BALANCES_BEST_EFFORT, BALANCES_POLITE, &got));
    WANT(balances, BurnedHeld, .reason = ESCROW, .who = *alice, .amount = 3 * ED);
    assert_true(got == 3 * ED && balances_total_issuance() == 7 * ED);
    DONE(balances_burn_held(ESCROW, alice, ED, BALANCES_EXACT, BALANCES_FORCE, NULL));
    WANT(balances, BurnedHeld, .reason = ESCROW, .who = *alice, .amount = ED);
    REFUSED(TOKEN_ERROR(FundsUnavailable),
            balances_burn_held(DEPOSITED, alice, ED, BALANCES_EXACT, BALANCES_FORCE, NULL));
    assert_true(balances_slash_held(ESCROW, alice, 5 * ED, &got) == 3 * ED && got == 2 * ED);
    assert_events();
    assert_sound(got);
    assert_false(balances_Holds_exists(alice));
}

static void transfer_on_hold(void **state) {
    (void)state;
    balance got;
    fund(alice, 10 * ED);
    fund(bob, ED);
    DONE(balances_hold(ESCROW, alice, 6 * ED));
    forget_events();
    REFUSED(TOKEN_ERROR(Frozen), balances_transfer_on_hold(ESCROW, alice, bob, 6 * ED + 1, BALANCES_EXACT, BALANCES_FREE,
                                                           BALANCES_POLITE, NULL));
    REFUSED(TOKEN_ERROR(FundsUnavailable), balances_transfer_on_hold(DEPOSITED, alice, bob, ED, BALANCES_EXACT,
                                                                     BALANCES_FREE, BALANCES_POLITE, NULL));
    REFUSED(TOKEN_ERROR(CannotCreate), balances_transfer_on_hold(ESCROW, alice, carol, ED - 1, BALANCES_EXACT,
                                                                 BALANCES_FREE, BALANCES_POLITE, NULL));
    REFUSED(TOKEN_ERROR(CannotCreateHold), balances_transfer_on_hold(ESCROW, alice, carol, ED, BALANCES_EXACT,
                                                                     BALANCES_ON_HOLD, BALANCES_POLITE, NULL));
    DONE(balances_transfer_on_hold(ESCROW, alice, bob, ED, BALANCES_EXACT, BALANCES_ON_HOLD, BALANCES_POLITE, NULL));
    WANT(balances, TransferOnHold, .reason = ESCROW, .source = *alice, .dest = *bob, .amount = ED);
    assert_true(balances_on_hold(ESCROW, bob) == ED && balances_on_hold(ESCROW, alice) == 5 * ED);
    DONE(balances_transfer_on_hold(ESCROW, alice, carol, ED, BALANCES_EXACT, BALANCES_FREE, BALANCES_POLITE, NULL));
    WANT(system, NewAccount, .account = *carol);
    WANT(balances, Endowed, .account = *carol, .free_balance = ED);
    WANT(balances, TransferOnHold, .reason = ESCROW, .source = *alice, .dest = *carol, .amount = ED);
    assert_sound(0);
    DONE(balances_transfer_on_hold(ESCROW, alice, alice, ED, BALANCES_EXACT, BALANCES_ON_HOLD, BALANCES_POLITE, NULL));
    WANT(balances, TransferOnHold, .reason = ESCROW, .source = *alice, .dest = *alice, .amount = ED);
    assert_true(balances_on_hold(ESCROW, alice) == 4 * ED);
    DONE(balances_set_freeze(STAKE, alice, 6 * ED)); /* 4 free: 2 of the held are needed */
    WANT(balances, Frozen, .who = *alice, .amount = 6 * ED);
    DONE(balances_transfer_on_hold(ESCROW, alice, bob, 9 * ED, BALANCES_BEST_EFFORT, BALANCES_ON_HOLD, BALANCES_POLITE,
                                   &got));
    WANT(balances, TransferOnHold, .reason = ESCROW, .source = *alice, .dest = *bob, .amount = 2 * ED);
    assert_true(got == 2 * ED);
    DONE(balances_transfer_on_hold(ESCROW, alice, alice, 9 * ED, BALANCES_BEST_EFFORT, BALANCES_FREE, BALANCES_FORCE,
                                   &got));
    WANT(balances, TransferOnHold, .reason = ESCROW, .source = *alice, .dest = *alice, .amount = 2 * ED);
    assert_events();
    assert_true(free_of(alice) == 6 * ED && reserved_of(alice) == 0);
    assert_sound(0);
}

static void transfer_and_hold(void **state) {
    (void)state;
    balance got;
    fund(alice, 10 * ED);
    fund(bob, ED);
#define AND_HOLD(from, to_, amount, precision, out)                                                                    \
    balances_transfer_and_hold(ESCROW, from, to_, amount, precision, BALANCES_PRESERVE, BALANCES_POLITE, out)
    REFUSED(TOKEN_ERROR(CannotCreateHold), AND_HOLD(alice, carol, ED, BALANCES_EXACT, NULL));
    REFUSED(TOKEN_ERROR(CannotCreate), AND_HOLD(alice, bob, U128_MAX, BALANCES_EXACT, NULL));
    REFUSED(TOKEN_ERROR(FundsUnavailable), AND_HOLD(alice, bob, 9 * ED + 1, BALANCES_EXACT, NULL));
    DONE(AND_HOLD(alice, bob, 2 * ED, BALANCES_EXACT, NULL));
    WANT(balances, TransferAndHold, .reason = ESCROW, .source = *alice, .dest = *bob, .transferred = 2 * ED);
    DONE(AND_HOLD(alice, bob, 100 * ED, BALANCES_BEST_EFFORT, &got));
    WANT(balances, TransferAndHold, .reason = ESCROW, .source = *alice, .dest = *bob, .transferred = 7 * ED);
    assert_true(got == 7 * ED && balances_on_hold(ESCROW, bob) == 9 * ED && free_of(alice) == ED);
    assert_sound(0);
    fund(carol, 5 * ED);
    DONE(AND_HOLD(carol, carol, ED, BALANCES_EXACT, NULL)); /* to oneself: a hold */
    WANT(balances, TransferAndHold, .reason = ESCROW, .source = *carol, .dest = *carol, .transferred = ED);
    assert_true(free_of(carol) == 4 * ED && reserved_of(carol) == ED);
    assert_events();
    assert_sound(0);
}

static void freezes_overlap(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    DONE(balances_set_freeze(STAKE, alice, 3 * ED));
    WANT(balances, Frozen, .who = *alice, .amount = 3 * ED);
    DONE(balances_set_freeze(VOTE, alice, 5 * ED));
    WANT(balances, Frozen, .who = *alice, .amount = 2 * ED);
    DONE(balances_extend_freeze(VOTE, alice, 4 * ED)); /* already more */
    DONE(balances_extend_freeze(STAKE, alice, 6 * ED));
    WANT(balances, Frozen, .who = *alice, .amount = ED);
    DONE(balances_extend_freeze(STAKE, alice, 0));
    assert_true(balances_frozen_for(STAKE, alice) == 6 * ED && balances_frozen_for(VOTE, alice) == 5 * ED);
    DONE(balances_set_freeze(STAKE, alice, ED));
    WANT(balances, Thawed, .who = *alice, .amount = ED);
    DONE(balances_set_freeze(VOTE, alice, 0));
    WANT(balances, Thawed, .who = *alice, .amount = 4 * ED);
    DONE(balances_thaw(VOTE, alice));
    assert_sound(0);
    DONE(balances_thaw(STAKE, alice));
    WANT(balances, Thawed, .who = *alice, .amount = ED);
    assert_events();
    assert_false(balances_Freezes_exists(alice));
    assert_int_equal(info_of(alice).consumers, 0);
    DONE(balances_extend_freeze(STAKE, alice, U128_MAX)); /* more than there is is allowed */
    assert_true(balances_reducible(alice, BALANCES_EXPENDABLE, BALANCES_POLITE) == 0);
    forget_events();
    REFUSED(DISPATCH_ERROR(NoProviders), balances_set_freeze(STAKE, bob, 1));
    freeze_amount entries[MAX_FREEZES];
    for (int i = 0; i < MAX_FREEZES; i++)
        entries[i] = (freeze_amount){.id = VOTE, .amount = 1};
    balances_Freezes_put(alice, &(const freeze_list){entries, MAX_FREEZES});
    REFUSED(PALLET_ERROR(balances, TooManyFreezes), balances_set_freeze(STAKE, alice, 1));
    REFUSED(PALLET_ERROR(balances, TooManyFreezes), balances_extend_freeze(STAKE, alice, 1));
}

static lock_reasons reasons_of(const bytes8 *id, const account_id *who) {
    balance_locks locks;
    balances_Locks_get(who, &locks);
    for (uint32_t i = 0; i < locks.len; i++)
        if (memcmp(&locks.items[i].id, id, sizeof *id) == 0)
            return locks.items[i].reasons;
    return 255;
}

static void locks_cannot_fail(void **state) {
    (void)state;
    fund(alice, 10 * ED);
    balances_set_lock(NAME, alice, 3 * ED, WITHDRAW_TRANSACTION_PAYMENT);
    WANT(balances, Locked, .who = *alice, .amount = 3 * ED);
    assert_int_equal(reasons_of(NAME, alice), lock_reasons_Fee);
    balances_extend_lock(NAME, alice, 2 * ED, WITHDRAW_TRANSACTION_PAYMENT); /* no change */
    assert_int_equal(reasons_of(NAME, alice), lock_reasons_Fee);
    balances_extend_lock(NAME, alice, 4 * ED, WITHDRAW_TRANSFER | WITHDRAW_TIP);
    WANT(balances, Locked, .who = *alice, .amount = ED);
    assert_int_equal(reasons_of(NAME, alice), lock_reasons_All);
    balances_extend_lock(OTHER, alice, ED, WITHDRAW_RESERVE);
    assert_int_equal(reasons_of(OTHER, alice), lock_reasons_Misc);
    balances_set_lock(NAME, alice, 2 * ED, WITHDRAW_ALL);
    WANT(balances, Unlocked, .who = *alice, .amount = 2 * ED);
    assert_int_equal(reasons_of(NAME, alice), lock_reasons_All);
    balances_extend_lock(NAME, alice, 0, WITHDRAW_ALL);
    balances_extend_lock(NAME, alice, 9 * ED, 0);
    DONE(balances_set_freeze(STAKE, alice, 2 * ED)); /* overlaps */
    balances_set_lock(NAME, alice, 5 * ED, 0);       /* removes */
    assert_int_equal(reasons_of(NAME, alice), 255);
    assert_events();
    assert_sound(0);
    balances_remove_lock(OTHER, alice);
    balances_remove_lock(OTHER, alice);
    assert_false(balances_Locks_exists(alice));
    DONE(balances_thaw(STAKE, alice));
    WANT(balances, Thawed, .who = *alice, .amount = 2 * ED);
    assert_events();
    account_info info = info_of(alice);
    info.consumers = MAX_CONSUMERS; /* locks go beyond the limit of consumers */
    system_account_put(alice, &info);
    balances_set_lock(NAME, alice, ED, WITHDRAW_ALL);
    WANT(balances, Locked, .who = *alice, .amount = ED);
    assert_int_equal(info_of(alice).consumers, MAX_CONSUMERS + 1);
    balances_set_lock(NAME, bob, ED, WITHDRAW_ALL); /* nobody provides: kept and told */
    WANT(balances, Unexpected, .kind = unexpected_kind_FailedToMutateAccount);
    WANT(balances, Locked, .who = *bob, .amount = ED);
    assert_true(balances_Locks_exists(bob) && !system_Account_exists(bob));
    balances_remove_lock(NAME, bob);
    WANT(balances, Endowed, .account = *bob, .free_balance = 0); /* as FRAME touches an unknown account */
    assert_events();
    for (uint8_t i = 0; i < MAX_LOCKS + 2; i++) /* more than MaxLocks are kept */
        balances_set_lock(&(const bytes8){{i}}, alice, ED, WITHDRAW_FEE);
    balance_locks locks;
    balances_Locks_get(alice, &locks);
    assert_int_equal(locks.len, MAX_LOCKS + 3);
}

static void reserve_and_unreserve(void **state) {
    (void)state;
    balance got;
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), balances_reserve(alice, 1));
    DONE(balances_reserve(alice, 0));
    fund(alice, 10 * ED);
    assert_true(balances_can_reserve(alice, 0) && balances_can_reserve(alice, 9 * ED));
    assert_false(balances_can_reserve(alice, 9 * ED + 1) || balances_can_reserve(alice, 11 * ED));
    assert_true(balances_can_reserve(bob, 0));
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), balances_reserve(alice, 10 * ED + 1));
    REFUSED(DISPATCH_ERROR(ConsumerRemaining), balances_reserve(alice, 9 * ED + 1)); /* free would be dust */
    DONE(balances_reserve(alice, 9 * ED));
    WANT(balances, Reserved, .who = *alice, .amount = 9 * ED);
    assert_events();
    assert_sound(0);
    assert_true(balances_unreserve(alice, 4 * ED) == 0);
    WANT(balances, Unreserved, .who = *alice, .amount = 4 * ED);
    assert_true(balances_unreserve(alice, 6 * ED) == ED);
    WANT(balances, Unreserved, .who = *alice, .amount = 5 * ED);
    assert_true(balances_unreserve(bob, 5) == 5);
    DONE(balances_reserve(alice, 2 * ED));
    WANT(balances, Reserved, .who = *alice, .amount = 2 * ED);
    assert_true(balances_slash_reserved(alice, 3 * ED, &got) == ED && got == 2 * ED);
    WANT(balances, Slashed, .who = *alice, .amount = 2 * ED);
    assert_sound(got);
    assert_true(balances_slash_reserved(alice, 0, &got) == 0 && got == 0);
    assert_true(balances_slash_reserved(carol, 7, &got) == 7 && got == 0);
    assert_events();
    account_info info = info_of(alice);
    info.data.reserved = U128_MAX;
    info.consumers = 1;
    system_account_put(alice, &info);
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_reserve(alice, 1));
    assert_true(balances_unreserve(alice, U128_MAX) == 0); /* free saturates */
    assert_true(free_of(alice) == U128_MAX);
}

static void repatriate(void **state) {
    (void)state;
    balance left;
    fund(alice, 10 * ED);
    fund(bob, 3 * ED);
    DONE(balances_reserve(alice, 6 * ED));
    forget_events();
    DONE(balances_repatriate_reserved(alice, bob, 0, balance_status_Free, &left));
    REFUSED(PALLET_ERROR(balances, DeadAccount), balances_repatriate_reserved(alice, carol, ED, balance_status_Free, &left));
    DONE(balances_repatriate_reserved(alice, bob, ED, balance_status_Free, &left));
    WANT(balances, ReserveRepatriated, .from = *alice, .to = *bob, .amount = ED, .destination_status = balance_status_Free);
    assert_true(left == 0 && free_of(bob) == 4 * ED);
    DONE(balances_repatriate_reserved(alice, bob, 2 * ED, balance_status_Reserved, &left));
    WANT(balances, ReserveRepatriated, .from = *alice, .to = *bob, .amount = 2 * ED,
         .destination_status = balance_status_Reserved);
    assert_true(reserved_of(bob) == 2 * ED);
    assert_events();
    assert_sound(0);
    DONE(balances_set_freeze(STAKE, alice, 6 * ED)); /* 4 free, 3 reserved: 1 can go */
    forget_events();
    DONE(balances_repatriate_reserved(alice, bob, 5 * ED, balance_status_Free, &left));
    WANT(balances, ReserveRepatriated, .from = *alice, .to = *bob, .amount = ED, .destination_status = balance_status_Free);
    assert_true(left == 4 * ED);
    DONE(balances_repatriate_reserved(bob, bob, 3 * ED, balance_status_Reserved, &left)); /* to oneself: nothing */
    assert_true(left == ED);
    DONE(balances_repatriate_reserved(bob, bob, 3 * ED, balance_status_Free, &left));
    WANT(balances, Unreserved, .who = *bob, .amount = 2 * ED);
    assert_true(left == ED);
    assert_events();
    assert_sound(0);
    account_info info = info_of(bob);
    info.data.free = U128_MAX;
    system_account_put(bob, &info);
    DONE(balances_thaw(STAKE, alice));
    forget_events();
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_repatriate_reserved(alice, bob, ED, balance_status_Free, &left));
}

static void named_reserves(void **state) {
    (void)state;
    balance left, got;
    fund(alice, 20 * ED);
    fund(bob, 2 * ED);
    DONE(balances_reserve_named(NAME, alice, 0));
    DONE(balances_reserve_named(OTHER, alice, 5 * ED));
    DONE(balances_reserve_named(NAME, alice, 3 * ED)); /* sorts before OTHER */
    DONE(balances_reserve_named(NAME, alice, ED));
    assert_true(balances_reserved_named(NAME, alice) == 4 * ED && balances_reserved_named(OTHER, alice) == 5 * ED);
    assert_true(balances_reserved_named(NAME, bob) == 0 && reserved_of(alice) == 9 * ED);
    reserve_list list;
    balances_Reserves_get(alice, &list);
    assert_memory_equal(&list.items[0].id, NAME, 8);
    assert_sound(0);
    forget_events();
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), balances_reserve_named(NAME, alice, 12 * ED));
    REFUSED(ARITHMETIC_ERROR(Overflow), balances_reserve_named(NAME, alice, U128_MAX));
    assert_true(balances_unreserve_named(NAME, alice, ED) == 0);
    WANT(balances, Unreserved, .who = *alice, .amount = ED);
    assert_true(balances_unreserve_named(NAME, bob, ED) == ED && balances_unreserve_named(NAME, alice, 0) == 0);
    assert_true(balances_slash_reserved_named(OTHER, alice, 2 * ED, &got) == 0 && got == 2 * ED);
    WANT(balances, Slashed, .who = *alice, .amount = 2 * ED);
    assert_sound(got);
    balances_drop_slashed(got);
    WANT(balances, Rescinded, .amount = 2 * ED);
    assert_true(balances_slash_reserved_named(OTHER, bob, ED, &got) == ED && got == 0);
    DONE(balances_repatriate_reserved_named(NAME, alice, bob, ED, balance_status_Reserved, &left));
    WANT(balances, ReserveRepatriated, .from = *alice, .to = *bob, .amount = ED,
         .destination_status = balance_status_Reserved);
    assert_true(left == 0 && balances_reserved_named(NAME, bob) == ED && balances_reserved_named(NAME, alice) == 2 * ED);
    DONE(balances_repatriate_reserved_named(NAME, alice, bob, 5 * ED, balance_status_Free, &left));
    WANT(balances, ReserveRepatriated, .from = *alice, .to = *bob, .amount = 2 * ED,
         .destination_status = balance_status_Free);
    assert_true(left == 3 * ED && balances_reserved_named(NAME, alice) == 0);
    assert_sound(0);
    DONE(balances_repatriate_reserved_named(NAME, alice, bob, ED, balance_status_Free, &left)); /* none of that name */
    assert_true(left == ED);
    DONE(balances_repatriate_reserved_named(NAME, alice, bob, 0, balance_status_Free, &left));
    assert_true(left == 0);
    DONE(balances_repatriate_reserved_named(OTHER, alice, alice, 5 * ED, balance_status_Reserved, &left));
    assert_true(left == 2 * ED);
    DONE(balances_repatriate_reserved_named(OTHER, alice, alice, ED, balance_status_Free, &left));
    WANT(balances, Unreserved, .who = *alice, .amount = ED);
    REFUSED(PALLET_ERROR(balances, DeadAccount),
            balances_repatriate_reserved_named(OTHER, alice, carol, ED, balance_status_Reserved, &left));
    assert_true(balances_unreserve_named(OTHER, alice, 9 * ED) == 7 * ED);
    WANT(balances, Unreserved, .who = *alice, .amount = 2 * ED);
    assert_events();
    assert_false(balances_Reserves_exists(alice));
    assert_sound(0);
    for (uint8_t i = 0; i < MAX_RESERVES; i++)
        DONE(balances_reserve_named(&(const bytes8){{(uint8_t)(i * 7 % 50)}}, alice, 1));
    forget_events();
    REFUSED(PALLET_ERROR(balances, TooManyReserves), balances_reserve_named(NAME, alice, 1));
    REFUSED(PALLET_ERROR(balances, TooManyReserves),
            balances_repatriate_reserved_named(NAME, bob, alice, ED, balance_status_Reserved, &left));
    assert_sound(0);
}

#define CASE(name) cmocka_unit_test_setup(name, world)
int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(hold_and_release), CASE(hold_needs_a_free_consumer_and_room), CASE(burn_and_slash_held),
        CASE(transfer_on_hold), CASE(transfer_and_hold), CASE(freezes_overlap),
        CASE(locks_cannot_fail), CASE(reserve_and_unreserve), CASE(repatriate),
        CASE(named_reserves),
    };
    return cmocka_run_group_tests_name("balances set aside", tests, NULL, NULL);
}
