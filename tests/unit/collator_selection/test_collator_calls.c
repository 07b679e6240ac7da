/* test_collator_calls.c - every call of CollatorSelection: lists, deposits, events, weights, and each refusal. */
#include "collator_selection/collators_world.h"

static void only_root(void **state) {
    (void)state;
    const struct dispatch others[] = {as_none(), by(1)};
    put_invulnerables("\1");
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        REFUSED(BAD_ORIGIN, RUN(set_invulnerables, others[i], .new = {NULL, 0}));
        REFUSED(BAD_ORIGIN, RUN(set_desired_candidates, others[i], .max = 3));
        REFUSED(BAD_ORIGIN, RUN(set_candidacy_bond, others[i], .bond = 3));
        REFUSED(BAD_ORIGIN, RUN(add_invulnerable, others[i], .who = person(2)));
        REFUSED(BAD_ORIGIN, RUN(remove_invulnerable, others[i], .who = person(1)));
    }
}

static void only_signed(void **state) {
    (void)state;
    const struct dispatch others[] = {as_none(), as_root()};
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        REFUSED(BAD_ORIGIN, RUN0(register_as_candidate, others[i]));
        REFUSED(BAD_ORIGIN, RUN0(leave_intent, others[i]));
        REFUSED(BAD_ORIGIN, RUN(update_bond, others[i], .new_deposit = BOND));
        REFUSED(BAD_ORIGIN, RUN(take_candidate_slot, others[i], .deposit = BOND, .target = person(1)));
    }
}

static void invulnerables_are_sorted_and_filtered(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    account_id list[] = {person(3), person(20), person(1), person(2), person(1), person(21)};
    DONE(RUN(set_invulnerables, as_root(), .new = {list, COUNT_OF(list)}));
    assert_invulnerables("\1\1\2\3"); /* one listed twice stays so, as FRAME's */
    EXPECT_EVENT(&log, collator_selection, InvalidInvulnerableSkipped, .account_id = person(20));
    EXPECT_EVENT(&log, collator_selection, InvalidInvulnerableSkipped, .account_id = person(21));
    account_id sorted[] = {person(1), person(1), person(2), person(3)};
    EXPECT_EVENT(&log, collator_selection, NewInvulnerables, .invulnerables = {sorted, 4});
    assert_events(&log);
    assert_false(has_used);
    DONE(join(4));
    DONE(RUN(set_invulnerables, as_root(), .new = {(account_id[]){person(4)}, 1}));
    assert_invulnerables("\4");
    assert_candidates("\4"); /* until the next session */
}

static void number_of_invulnerables(void **state) {
    (void)state;
    account_id list[COLLATORS_MAX_INVULNERABLES + 1];
    for (uint8_t i = 0; i < COUNT_OF(list); i++) {
        list[i] = person((uint8_t)(100 + i));
        register_keys((uint8_t)(100 + i));
    }
    REFUSED(E(TooManyInvulnerables), RUN(set_invulnerables, as_root(), .new = {list, 21}));
    DONE(RUN(set_invulnerables, as_root(), .new = {list, 20}));
    REFUSED(E(TooManyInvulnerables), RUN(add_invulnerable, as_root(), .who = list[20]));
    REFUSED(E(AlreadyInvulnerable), RUN(add_invulnerable, as_root(), .who = list[19]));
    for (uint8_t i = 1; i <= 3; i++)
        DONE(join(i));
    REFUSED(E(TooFewEligibleCollators), RUN(set_invulnerables, as_root(), .new = {NULL, 0}));
    DONE(join(4));
    DONE(RUN(set_invulnerables, as_root(), .new = {NULL, 0}));
    assert_invulnerables("");
}

static void desired_candidates(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    DONE(RUN(set_desired_candidates, as_root(), .max = 3));
    DONE(RUN(set_desired_candidates, as_root(), .max = UINT32_MAX)); /* FRAME warns, no more */
    EXPECT_EVENT(&log, collator_selection, NewDesiredCandidates, .desired_candidates = 3);
    EXPECT_EVENT(&log, collator_selection, NewDesiredCandidates, .desired_candidates = UINT32_MAX);
    assert_events(&log);
    assert_int_equal(storage_get_u32(&collator_selection_DesiredCandidates_storage), UINT32_MAX);
}

