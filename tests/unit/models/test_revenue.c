/* test_revenue.c - income, splits by generation, ancestors' parts: every share its own floor, paid to the last unit. */
#include "models/models_fixture.h"

#include "clock/clock.h"
#include "models/models_internal.h"

static uint64_t model_;
static uint32_t licence_;

static int with_active(void **state) {
    if (models_start(state))
        return -1;
    licence_ = licence(CAROL, usual_licence());
    model_ = active(ALICE, licence_, 7);
    return 0;
}

static models_split even(int first, uint32_t members) {
    static models_share shares[16];
    for (uint32_t i = 0; i < members; i++)
        shares[i] = (models_share){account(first + (int)i), MODELS_PPB / members};
    shares[0].ppb += MODELS_PPB % members;
    return (models_split){shares, members};
}

static models_own own_of(uint64_t model, uint32_t generation) {
    models_own own;
    uint32_t asset = 0;
    models_Own_get(&model, &generation, &asset, &own);
    return own;
}

static u128 paid(int who, uint64_t model, uint32_t generation) {
    u128 had = free_of(who);
    OK(who, CLAIM_ROYALTY, claim_royalty, .model = model, .generation = generation);
    return free_of(who) - had;
}

static void credit_is_roots_and_moves_money(void **state) {
    (void)state;
    u128 held = books(), payer = free_of(40), issuance = balances_total_issuance();
    REFUSES(BAD_ORIGIN, ALICE, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = model_, .amount = 5);
    FAILS(UnknownModel, ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = 99, .amount = 5);
    FAILS(BadAsset, ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = model_, .asset = 1, .amount = 5);
    FAILS(LowFunds, ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = model_, .amount = RICH);
    FAILS(LowFunds, ROOT, CREDIT_REVENUE, credit_revenue, .from = models_account, .model = model_, .amount = 5);
    uint64_t sketch = draft(ALICE, licence_);
    FAILS(BadState, ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = sketch, .amount = 5);
    held = books();
    OK(ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = model_, .amount = 0);
    assert_int_equal(events_of_last_call(), 0);
    assert_true(books() == held);
    credit(model_, 12345);
    EVENT_WAS(RevenueCredited, .model = model_, .asset = 0, .amount = 12345);
    assert_true(books() - held == 12345 && payer - free_of(40) == 12345 && issuance == balances_total_issuance());
    assert_true(own_of(model_, 1).total == 12345);
}

static void revenue_does_not_overflow(void **state) {
    (void)state;
    uint32_t asset = 0;
    models_Revenue_put(&model_, &asset, &(models_revenue){U128_MAX - 5, U128_MAX - 5});
    overlay_begin();
    assert_int_equal(models_book_revenue(model_, 0, 6), ARITHMETIC_ERROR(Overflow));
    assert_int_equal(models_book_revenue(model_, 0, 5), DISPATCH_OK);
    overlay_rollback();
    models_Revenue_put(&model_, &asset, &(models_revenue){0, 0});
    uint32_t generation = 1;
    models_Own_put(&model_, &generation, &asset, &(models_own){U128_MAX, 0});
    overlay_begin();
    assert_int_equal(models_book_revenue(model_, 0, 1), ARITHMETIC_ERROR(Overflow));
    overlay_rollback();
    models_Own_put(&model_, &generation, &asset, &(models_own){0, 0});
    u128 most = U128_MAX;
    models_Books_put(&asset, &most);
    overlay_begin();
    assert_int_equal(models_book_revenue(model_, 0, 1), ARITHMETIC_ERROR(Overflow));
    overlay_rollback();
}

