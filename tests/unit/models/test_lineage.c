/* test_lineage.c - parents, what their licences allow, and the flattened table of ancestors. */
#include "models/models_fixture.h"

#include "clock/clock.h"
#include "models/models_internal.h"

static uint32_t licence_;

static int with_licence(void **state) {
    if (models_start(state))
        return -1;
    licence_ = licence(CAROL, usual_licence());
    return 0;
}

static models_licence terms_of(uint32_t flags, uint32_t royalty) {
    models_licence terms = usual_licence();
    terms.flags = flags;
    terms.derivative_royalty_ppb = royalty;
    return terms;
}

static dispatch_result set_parents(int who, uint64_t child, const models_parent *parents, uint32_t count) {
    models_parent copy[4];
    memcpy(copy, parents, count * sizeof *copy);
    return RUN(who, SET_PARENTS, set_parents, .model = child, .parents = {copy, count});
}
#define PARENT(model, version, ppb) (&(models_parent){model, version, ppb})

static models_ancestors ancestors_of(uint64_t id) {
    models_ancestors list;
    models_Ancestors_get(&id, &list);
    return list;
}

static void parents_are_older_live_and_distinct(void **state) {
    (void)state;
    uint64_t p = active(ALICE, licence_, 1), unborn = draft(ALICE, licence_), child = draft(BOB, licence_);
    const dispatch_result cycle = PALLET_ERROR(models, CycleOrSelf), dead = PALLET_ERROR(models, ParentNotLive);
    assert_int_equal(set_parents(ROOT, child, PARENT(p, 1, 10000000), 1), BAD_ORIGIN);
    assert_int_equal(set_parents(BOB, 99, PARENT(p, 1, 10000000), 1), PALLET_ERROR(models, UnknownModel));
    assert_int_equal(set_parents(ALICE, child, PARENT(p, 1, 10000000), 1), PALLET_ERROR(models, NotController));
    assert_int_equal(set_parents(BOB, child, PARENT(child, 1, 10000000), 1), cycle);
    assert_int_equal(set_parents(BOB, child, PARENT(child + 1, 1, 10000000), 1), cycle);
    const models_parent twice[2] = {{p, 1, 10000000}, {p, 1, 20000000}};
    assert_int_equal(set_parents(BOB, child, twice, 2), cycle);
    assert_int_equal(set_parents(BOB, child, PARENT(0, 1, 10000000), 1), PALLET_ERROR(models, UnknownModel));
    assert_int_equal(set_parents(BOB, child, PARENT(p, 2, 10000000), 1), PALLET_ERROR(models, UnknownVersion));
    assert_int_equal(set_parents(BOB, child, PARENT(unborn, 1, 10000000), 1), PALLET_ERROR(models, UnknownVersion));
    OK(ROOT, FREEZE, freeze, .model = p);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 10000000), 1), dead);
    OK(ROOT, UNFREEZE, unfreeze, .model = p);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 10000000), 1), DISPATCH_OK);
    models_parent list[1] = {{p, 1, 10000000}};
    EVENT_WAS(ParentsSet, .model = child, .parents = {list, 1});
    publish(ALICE, p, spec_of(2));
    OK(ALICE, YANK_VERSION, yank_version, .model = p, .number = 1);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 10000000), 1), dead);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 2, 10000000), 1), DISPATCH_OK);
    OK(ALICE, DEPRECATE, deprecate, .model = p);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 2, 10000000), 1), dead);
    /* Checked again at the first activation. */
    uint32_t number = stage(BOB, child, spec_of(3), 1);
    at_tick(clock_now() + 10);
    assert_int_equal(reveal(BOB, child, number, spec_of(3), 1), dead);
    assert_int_equal(set_parents(BOB, child, list, 0), DISPATCH_OK); /* or give them up */
    assert_false(models_Parents_exists(&child));
    assert_int_equal(reveal(BOB, child, number, spec_of(3), 1), DISPATCH_OK);
    assert_int_equal(set_parents(BOB, child, list, 0), PALLET_ERROR(models, BadState));
}

static void a_later_end_of_a_parent_changes_nothing(void **state) {
    (void)state;
    uint64_t p = active(ALICE, licence_, 1), child = draft(BOB, licence_);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 50000000), 1), DISPATCH_OK);
    publish(BOB, child, spec_of(2));
    OK(ALICE, YANK_VERSION, yank_version, .model = p, .number = 1);
    OK(ROOT, FREEZE, freeze, .model = p);
    publish(BOB, child, spec_of(3)); /* later versions are not asked for live parents */
    credit(child, 1000);
    OK(CAROL, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = p);
    EVENT_WAS(AncestorClaimed, .child = child, .ancestor = p, .amount = 50);
}

