/* test_balances_worlds.c - exhaustive small worlds: every sequence of up to three operations on three accounts. After
 * each step money is conserved, no dust account exists, references and reserved money agree; a refused step leaves the
 * accounts as they were. */
#include "world.h"

#define ESCROW runtime_hold_reason_Escrow
#define STAKE runtime_freeze_reason_Stake

enum operation { ALLOW_DEATH, KEEP_ALIVE, ALL, BURN, HOLD, RELEASE, RESERVE, UNRESERVE, FREEZE, LOCK, SLASH, SLASH_RESERVED,
                 SLASH_HELD, REPATRIATE, MOVE_HELD, SEND_HELD, SET, MINT, NAME_RESERVE, NAME_UNRESERVE, NAME_REPATRIATE,
                 BURN_HELD, PAY };
struct step {
    uint8_t operation, who, other;
    balance amount;
};

static const struct step steps[] = {
    {ALLOW_DEATH, ALICE, BOB, 1},
    {ALLOW_DEATH, ALICE, BOB, 4 * ED + 1},
    {ALLOW_DEATH, ALICE, CAROL, ED - 1},
    {ALLOW_DEATH, ALICE, CAROL, ED},
    {ALLOW_DEATH, ALICE, CAROL, 5 * ED},
    {ALLOW_DEATH, BOB, ALICE, 1},
    {ALLOW_DEATH, BOB, ALICE, ED},
    {ALLOW_DEATH, BOB, CAROL, ED + 1},
    {ALLOW_DEATH, CAROL, ALICE, ED},
    {KEEP_ALIVE, ALICE, BOB, 4 * ED},
    {KEEP_ALIVE, ALICE, CAROL, ED + 1},
    {KEEP_ALIVE, BOB, ALICE, 1},
    {ALL, ALICE, BOB, false},
    {ALL, ALICE, CAROL, true},
    {ALL, BOB, CAROL, false},
    {ALL, CAROL, ALICE, false},
    {BURN, ALICE, false, ED + 1},
    {BURN, BOB, false, 1},
    {HOLD, ALICE, 0, 1},
    {HOLD, ALICE, 0, 4 * ED},
    {HOLD, BOB, 0, 1},
    {RELEASE, ALICE, BALANCES_BEST_EFFORT, 2 * ED},
    {RELEASE, ALICE, BALANCES_EXACT, 1},
    {RESERVE, ALICE, 0, 2 * ED},
    {UNRESERVE, ALICE, 0, ED},
    {FREEZE, ALICE, 0, 3 * ED},
    {FREEZE, ALICE, 0, 0},
    {FREEZE, BOB, 0, U128_MAX},
    {LOCK, ALICE, 0, 2 * ED},
    {LOCK, ALICE, 0, 0},
    {SLASH, ALICE, 0, 4 * ED + 1},
    {SLASH, BOB, 0, U128_MAX},
    {SLASH_RESERVED, ALICE, 0, ED},
    {SLASH_HELD, ALICE, 0, ED},
    {REPATRIATE, ALICE, BOB, ED},
    {MOVE_HELD, ALICE, BOB, ED},
    {MOVE_HELD, ALICE, CAROL, ED},
    {SEND_HELD, ALICE, BOB, 2 * ED},
    {SET, ALICE, 0, 0},
    {SET, BOB, 0, ED - 1},
    {SET, CAROL, 0, ED},
    {MINT, CAROL, 0, ED},
    {NAME_RESERVE, ALICE, 0, ED},
    {NAME_UNRESERVE, ALICE, 0, 2 * ED},
    {NAME_REPATRIATE, ALICE, BOB, ED},
    {BURN_HELD, ALICE, 0, ED},
    {PAY, ALICE, 0, ED},
};

static const bytes8 name = {"worlds"};

/* Slashes and fees: what was taken leaves the world at once. */
static dispatch_result take(const struct step *s, const account_id *who) {
    balance credit = 0;
    if (s->operation == SLASH_HELD) {
        balances_slash_held(ESCROW, who, s->amount, &credit);
        balances_drop_credit(credit);
        return DISPATCH_OK;
    }
    if (s->operation == PAY) { /* a fee of which half comes back */
        TRY(balances_withdraw(who, s->amount, BALANCES_EXACT, BALANCES_PRESERVE, BALANCES_POLITE, &credit));
        TRY(balances_resolve(who, credit / 2));
        balances_drop_credit(credit - credit / 2);
        return DISPATCH_OK;
    }
    if (s->operation == SLASH)
        balances_slash(who, s->amount, &credit);
    else
        balances_slash_reserved(who, s->amount, &credit);
    balances_drop_slashed(credit);
    return DISPATCH_OK;
}

/* A named reserve may be released or slashed without its name (FRAME leaves that to the pallets); the books of names
 * are then larger than what is reserved. Worlds in which that would happen skip the nameless step. */
static bool touches_reserves_without_name(const struct step *s) {
    return s->operation == UNRESERVE || s->operation == SLASH_RESERVED || s->operation == REPATRIATE;
}