static void members_take_their_floors(void **state) {
    (void)state;
    uint64_t id;
    models_NextModelId_get(&id);
    models_share thirds[3] = {{account(ALICE), 333333334}, {account(BOB), 333333333}, {account(CAROL), 333333333}};
    OK(ALICE, REGISTER_MODEL, register_model, .licence = licence_, .split = {thirds, 3},
       .policy = {.tag = models_policy_Open});
    publish(ALICE, id, spec_of(8));
    REFUSES(BAD_ORIGIN, ROOT, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1);
    FAILS(UnknownModel, BOB, CLAIM_ROYALTY, claim_royalty, .model = 99, .generation = 1);
    FAILS(BadAsset, BOB, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1, .asset = 3);
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1);
    credit(id, 10);
    FAILS(NothingToClaim, DAVE, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1);
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 0);
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 2);
    u128 held = books();
    assert_true(paid(BOB, id, 1) == 3 && paid(ALICE, id, 1) == 3 && paid(CAROL, id, 1) == 3);
    EVENT_WAS(RoyaltyClaimed, .model = id, .generation = 1, .who = account(CAROL), .amount = 3);
    assert_true(held - books() == 9); /* the tenth unit stays */
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1);
    credit(id, 2);
    assert_true(paid(ALICE, id, 1) == 1 && own_of(id, 1).taken == 10);
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1); /* floor(12 / 3) - dust */
}

static void too_small_a_payment_waits(void **state) {
    (void)state;
    uint64_t id;
    models_NextModelId_get(&id);
    OK(ALICE, REGISTER_MODEL, register_model, .licence = licence_, .split = sole(NOBODY),
       .policy = {.tag = models_policy_Open});
    publish(ALICE, id, spec_of(8));
    credit(id, EXISTENTIAL_DEPOSIT - 1);
    FAILS(BelowED, NOBODY, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1);
    credit(id, 1);
    assert_true(paid(NOBODY, id, 1) == EXISTENTIAL_DEPOSIT);
    credit(id, 1);
    assert_true(paid(NOBODY, id, 1) == 1);
}

static void drafts_change_their_split_at_once(void **state) {
    (void)state;
    uint64_t id = draft(ALICE, licence_);
    uint32_t generation = 1;
    REFUSES(BAD_ORIGIN, ROOT, SET_SPLIT, set_split, .model = id, .split = sole(BOB));
    FAILS(UnknownModel, ALICE, SET_SPLIT, set_split, .model = 99, .split = sole(BOB));
    FAILS(NotOwner, BOB, SET_SPLIT, set_split, .model = id, .split = sole(BOB));
    models_split bad = sole(BOB);
    bad.items[0].ppb--;
    FAILS(BadSplit, ALICE, SET_SPLIT, set_split, .model = id, .split = bad);
    OK(ALICE, SET_SPLIT, set_split, .model = id, .split = even(BOB, 4));
    EVENT_WAS(SplitScheduled, .model = id, .generation = 1, .effective_epoch = 0);
    EVENT_WAS(Held, .who = account(ALICE), .amount = 3 * 36 * MILLI_UNIT, .reason = models_reason_SplitRecord);
    models_split_record record;
    assert_true(models_Splits_get(&id, &generation, &record));
    assert_int_equal(record.members.len, 4);
    publish(ALICE, id, spec_of(8));
    credit(id, 1000);
    assert_true(paid(BOB, id, 1) == 250);
}

static void a_split_waits_seven_epochs(void **state) {
    (void)state;
    at_epoch(2);
    credit(model_, 1000);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    EVENT_WAS(SplitScheduled, .model = model_, .generation = 2, .effective_epoch = 9);
    at_tick(9 * CLOCK_EPOCH_TICKS - 1);
    credit(model_, 100);
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 2);
    at_epoch(9);
    credit(model_, 10);
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 2);
    assert_true(own_of(model_, 1).total == 1100 && own_of(model_, 2).total == 10);
    assert_true(paid(BOB, model_, 2) == 10);
    FAILS(NothingToClaim, BOB, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
    assert_true(paid(ALICE, model_, 1) == 1100 + UNIT / 10 + 85 * MILLI_UNIT);
    EVENT_WAS(SplitRemoved, .model = model_, .generation = 1); /* the last member took the last share */
    uint32_t first = 1;
    assert_false(models_Splits_exists(&model_, &first));
    FAILS(NothingToClaim, ALICE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1);
}