static void candidates_join(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    put_number(5);
    DONE(join(1));
    EXPECT_EVENT(&log, balances, Reserved, .who = person(1), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(1), .deposit = BOND);
    assert_events(&log);
    assert_true(reserved_of(person(1)) == BOND && free_of(person(1)) == 90 * ED);
    assert_int_equal(last_block(1), 5 + COLLATORS_KICK_THRESHOLD);
    assert_true(has_used && used.ref_time == 48186734 + 4 * 25000000ull + 2 * 100000000ull + 166714);
    assert_int_equal(used.proof_size, 6287 + 54);
    DONE(join(2));
    assert_candidates("\2\1"); /* the later comes before */
    assert_int_equal(used.proof_size, 6287 + 2 * 54);
    REFUSED(E(AlreadyCandidate), join(1));
    put_invulnerables("\3");
    REFUSED(E(AlreadyInvulnerable), join(3));
    fund(person(30), 100 * ED);
    REFUSED(E(ValidatorNotRegistered), join(30));
    fund(person(4), BOND - 1);
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), join(4));
    fund(person(4), BOND + ED - 1); /* less than ED would stay, and the reserve needs a provider */
    REFUSED(DISPATCH_ERROR(ConsumerRemaining), join(4));
    fund(person(4), BOND + ED);
    DONE(join(4));
}

static void number_of_candidates(void **state) {
    (void)state;
    put_bond(ED);
    for (uint8_t i = 0; i < COLLATORS_MAX_CANDIDATES; i++) {
        fund(person((uint8_t)(100 + i)), 10 * ED);
        register_keys((uint8_t)(100 + i));
        DONE(join((uint8_t)(100 + i)));
    }
    REFUSED(E(TooManyCandidates), join(1));
    DONE(take(1, 2 * ED, 150)); /* but a place can change hands */
    DONE(RUN0(leave_intent, by(151)));
    DONE(join(2));
    collator_candidates list;
    collator_selection_CandidateList_get(&list);
    assert_int_equal(list.len, COLLATORS_MAX_CANDIDATES);
    const account_id lowest = person(2), highest = person(1);
    assert_memory_equal(&list.items[0].who, &lowest, 32);
    assert_memory_equal(&list.items[99].who, &highest, 32);
}

static void candidates_leave(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    for (uint8_t i = 1; i <= 4; i++)
        DONE(join(i));
    REFUSED(E(TooFewEligibleCollators), RUN0(leave_intent, by(1)));
    put_invulnerables("\5");
    REFUSED(E(NotCandidate), RUN0(leave_intent, by(5)));
    collators_world(state);
    put_invulnerables("\5\6\7\10");
    DONE(join(1));
    DONE(RUN0(leave_intent, by(1)));
    EXPECT_EVENT(&log, balances, Reserved, .who = person(1), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(1), .deposit = BOND);
    EXPECT_EVENT(&log, balances, Unreserved, .who = person(1), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateRemoved, .account_id = person(1));
    assert_events(&log);
    assert_candidates("");
    assert_false(has_last_block(1));
    assert_true(reserved_of(person(1)) == 0 && free_of(person(1)) == 100 * ED);
    assert_true(has_used && used.ref_time == 37154546 + 2 * 25000000ull + 2 * 100000000ull);
    REFUSED(E(TooFewEligibleCollators), RUN0(leave_intent, by(1)));
}

static void bond_rises(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    DONE(join(4));
    DONE(join(3));
    DONE(bid(4, BOND + 1));
    DONE(RUN(set_candidacy_bond, as_root(), .bond = BOND + 1));
    assert_candidates("\4"); /* as much as the new bond is enough */
    assert_false(has_last_block(3));
    assert_true(has_last_block(4));
    assert_true(reserved_of(person(3)) == 0 && reserved_of(person(4)) == BOND + 1);
    assert_true(has_used && used.proof_size == 6287 + 901 * 2 + 901);
    EXPECT_EVENT(&log, balances, Reserved, .who = person(4), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(4), .deposit = BOND);
    EXPECT_EVENT(&log, balances, Reserved, .who = person(3), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(3), .deposit = BOND);
    EXPECT_EVENT(&log, balances, Reserved, .who = person(4), .amount = 1);
    EXPECT_EVENT(&log, collator_selection, CandidateBondUpdated, .account_id = person(4), .deposit = BOND + 1);
    EXPECT_EVENT(&log, balances, Unreserved, .who = person(3), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, NewCandidacyBond, .bond_amount = BOND + 1);
    assert_events(&log);
    DONE(RUN(set_candidacy_bond, as_root(), .bond = U128_MAX)); /* everyone goes */
    assert_candidates("");
    assert_true(reserved_of(person(4)) == 0);
}