static dispatch_result perform(const struct step *s) {
    const account_id *who = &people[s->who], *other = &people[s->other < PEOPLE ? s->other : 0];
    balance left;
    switch ((enum operation)s->operation) {
    case ALLOW_DEATH:
        return CALLED(transfer_allow_death, as(who), .dest = to(other), .value = s->amount);
    case KEEP_ALIVE:
        return CALLED(transfer_keep_alive, as(who), .dest = to(other), .value = s->amount);
    case ALL:
        return CALLED(transfer_all, as(who), .dest = to(other), .keep_alive = s->amount != 0);
    case BURN:
        return CALLED(burn, as(who), .value = s->amount, .keep_alive = s->other);
    case HOLD:
        return balances_hold(ESCROW, who, s->amount);
    case RELEASE:
        return balances_release(ESCROW, who, s->amount, (enum balances_precision)s->other, NULL);
    case RESERVE:
        return balances_reserve(who, s->amount);
    case UNRESERVE:
        return CALLED(force_unreserve, as_root(), .who = to(who), .amount = s->amount);
    case FREEZE:
        return balances_set_freeze(STAKE, who, s->amount);
    case LOCK:
        if (!system_account_exists(who))
            return DISPATCH_ERROR(NoProviders); /* a lock on nobody is kept unapplied: tested by itself */
        balances_set_lock(&name, who, s->amount, WITHDRAW_ALL);
        return DISPATCH_OK;
    case SLASH:
    case SLASH_RESERVED:
    case SLASH_HELD:
    case PAY:
        return take(s, who);
    case REPATRIATE:
        return balances_repatriate_reserved(who, other, s->amount, balance_status_Reserved, &left);
    case MOVE_HELD:
        return balances_transfer_on_hold(ESCROW, who, other, s->amount, BALANCES_EXACT,
                                         other == bob ? BALANCES_ON_HOLD : BALANCES_FREE, BALANCES_POLITE, NULL);
    case SEND_HELD:
        return balances_transfer_and_hold(ESCROW, who, other, s->amount, BALANCES_EXACT, BALANCES_EXPENDABLE,
                                          BALANCES_POLITE, NULL);
    case SET:
        return CALLED(force_set_balance, as_root(), .who = to(who), .new_free = s->amount);
    case MINT:
        return balances_mint(who, s->amount);
    case NAME_RESERVE:
        return balances_reserve_named(&name, who, s->amount);
    case NAME_UNRESERVE:
        balances_unreserve_named(&name, who, s->amount);
        return DISPATCH_OK;
    case NAME_REPATRIATE:
        return balances_repatriate_reserved_named(&name, who, other, s->amount, balance_status_Reserved, &left);
    case BURN_HELD:
        return balances_burn_held(ESCROW, who, s->amount, BALANCES_EXACT, BALANCES_POLITE, NULL);
    }
    return BAD_ORIGIN;
}

static uint64_t performed, refused;

/* Reserved money without a name or a reason, which nameless steps may take. */
static bool nameless_step_is_sound(const struct step *s) {
    return !touches_reserves_without_name(s) || reserved_of(&people[s->who]) >= set_aside(&people[s->who]) + s->amount;
}

static void explore(int depth) {
    account_info before[PEOPLE];
    for (int i = 0; i < PEOPLE; i++)
        before[i] = info_of(&people[i]);
    balance issued = balances_total_issuance();
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        if (!nameless_step_is_sound(&steps[i]))
            continue;
        overlay_begin();
        overlay_begin();
        dispatch_result result = perform(&steps[i]);
        performed++;
        if (result == DISPATCH_OK) {
            overlay_commit();
            assert_sound(0);
            if (depth > 1)
                explore(depth - 1);
        } else {
            refused++;
            overlay_rollback();
        }
        overlay_rollback();
    }
    for (int i = 0; i < PEOPLE; i++) {
        account_info after = info_of(&people[i]);
        assert_memory_equal(&before[i], &after, sizeof after);
    }
    assert_true(issued == balances_total_issuance());
}

static void begin_world(void **state, balance alices, balance bobs) {
    world(state);
    fund(alice, alices);
    if (bobs)
        fund(bob, bobs);
    assert_sound(0);
}

/* Each first step starts from a fresh world, so that the memory of a run stays small. */
static void every_sequence_of_three(void **state) {
    performed = refused = 0;
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        begin_world(state, 5 * ED, ED);
        if (!nameless_step_is_sound(&steps[i]))
            continue;
        overlay_begin();
        dispatch_result result = perform(&steps[i]);
        performed++;
        if (result != DISPATCH_OK) {
            refused++;
            overlay_rollback();
            continue;
        }
        assert_sound(0);
        explore(2);
        overlay_rollback();
    }
    printf("worlds: %llu steps, %llu refused\n", (unsigned long long)performed, (unsigned long long)refused);
    assert_true(performed > 40000 && refused > 1000);
}

static void every_pair_from_border_balances(void **state) {
    const balance sizes[] = {ED, ED + 1, 2 * ED - 1, 2 * ED, 2 * ED + 1, 6 * ED};
    for (size_t a = 0; a < COUNT_OF(sizes); a++)
        for (size_t b = 0; b <= COUNT_OF(sizes); b++) {
            begin_world(state, sizes[a], b < COUNT_OF(sizes) ? sizes[b] : 0);
            explore(2);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_sequence_of_three),
                                       cmocka_unit_test(every_pair_from_border_balances)};
    return cmocka_run_group_tests_name("balances worlds", tests, NULL, NULL);
}