static void a_later_split_replaces_the_pending_one(void **state) {
    (void)state;
    u128 held = books();
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = even(BOB, 16));
    assert_true(books() - held == UNIT / 10 + (1 + 16 * 36 + 48) * MILLI_UNIT);
    at_epoch(3);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(DAVE));
    EVENT_WAS(SplitScheduled, .model = model_, .generation = 2, .effective_epoch = 10);
    EVENT_WAS(Released, .who = account(ALICE), .amount = 15 * 36 * MILLI_UNIT, .reason = models_reason_SplitRecord);
    assert_true(books() - held == UNIT / 10 + 85 * MILLI_UNIT);
    at_epoch(7); /* when the first one would have been */
    credit(model_, 5);
    assert_true(own_of(model_, 1).total == 5);
    at_epoch(10);
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(EVE)); /* the switch happens first */
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 2);
    EVENT_WAS(SplitScheduled, .model = model_, .generation = 3, .effective_epoch = 17);
    credit(model_, 6);
    assert_true(paid(DAVE, model_, 2) == 6);
}

static void an_unused_generation_can_be_cleared(void **state) {
    (void)state;
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(BOB));
    at_epoch(7);
    credit(model_, 5);
    u128 had = free_of(ALICE);
    FAILS(NothingToClaim, EVE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 2);
    OK(EVE, CLAIM_ROYALTY, claim_royalty, .model = model_, .generation = 1); /* anyone may */
    EVENT_WAS(SplitRemoved, .model = model_, .generation = 1);
    assert_true(free_of(ALICE) - had == UNIT / 10 + 85 * MILLI_UNIT);
    assert_true(free_of(EVE) == RICH);
}

/* T3: the total grows one unit at a time with 32 ancestors and 16 members; nobody's due is ever negative and no more
 * is taken than came in. */
static void t3_shares_only_grow(void **state) {
    (void)state;
    models_ancestor list[32];
    models_share shares[16];
    uint64_t seed = 99;
    uint32_t sum = 0, left = MODELS_PPB;
    for (uint32_t i = 0; i < 32; i++) {
        list[i] = (models_ancestor){i + 1, (uint32_t)(next_random(&seed) % 9375000 + 1)};
        sum += list[i].ppb;
    }
    for (uint32_t i = 0; i < 16; i++) {
        uint32_t ppb = i == 15 ? left : (uint32_t)(next_random(&seed) % (left / 2)) + 1;
        shares[i] = (models_share){account((int)i + 1), ppb};
        left -= ppb;
    }
    u128 taken[48] = {0}, taken_sum = 0, own_total = 0, own_booked = 0;
    for (u128 total = 1; total <= 10000; total++) {
        u128 booked = part_of(total, MODELS_PPB - sum);
        assert_true(booked >= own_booked);
        own_total += booked - own_booked;
        own_booked = booked;
        for (uint32_t i = 0; i < 48; i++) {
            u128 entitled = i < 32 ? part_of(total, list[i].ppb) : part_of(own_total, shares[i - 32].ppb);
            assert_true(entitled >= taken[i]);
            if (next_random(&seed) % 3)
                continue; /* claims come when they come */
            taken_sum += entitled - taken[i];
            taken[i] = entitled;
        }
        assert_true(taken_sum <= total);
    }
}