static void deposits_of_parents_follow_the_list(void **state) {
    (void)state;
    uint64_t a = active(ALICE, licence_, 1), b = active(ALICE, licence_, 2), child = draft(BOB, licence_);
    const models_parent two[2] = {{a, 1, 10000000}, {b, 1, 10000000}};
    u128 held = books();
    assert_int_equal(set_parents(BOB, child, two, 2), DISPATCH_OK);
    assert_true(books() - held == UNIT / 10 + (1 + 32 + 48) * MILLI_UNIT);
    assert_int_equal(set_parents(BOB, child, two, 1), DISPATCH_OK);
    EVENT_WAS(Released, .who = account(BOB), .amount = 16 * MILLI_UNIT, .reason = models_reason_ParentsRecord);
    assert_true(books() - held == UNIT / 10 + (1 + 16 + 48) * MILLI_UNIT);
    OK(BOB, SET_CONTROLLER, set_controller, .model = child, .controller = account(DAVE));
    assert_int_equal(set_parents(DAVE, child, two, 2), DISPATCH_OK); /* now Dave's */
    EVENT_WAS(Released, .who = account(BOB), .amount = UNIT / 10 + 65 * MILLI_UNIT,
              .reason = models_reason_ParentsRecord);
    EVENT_WAS(Held, .who = account(DAVE), .amount = UNIT / 10 + 81 * MILLI_UNIT, .reason = models_reason_ParentsRecord);
    assert_int_equal(set_parents(DAVE, child, two, 0), DISPATCH_OK);
    assert_true(books() == held);
    OK(BOB, SET_CONTROLLER, set_controller, .model = child, .controller = account(POOR));
    assert_int_equal(set_parents(POOR, child, two, 1), PALLET_ERROR(models, LowFunds));
}

static void rates_and_licences(void **state) {
    (void)state;
    const dispatch_result forbids = PALLET_ERROR(models, LicenceForbidsDerivative),
                          high = PALLET_ERROR(models, RoyaltyStackTooHigh);
    uint64_t free_ = active(ALICE, licence(ALICE, terms_of(MODELS_DERIVATIVES, 0)), 1);
    uint64_t closed = active(ALICE, licence(ALICE, terms_of(MODELS_COMMERCIAL, 0)), 2);
    uint64_t dear = active(ALICE, licence(ALICE, terms_of(MODELS_DERIVATIVES, 200000000)), 3);
    uint64_t child = draft(BOB, licence_);
    assert_int_equal(set_parents(BOB, child, PARENT(free_, 1, 0), 1), DISPATCH_OK); /* 0 is a rate */
    assert_int_equal(set_parents(BOB, child, PARENT(closed, 1, 300000000), 1), forbids);
    assert_int_equal(set_parents(BOB, child, PARENT(dear, 1, 199999999), 1), forbids);
    assert_int_equal(set_parents(BOB, child, PARENT(dear, 1, 200000000), 1), DISPATCH_OK);
    models_parent both[2] = {{dear, 1, 200000000}, {free_, 1, 100000000}};
    assert_int_equal(set_parents(BOB, child, both, 2), DISPATCH_OK);
    both[1].ppb++;
    assert_int_equal(set_parents(BOB, child, both, 2), high);
    both[0].ppb = both[1].ppb = UINT32_MAX; /* the sum does not wrap */
    assert_int_equal(set_parents(BOB, child, both, 2), high);
    /* Whoever has parents charges everything. */
    uint64_t cheap;
    models_NextModelId_get(&cheap);
    OK(BOB, REGISTER_MODEL, register_model, .licence = licence_, .royalty_ppb = MODELS_PPB - 1, .split = sole(BOB),
       .policy = {.tag = models_policy_Open});
    assert_int_equal(set_parents(BOB, cheap, PARENT(free_, 1, 0), 1), PALLET_ERROR(models, RoyaltyEvasion));
    assert_int_equal(set_parents(BOB, cheap, PARENT(free_, 1, 0), 0), DISPATCH_OK);
}

static void share_alike(void **state) {
    (void)state;
    const dispatch_result forbids = PALLET_ERROR(models, LicenceForbidsDerivative);
    const uint32_t flags = MODELS_DERIVATIVES | MODELS_SHARE_ALIKE | MODELS_ATTRIBUTION;
    uint64_t p = active(ALICE, licence(ALICE, terms_of(flags, 50000000)), 1);
    uint64_t q = active(ALICE, licence(ALICE, terms_of(flags | MODELS_NO_RESALE, 50000000)), 2);
    const struct {
        uint32_t flags, royalty;
        bool fits;
    } rows[] = {{flags, 50000000, true},
                {flags, 60000000, true},
                {flags, 49999999, false},
                {flags | MODELS_COMMERCIAL, 50000000, false},
                {flags & ~(uint32_t)MODELS_ATTRIBUTION, 50000000, false},
                {flags | 1u << 8, 50000000, true}}; /* fields of use are not terms */
    for (uint32_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t child = draft(BOB, licence(BOB, terms_of(rows[i].flags, rows[i].royalty)));
        assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 50000000), 1), rows[i].fits ? DISPATCH_OK : forbids);
    }
    const models_parent both[2] = {{p, 1, 50000000}, {q, 1, 50000000}};
    uint64_t child = draft(BOB, licence(BOB, terms_of(flags, 50000000)));
    assert_int_equal(set_parents(BOB, child, both, 2), forbids); /* nobody can be like both */
}