static void bond_falls(void **state) {
    (void)state;
    DONE(join(1));
    DONE(RUN(set_candidacy_bond, as_root(), .bond = BOND));
    assert_int_equal(used.proof_size, 6287);
    DONE(RUN(set_candidacy_bond, as_root(), .bond = ED));
    assert_int_equal(used.proof_size, 6287);
    DONE(join(2));
    assert_candidates("\2\1");
    assert_true(deposit_at(0) == ED && deposit_at(1) == BOND);
    DONE(RUN(set_candidacy_bond, as_root(), .bond = 0));
    DONE(join(3)); /* nothing is reserved, nothing is told of it */
    assert_true(reserved_of(person(3)) == 0);
    assert_candidates("\3\2\1");
}

static void invulnerables_come_and_go(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    DONE(join(2));
    DONE(RUN(add_invulnerable, as_root(), .who = person(3)));
    assert_int_equal(used.proof_size, 6287 + 37 + 53);
    DONE(RUN(add_invulnerable, as_root(), .who = person(1)));
    put_last_block(2, 77);
    DONE(RUN(add_invulnerable, as_root(), .who = person(2))); /* no longer a candidate */
    assert_int_equal(used.proof_size, 6287 + 3 * 37);
    assert_invulnerables("\1\2\3");
    assert_candidates("");
    assert_int_equal(last_block(2), 77);
    EXPECT_EVENT(&log, balances, Reserved, .who = person(2), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(2), .deposit = BOND);
    EXPECT_EVENT(&log, collator_selection, InvulnerableAdded, .account_id = person(3));
    EXPECT_EVENT(&log, collator_selection, InvulnerableAdded, .account_id = person(1));
    EXPECT_EVENT(&log, balances, Unreserved, .who = person(2), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateRemoved, .account_id = person(2));
    EXPECT_EVENT(&log, collator_selection, InvulnerableAdded, .account_id = person(2));
    REFUSED(E(AlreadyInvulnerable), RUN(add_invulnerable, as_root(), .who = person(2)));
    REFUSED(E(ValidatorNotRegistered), RUN(add_invulnerable, as_root(), .who = person(20)));
    REFUSED(E(TooFewEligibleCollators), RUN(remove_invulnerable, as_root(), .who = person(1)));
    DONE(RUN(add_invulnerable, as_root(), .who = person(4)));
    REFUSED(E(TooFewEligibleCollators), RUN(remove_invulnerable, as_root(), .who = person(1)));
    DONE(join(5));
    REFUSED(E(NotInvulnerable), RUN(remove_invulnerable, as_root(), .who = person(5)));
    DONE(RUN(remove_invulnerable, as_root(), .who = person(2)));
    assert_invulnerables("\1\3\4");
    EXPECT_EVENT(&log, collator_selection, InvulnerableAdded, .account_id = person(4));
    EXPECT_EVENT(&log, balances, Reserved, .who = person(5), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(5), .deposit = BOND);
    EXPECT_EVENT(&log, collator_selection, InvulnerableRemoved, .account_id = person(2));
    assert_events(&log);
}

static void bonds_move_candidates(void **state) {
    (void)state;
    for (uint8_t i = 1; i <= 5; i++)
        DONE(join(i));
    assert_candidates("\5\4\3\2\1");
    DONE(bid(3, BOND + 2));
    assert_candidates("\5\4\2\1\3");
    assert_true(has_used && used.ref_time == 32437842 + 2 * 25000000ull + 100000000ull + 5 * 142418);
    DONE(bid(5, BOND + 2)); /* as much as another: before it */
    assert_candidates("\4\2\1\5\3");
    DONE(bid(1, BOND + 1));
    assert_candidates("\4\2\1\5\3");
    DONE(bid(4, BOND + 5));
    assert_candidates("\2\1\5\3\4");
    DONE(bid(3, BOND)); /* nobody is desired, so anyone may ask for less */
    assert_candidates("\3\2\1\5\4");
    assert_true(reserved_of(person(3)) == BOND && free_of(person(3)) == 90 * ED);
    REFUSED(E(IdenticalDeposit), bid(3, BOND));
    REFUSED(E(DepositTooLow), bid(3, BOND - 1));
    REFUSED(E(DepositTooLow), bid(9, BOND - 1));
    REFUSED(E(NotCandidate), bid(9, BOND));
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), bid(3, 100 * ED + 1));
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), bid(3, U128_MAX));
    put_desired(2); /* places 3 and 4 */
    REFUSED(E(InvalidUnreserve), bid(5, BOND + 1));
    REFUSED(E(InvalidUnreserve), bid(4, BOND));
    DONE(bid(1, BOND));
    assert_candidates("\1\3\2\5\4");
    put_desired(5);
    REFUSED(E(IdenticalDeposit), bid(1, BOND));
    put_desired(UINT32_MAX);
    put_bond(1);
    REFUSED(E(InvalidUnreserve), bid(1, BOND - 1));
    DONE(bid(1, BOND + 9));
    assert_candidates("\3\2\5\4\1");
}