/* The same through the pallet, with fewer steps. */
static void t3_through_the_calls(void **state) {
    (void)state;
    models_ancestor list[32];
    uint64_t id, first, seed = 5;
    for (uint64_t i = 0; i < 32; i++)
        active(ALICE, licence_, 100 + i);
    first = model_ + 1;
    models_NextModelId_get(&id);
    OK(ALICE, REGISTER_MODEL, register_model, .licence = licence_, .royalty_ppb = MODELS_PPB, .split = even(1, 16),
       .policy = {.tag = models_policy_Open});
    publish(ALICE, id, spec_of(9));
    models_model model = model_of(id);
    for (uint32_t i = 0; i < 32; i++)
        list[i] = (models_ancestor){first + i, 9000001 + i};
    for (uint32_t i = 0; i < 32; i++)
        model.ancestors_ppb += list[i].ppb;
    models_Models_put(&id, &model);
    models_Ancestors_put(&id, &(models_ancestors){list, 32});
    u128 total = 0, out = 0;
    for (uint32_t step = 0; step < 400; step++) {
        u128 amount = next_random(&seed) % 200 + 1;
        credit(id, amount);
        total += amount;
        uint64_t a = next_random(&seed) % 32;
        u128 had, due = part_of(total, list[a].ppb);
        uint32_t asset = 0;
        models_AncestorTaken_get(&id, &list[a].model, &asset, &had);
        dispatch_result result = RUN(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = id, .ancestor = list[a].model);
        assert_int_equal(result, due > had ? DISPATCH_OK : PALLET_ERROR(models, NothingToClaim));
        out += due - had;
        int member = (int)(next_random(&seed) % 16) + 1;
        u128 before = free_of(member);
        if (RUN(member, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = 1) == DISPATCH_OK)
            out += free_of(member) - before;
        assert_true(out <= total);
    }
}

/* Takes what `who` can of a generation; a deposit that comes back with the last share is not counted. */
static void take(u128 *got, int who, uint64_t id, uint32_t generation, u128 deposit) {
    u128 had = free_of(who);
    bool there = models_Splits_exists(&id, &generation);
    if (RUN(who, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = generation) != DISPATCH_OK)
        return;
    *got += free_of(who) - had;
    if (there && !models_Splits_exists(&id, &generation) && who == ALICE)
        *got -= deposit;
}

/* T8: three changes of the split, claims in any order: everyone gets the floors of the own generations only.
 * Generation g is shared evenly by accounts 1..g, and ALICE is 1 and pays every deposit. */
static void t8_generations_do_not_mix(void **state) {
    (void)state;
    for (uint64_t round = 1; round <= 8; round++) {
        uint64_t seed = round * 7919, id = active(ALICE, licence_, 500 + round);
        u128 earned[5] = {0}, got[5][6] = {{0}};
        for (uint32_t generation = 1; generation <= 4; generation++) {
            for (uint32_t step = 0; step < 12; step++) {
                u128 amount = next_random(&seed) % 1000000000 + 1;
                credit(id, amount);
                earned[generation] += amount;
                int who = (int)(next_random(&seed) % 5) + 1;
                uint32_t g = (uint32_t)(next_random(&seed) % 4) + 1;
                take(&got[g][who], who, id, g, UNIT / 10 + (49 + 36 * g) * MILLI_UNIT);
            }
            if (generation == 4)
                break;
            OK(ALICE, SET_SPLIT, set_split, .model = id, .split = even(1, generation + 1));
            at_epoch(clock_epoch() + MODELS_SPLIT_DELAY);
        }
        for (uint32_t g = 1; g <= 4; g++)
            for (int who = 5; who >= 1; who--) {
                uint32_t ppb = (uint32_t)who > g ? 0 : MODELS_PPB / g + (who == 1 ? MODELS_PPB % g : 0);
                take(&got[g][who], who, id, g, UNIT / 10 + (49 + 36 * g) * MILLI_UNIT);
                assert_true(got[g][who] == part_of(earned[g], ppb));
            }
        for (uint32_t g = 1; g <= 4; g++)
            assert_int_equal(models_Splits_exists(&id, &g), g == 4);
    }
}