static void expired_parents_have_no_new_children(void **state) {
    (void)state;
    models_licence terms = usual_licence();
    terms.expires = 500;
    uint64_t p = active(ALICE, licence(ALICE, terms), 1), child = draft(BOB, licence_);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 10000000), 1), DISPATCH_OK);
    uint32_t number = stage(BOB, child, spec_of(2), 1);
    at_tick(500);
    assert_int_equal(set_parents(BOB, child, PARENT(p, 1, 10000000), 1), PALLET_ERROR(models, LicenceExpired));
    assert_int_equal(reveal(BOB, child, number, spec_of(2), 1), PALLET_ERROR(models, LicenceExpired));
    at_tick(499);
    assert_int_equal(reveal(BOB, child, number, spec_of(2), 1), DISPATCH_OK);
}

/* Grandparent at 10 %, parent at 20 %: the pass is floor(0.2 x 0.1), the parent keeps the rest of its 20 %. */
static void ancestors_are_flattened(void **state) {
    (void)state;
    uint64_t g = active(ALICE, licence_, 1), p = draft(BOB, licence_), c = draft(CAROL, licence_), d = draft(DAVE, licence_);
    assert_int_equal(set_parents(BOB, p, PARENT(g, 1, 100000001), 1), DISPATCH_OK);
    publish(BOB, p, spec_of(2));
    assert_int_equal(model_of(p).ancestors_ppb, 100000001);
    assert_int_equal(set_parents(CAROL, c, PARENT(p, 1, 200000003), 1), DISPATCH_OK);
    publish(CAROL, c, spec_of(3));
    models_ancestors list = ancestors_of(c);
    const uint32_t pass = (uint32_t)(200000003ull * 100000001 / MODELS_PPB);
    assert_int_equal(list.len, 2);
    assert_true(list.items[0].model == g && list.items[0].ppb == pass);
    assert_true(list.items[1].model == p && list.items[1].ppb == 200000003 - pass);
    assert_int_equal(model_of(c).ancestors_ppb, 200000003);
    /* The same ancestor over two ways counts once, with the sum. */
    const models_parent both[2] = {{c, 1, 100000000}, {g, 1, 200000000}};
    assert_int_equal(set_parents(DAVE, d, both, 2), DISPATCH_OK);
    publish(DAVE, d, spec_of(4));
    list = ancestors_of(d);
    const uint32_t to_g = (uint32_t)(100000000ull * pass / MODELS_PPB),
                   to_p = (uint32_t)(100000000ull * (200000003 - pass) / MODELS_PPB);
    assert_int_equal(list.len, 3);
    assert_int_equal(list.items[0].ppb, 200000000 + to_g);
    assert_int_equal(list.items[1].ppb, to_p);
    assert_int_equal(list.items[2].ppb, 100000000 - to_g - to_p);
    assert_int_equal(model_of(d).ancestors_ppb, MODELS_MAX_ANCESTORS_PPB);
}

static void nobody_with_nothing_is_listed(void **state) {
    (void)state;
    uint32_t free_ = licence(ALICE, terms_of(MODELS_DERIVATIVES, 0));
    uint64_t g = active(ALICE, free_, 1), p = draft(BOB, free_), c = draft(CAROL, free_);
    assert_int_equal(set_parents(BOB, p, PARENT(g, 1, 9), 1), DISPATCH_OK);
    publish(BOB, p, spec_of(2));
    const models_parent two[2] = {{p, 1, 100}, {g, 1, 0}};
    assert_int_equal(set_parents(CAROL, c, two, 2), DISPATCH_OK);
    publish(CAROL, c, spec_of(3));
    assert_int_equal(ancestors_of(c).len, 1); /* 100 x 9 / 10^9 is nothing */
    assert_true(ancestors_of(c).items[0].model == p && ancestors_of(c).items[0].ppb == 100);
    uint64_t e = draft(DAVE, free_);
    assert_int_equal(set_parents(DAVE, e, PARENT(g, 1, 0), 1), DISPATCH_OK);
    publish(DAVE, e, spec_of(4));
    assert_int_equal(ancestors_of(e).len, 0);
    assert_false(models_Ancestors_exists(&e));
}