static void places_change_hands(void **state) {
    (void)state;
    struct event_log log = {.len = 0};
    DONE(join(1));
    DONE(join(2));
    DONE(join(3));
    DONE(bid(1, BOND + 2));
    assert_candidates("\3\2\1");
    put_number(9);
    DONE(take(4, BOND + 1, 3));
    assert_candidates("\2\4\1");
    assert_true(has_used && used.ref_time == 66215050 + 5 * 25000000ull + 4 * 100000000ull + 3 * 175807);
    assert_false(has_last_block(3));
    assert_int_equal(last_block(4), 9 + COLLATORS_KICK_THRESHOLD);
    assert_true(reserved_of(person(3)) == 0 && reserved_of(person(4)) == BOND + 1);
    DONE(take(3, BOND + 5, 1)); /* the highest */
    assert_candidates("\2\4\3");
    DONE(take(1, BOND + 1, 2)); /* the same deposit as another: before it */
    assert_candidates("\1\4\3");
    REFUSED(E(TargetIsNotCandidate), take(2, BOND + 9, 5));
    REFUSED(E(TargetIsNotCandidate), take(2, BOND + 9, 2));
    REFUSED(E(AlreadyCandidate), take(1, BOND + 9, 4));
    REFUSED(E(AlreadyCandidate), take(1, BOND + 9, 5)); /* that is said first */
    REFUSED(E(InsufficientBond), take(2, BOND + 5, 3));
    REFUSED(E(InsufficientBond), take(2, BOND - 1, 3));
    REFUSED(PALLET_ERROR(balances, InsufficientBalance), take(2, 101 * ED, 3));
    put_invulnerables("\2");
    REFUSED(E(AlreadyInvulnerable), take(2, BOND + 9, 3));
    fund(person(30), 100 * ED);
    REFUSED(E(ValidatorNotRegistered), take(30, BOND + 9, 3));
    collators_world(state);
    DONE(join(1));
    DONE(take(2, BOND + 1, 1));
    EXPECT_EVENT(&log, balances, Reserved, .who = person(1), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateAdded, .account_id = person(1), .deposit = BOND);
    EXPECT_EVENT(&log, balances, Reserved, .who = person(2), .amount = BOND + 1);
    EXPECT_EVENT(&log, balances, Unreserved, .who = person(1), .amount = BOND);
    EXPECT_EVENT(&log, collator_selection, CandidateReplaced, .old = person(1), .new = person(2), .deposit = BOND + 1);
    assert_events(&log);
}

/* What the calls say before they run is never below what they say afterwards. */
static void declared_weights(void **state) {
    (void)state;
    account_id list[20];
    const collator_selection_call_set_invulnerables few = {.new = {list, 1}}, many = {.new = {list, 20}};
    const struct call calls[] = {CALL_INIT(collator_selection, register_as_candidate, NULL),
                                 CALL_INIT(collator_selection, set_invulnerables, &few),
                                 CALL_INIT(collator_selection, set_invulnerables, &many)};
    assert_int_equal(call_info(&calls[0]).call_weight.proof_size, 6287 + 100 * 54);
    assert_int_equal(call_info(&calls[1]).call_weight.proof_size, 1155 + 2555);
    assert_int_equal(call_info(&calls[2]).call_weight.proof_size, 1155 + 20 * 2555);
    DONE(join(1));
    assert_true(used.ref_time < call_info(&calls[0]).call_weight.ref_time);
}

#define CASE(name) cmocka_unit_test_setup(name, collators_world)
int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(only_root),         CASE(only_signed),      CASE(invulnerables_are_sorted_and_filtered),
        CASE(number_of_invulnerables), CASE(desired_candidates), CASE(candidates_join),
        CASE(number_of_candidates), CASE(candidates_leave), CASE(bond_rises),
        CASE(bond_falls),        CASE(invulnerables_come_and_go), CASE(bonds_move_candidates),
        CASE(places_change_hands), CASE(declared_weights),
    };
    return cmocka_run_group_tests_name("collator calls", tests, NULL, NULL);
}