static void ancestors_pass_on_into_the_split_in_force(void **state) {
    (void)state;
    uint64_t child = draft(BOB, licence_);
    models_parent parent = {model_, 1, 100000000};
    OK(BOB, SET_PARENTS, set_parents, .model = child, .parents = {&parent, 1});
    publish(BOB, child, spec_of(8));
    credit(child, 1000);
    assert_true(own_of(child, 1).total == 900);
    REFUSES(BAD_ORIGIN, ROOT, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = model_);
    FAILS(UnknownModel, EVE, CLAIM_ANCESTOR, claim_ancestor, .child = 99, .ancestor = model_);
    FAILS(UnknownModel, EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = 99);
    FAILS(NotAncestor, EVE, CLAIM_ANCESTOR, claim_ancestor, .child = model_, .ancestor = child);
    FAILS(NotAncestor, EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = child);
    FAILS(BadAsset, EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = model_, .asset = 1);
    u128 held = books();
    OK(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = model_);
    EVENT_WAS(AncestorClaimed, .child = child, .ancestor = model_, .amount = 100);
    assert_true(books() == held);
    FAILS(NothingToClaim, EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = model_);
    /* What is passed on is the ancestor's own: its table does not take another part of it. */
    models_revenue revenue;
    uint32_t asset = 0;
    assert_false(models_Revenue_get(&model_, &asset, &revenue));
    OK(ALICE, SET_SPLIT, set_split, .model = model_, .split = sole(DAVE));
    at_epoch(7);
    credit(child, 500);
    OK(ROOT, FREEZE, freeze, .model = child); /* does not hold up the ancestors */
    OK(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = model_);
    EVENT_WAS(SplitSwitched, .model = model_, .generation = 2);
    assert_true(paid(DAVE, model_, 2) == 50 && paid(ALICE, model_, 1) >= 100);
    models_Own_put(&model_, &(uint32_t){2}, &asset, &(models_own){U128_MAX, 0});
    overlay_begin();
    assert_int_equal(models_book_revenue(child, 0, 1000), DISPATCH_OK);
    struct dispatch ctx = signed_by(EVE);
    assert_int_equal(models_claim_ancestor(&ctx, &(models_call_claim_ancestor){child, model_, 0}),
                     ARITHMETIC_ERROR(Overflow));
    overlay_rollback();
}

/* Out of more than the books say is refused, never cut down. */
static void the_books_are_a_limit(void **state) {
    (void)state;
    uint32_t asset = 0;
    credit(model_, 1000);
    u128 little = 999;
    models_Books_put(&asset, &little);
    struct dispatch ctx = signed_by(ALICE);
    overlay_begin();
    assert_int_equal(models_claim_royalty(&ctx, &(models_call_claim_royalty){model_, 1, 0}),
                     DISPATCH_ERROR(Corruption));
    overlay_rollback();
    assert_non_null(models_try_state());
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(credit_is_roots_and_moves_money, with_active),
        cmocka_unit_test_setup(revenue_does_not_overflow, with_active),
        cmocka_unit_test_setup(members_take_their_floors, with_active),
        cmocka_unit_test_setup(too_small_a_payment_waits, with_active),
        cmocka_unit_test_setup(drafts_change_their_split_at_once, with_active),
        cmocka_unit_test_setup(a_split_waits_seven_epochs, with_active),
        cmocka_unit_test_setup(a_later_split_replaces_the_pending_one, with_active),
        cmocka_unit_test_setup(an_unused_generation_can_be_cleared, with_active),
        cmocka_unit_test_setup(t3_shares_only_grow, models_start),
        cmocka_unit_test_setup(t3_through_the_calls, with_active),
        cmocka_unit_test_setup(t8_generations_do_not_mix, with_active),
        cmocka_unit_test_setup(ancestors_pass_on_into_the_split_in_force, with_active),
        cmocka_unit_test_setup(the_books_are_a_limit, with_active),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