/* Puts an Active model with `count` ancestors of `ppb` each into storage: chains that long are slow to register. */
static uint64_t with_ancestors(uint64_t artifact, uint64_t first, uint32_t count, uint32_t ppb) {
    models_ancestor list[32];
    uint64_t id = active(ALICE, licence_, artifact);
    for (uint32_t i = 0; i < count; i++)
        list[i] = (models_ancestor){first + i, ppb};
    models_model model = model_of(id);
    model.ancestors_ppb = count * ppb;
    models_Models_put(&id, &model);
    models_Ancestors_put(&id, &(models_ancestors){list, count});
    return id;
}

/* Four parents that have 28 ancestors together: 32, the most there can be. */
static uint64_t full_child(int who, uint32_t parents, uint32_t extra) {
    uint64_t base = active(ALICE, licence_, 1000), parent_ids[4];
    for (uint32_t i = 1; i < 30; i++)
        active(ALICE, licence_, 1000 + i);
    models_parent list[4];
    for (uint32_t i = 0; i < parents; i++) {
        parent_ids[i] = with_ancestors(2000 + i, base + 7 * i, i == 3 ? 7 + extra : 7, 1000000);
        list[i] = (models_parent){parent_ids[i], 1, 75000000};
    }
    uint64_t child = draft(who, licence_);
    assert_int_equal(set_parents(who, child, list, parents), DISPATCH_OK);
    return child;
}

static void four_parents_and_thirty_two_ancestors(void **state) {
    (void)state;
    uint64_t child = full_child(BOB, 4, 0);
    publish(BOB, child, spec_of(5));
    models_ancestors list = ancestors_of(child);
    assert_int_equal(list.len, 32);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < list.len; i++)
        sum += list.items[i].ppb;
    assert_int_equal(sum, 300000000);
    assert_int_equal(list.items[0].ppb, 75000);
    assert_int_equal(list.items[31].ppb, 75000000 - 7 * 75000);
    credit(child, 1000000000);
    for (uint32_t i = 0; i < 32; i++)
        OK(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = list.items[i].model);
    assert_true(free_of(EVE) == RICH);
}

static void thirty_three_are_too_many(void **state) {
    (void)state;
    uint64_t child = full_child(BOB, 4, 1);
    uint32_t number = stage(BOB, child, spec_of(5), 1);
    at_tick(clock_now() + 10);
    assert_int_equal(reveal(BOB, child, number, spec_of(5), 1), PALLET_ERROR(models, RoyaltyStackTooHigh));
}

/* The budget of the issue is 120 host calls in BlockBuilder_apply_extrinsic, of which the executive needs about 35. */
static void the_largest_activation_is_cheap(void **state) {
    (void)state;
    uint64_t child = full_child(BOB, 4, 0);
    uint32_t number = stage(BOB, child, spec_of(5), 1);
    at_tick(clock_now() + 10);
    overlay_flush();
    overlay_reset();
    shim_reset_counters();
    models_call_activate_version args = {.model = child, .number = number, .version = spec_of(5)};
    memset(&args.salt, 1, sizeof args.salt);
    struct dispatch ctx = signed_by(BOB);
    assert_int_equal(models_activate_version(&ctx, &args), DISPATCH_OK);
    overlay_flush();
    print_message("activate_version: %u host calls\n", (unsigned)shim_calls());
    assert_in_range(shim_calls(), 1, 85);
}

static void registration_is_cheap(void **state) {
    (void)state;
    overlay_flush();
    overlay_reset();
    shim_reset_counters();
    models_call_register_model args = {
        .licence = licence_, .royalty_ppb = MODELS_PPB, .split = sole(BOB), .policy = {.tag = models_policy_Open}};
    struct dispatch ctx = signed_by(BOB);
    assert_int_equal(models_register_model(&ctx, &args), DISPATCH_OK);
    overlay_flush();
    print_message("register_model: %u host calls\n", (unsigned)shim_calls());
    assert_in_range(shim_calls(), 1, 28);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(parents_are_older_live_and_distinct, with_licence),
        cmocka_unit_test_setup(a_later_end_of_a_parent_changes_nothing, with_licence),
        cmocka_unit_test_setup(deposits_of_parents_follow_the_list, with_licence),
        cmocka_unit_test_setup(rates_and_licences, with_licence),
        cmocka_unit_test_setup(share_alike, with_licence),
        cmocka_unit_test_setup(expired_parents_have_no_new_children, with_licence),
        cmocka_unit_test_setup(ancestors_are_flattened, with_licence),
        cmocka_unit_test_setup(nobody_with_nothing_is_listed, with_licence),
        cmocka_unit_test_setup(four_parents_and_thirty_two_ancestors, with_licence),
        cmocka_unit_test_setup(thirty_three_are_too_many, with_licence),
        cmocka_unit_test_setup(the_largest_activation_is_cheap, with_licence),
        cmocka_unit_test_setup(registration_is_cheap, with_licence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
