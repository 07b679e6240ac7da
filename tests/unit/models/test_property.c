/* test_property.c - random lives of a few models: whatever calls come in whatever order, the invariants hold (checked
 * after every call by the fixture), failed calls change nothing, and in the end everybody gets the last unit due. */
#include "models/models_fixture.h"

#include "clock/clock.h"

enum { PEOPLE = 6, STEPS = 6000, MAX_MODELS = 24 };

struct world {
    uint64_t seed, models;
    u128 credited, paid, passed;
    uint32_t licences, done, refused, now;
    uint32_t by_call[CREDIT_REVENUE + 1];
};

static uint32_t pick(struct world *w, uint32_t below) { return (uint32_t)(next_random(&w->seed) >> 16) % below; }
static int someone(struct world *w) { return (int)pick(w, PEOPLE) + 1; }
static uint64_t some_model(struct world *w) { return w->models ? pick(w, (uint32_t)w->models) + 1 : 1; }

/* The owner or the controller most of the time, so that calls get beyond the first check. */
static int someone_of(struct world *w, uint64_t id, bool owner) {
    models_model model;
    if (pick(w, 8) == 0 || !models_Models_get(&id, &model))
        return someone(w);
    return owner ? model.owner.at[0] : model.controller.at[0];
}

static models_split some_split(struct world *w) {
    static models_share shares[PEOPLE];
    uint32_t members = pick(w, PEOPLE) + 1, left = MODELS_PPB;
    for (uint32_t i = 0; i < members; i++) {
        uint32_t part = i + 1 == members ? left : pick(w, left / 2) + 1;
        shares[i] = (models_share){account((int)i + 1), part};
        left -= part;
    }
    if (pick(w, 20) == 0)
        shares[0].ppb++;
    return (models_split){shares, members};
}

static models_policy some_policy(struct world *w) {
    static const uint8_t tags[] = {models_policy_Open, models_policy_LicenceAccepted, models_policy_Allow, models_policy_Tee};
    models_policy policy = {.tag = tags[pick(w, 4)]};
    if (policy.tag == models_policy_Allow) {
        policy.as.Allow.root = hash_of(5);
        policy.as.Allow.count = pick(w, 3);
    }
    return policy;
}

static dispatch_result count(struct world *w, uint8_t call, dispatch_result result) {
    if (result == DISPATCH_OK) {
        w->done++;
        w->by_call[call]++;
    } else {
        w->refused++;
    }
    return result;
}
#define DO(who, INDEX, name, ...) count(w, INDEX, RUN(who, INDEX, name, __VA_ARGS__))

static void reveal_something(struct world *w, uint64_t id) {
    models_model model;
    if (!models_Models_get(&id, &model) || model.staged.len == 0)
        return;
    uint32_t number = model.staged.items[pick(w, model.staged.len)];
    /* The version of a stage follows from its number, so that it can be shown later. */
    count(w, ACTIVATE_VERSION,
          reveal(someone_of(w, id, false), id, number, spec_of(id * 1000 + number), (uint8_t)number));
}

static void stage_something(struct world *w, uint64_t id) {
    models_model model;
    if (!models_Models_get(&id, &model))
        return;
    uint32_t number = model.last_number + 1;
    DO(someone_of(w, id, false), STAGE_VERSION, stage_version, .model = id,
       .commit = commit_of(model.owner.at[0], id, spec_of(id * 1000 + number), (uint8_t)number));
}

static void name_parents(struct world *w, uint64_t id) {
    models_parent parents[4];
    uint32_t n = pick(w, 3) + 1;
    uint64_t p = 0;
    for (uint32_t i = 0; i < n; i++) {
        models_model parent;
        p += pick(w, (uint32_t)w->models / 3 + 1) + (pick(w, 20) != 0);
        parents[i] = (models_parent){p, models_Models_get(&p, &parent) ? parent.latest : 1, 10000000 + pick(w, 120000000)};
    }
    DO(someone_of(w, id, false), SET_PARENTS, set_parents, .model = id, .parents = {parents, n});
}

static void take_royalty(struct world *w, int who, uint64_t id, uint32_t generation) {
    /* What is paid is what the event says; deposits that come back at the end of a generation are not royalties. */
    models_own before, after;
    uint32_t asset = 0;
    models_split_record split;
    u128 taken = 0, had = 0;
    account_id member = account(who);
    models_Own_get(&id, &generation, &asset, &before);
    models_SplitTaken_get(&id, &generation, &member, &asset, &had);
    if (!models_Splits_get(&id, &generation, &split))
        split.members.len = 0;
    if (DO(who, CLAIM_ROYALTY, claim_royalty, .model = id, .generation = generation) != DISPATCH_OK)
        return;
    if (models_Own_get(&id, &generation, &asset, &after)) {
        taken = after.taken - before.taken;
    } else {
        for (uint32_t i = 0; i < split.members.len; i++)
            if (memcmp(&split.members.items[i].account, &member, sizeof member) == 0) {
                bool fits = mul_div_floor(&taken, before.total, split.members.items[i].ppb, MODELS_PPB);
                assert_true(fits);
                taken -= had;
            }
    }
    w->paid += taken;
}

static void step(struct world *w) {
    uint64_t id = some_model(w), other = some_model(w);
    uint32_t kind = pick(w, 30);
    int who = someone(w);
    if (kind <= 1 && w->models < MAX_MODELS) {
        if (w->models > 3 && pick(w, 8))
            return; /* later ones can have parents */
        if (DO(who, REGISTER_MODEL, register_model, .licence = pick(w, w->licences) + 1, .royalty_ppb = MODELS_PPB,
               .split = some_split(w), .policy = some_policy(w)) == DISPATCH_OK) {
            w->models++;
            name_parents(w, w->models);
        }
    } else if (kind <= 4) {
        stage_something(w, id);
    } else if (kind <= 8) {
        reveal_something(w, id);
    } else if (kind == 9) {
        DO(someone_of(w, id, false), YANK_VERSION, yank_version, .model = id, .number = pick(w, 4) + 1);
    } else if (kind == 10 || kind == 11) {
        name_parents(w, id);
    } else if (kind == 12) {
        DO(someone_of(w, id, true), SET_SPLIT, set_split, .model = id, .split = some_split(w));
    } else if (kind == 13) {
        DO(someone_of(w, id, false), SET_POLICY, set_policy, .model = id, .policy = some_policy(w));
    } else if (kind == 14) {
        DO(someone_of(w, id, true), SET_CONTROLLER, set_controller, .model = id, .controller = account(who));
    } else if (kind == 15) {
        DO(someone_of(w, id, true), TRANSFER_MODEL, transfer_model, .model = id, .to = {pick(w, 4) != 0, account(who)});
    } else if (kind == 16) {
        models_model model;
        bool offered = models_Models_get(&id, &model) && model.pending_owner.some;
        DO(offered ? model.pending_owner.value.at[0] : who, ACCEPT_TRANSFER, accept_transfer, .model = id);
    } else if (kind == 17) {
        if (pick(w, 4) == 0)
            DO(someone_of(w, id, true), DEPRECATE, deprecate, .model = id);
    } else if (kind == 18) {
        DO(who, ACCEPT_LICENCE, accept_licence, .licence = pick(w, w->licences) + 1, .text_hash = hash_of(1));
    } else if (kind == 19) {
        DO(who, OPEN_CLAIM, open_claim, .model = id, .version = 1 + pick(w, 2), .bond = MODELS_CLAIM_BOND);
    } else if (kind == 20) {
        DO(ROOT, RESOLVE_CLAIM, resolve_claim, .model = id, .won = pick(w, 2) == 0);
    } else if (kind == 21) {
        if (pick(w, 3) == 0)
            DO(ROOT, FREEZE, freeze, .model = id);
        else
            DO(ROOT, UNFREEZE, unfreeze, .model = id);
    } else if (kind <= 24) {
        u128 amount = (u128)(next_random(&w->seed) % 1000000007) + 1;
        if (DO(ROOT, CREDIT_REVENUE, credit_revenue, .from = account(40), .model = id, .amount = amount) == DISPATCH_OK)
            w->credited += amount;
    } else if (kind == 25) {
        models_ancestors known;
        if (models_Ancestors_get(&id, &known))
            other = known.items[pick(w, known.len)].model;
        DO(who, CLAIM_ANCESTOR, claim_ancestor, .child = id, .ancestor = other);
    } else if (kind <= 28) {
        take_royalty(w, who, id, pick(w, 4) + 1);
    } else {
        w->now += pick(w, 3) ? pick(w, 30) : pick(w, 30000);
        at_tick(w->now);
    }
    account_data own;
    balances_account(&models_account, &own);
    assert_true(own.free - EXISTENTIAL_DEPOSIT == books()); /* nothing moves beside the books */
}

/* Ends every stop, then everybody takes everything. */
static void settle(struct world *w) {
    w->now += 100 * CLOCK_EPOCH_TICKS;
    at_tick(w->now);
    for (uint64_t id = 1; id <= w->models; id++)
        DO(ROOT, UNFREEZE, unfreeze, .model = id);
    for (uint64_t child = 1; child <= w->models; child++)
        for (uint64_t ancestor = 1; ancestor < child; ancestor++)
            DO(EVE, CLAIM_ANCESTOR, claim_ancestor, .child = child, .ancestor = ancestor);
    for (uint64_t id = 1; id <= w->models; id++) {
        models_split_state state;
        models_SplitStates_get(&id, &state);
        for (uint32_t generation = 1; generation <= state.generation + 1; generation++)
            for (int who = 1; who <= PEOPLE; who++)
                take_royalty(w, who, id, generation);
    }
}

/* What is left of the revenue is dust: less than a unit for each share of each model and generation. */
static void check_rest(struct world *w) {
    u128 shares = 0;
    for (uint64_t id = 1; id <= w->models; id++) {
        models_ancestors ancestors;
        models_split_state state;
        models_revenue revenue;
        uint32_t asset = 0;
        models_Ancestors_get(&id, &ancestors);
        models_SplitStates_get(&id, &state);
        models_Revenue_get(&id, &asset, &revenue);
        shares += 1 + ancestors.len + (u128)16 * state.generation;
        for (uint32_t i = 0; i < ancestors.len; i++) {
            u128 taken, entitled;
            models_AncestorTaken_get(&id, &ancestors.items[i].model, &asset, &taken);
            bool fits = mul_div_floor(&entitled, revenue.total, ancestors.items[i].ppb, MODELS_PPB);
            assert_true(fits && taken == entitled);
        }
        for (uint32_t generation = 1; generation < state.generation; generation++)
            assert_false(models_Splits_exists(&id, &generation)); /* paid and cleared */
        models_own own;
        models_split_record split;
        if (!models_Splits_get(&id, &state.generation, &split))
            continue;
        models_Own_get(&id, &state.generation, &asset, &own);
        u128 sum = 0;
        for (uint32_t i = 0; i < split.members.len; i++) {
            u128 entitled;
            bool fits = mul_div_floor(&entitled, own.total, split.members.items[i].ppb, MODELS_PPB);
            assert_true(fits);
            sum += entitled;
        }
        assert_true(sum == own.taken);
    }
    assert_true(w->paid <= w->credited && w->credited - w->paid < shares);
}

static void live(uint64_t seed, uint32_t *by_call) {
    struct world world = {.seed = seed, .now = 100}, *w = &world;
    models_licence terms = usual_licence();
    licence(ALICE, terms);
    terms.flags |= MODELS_SHARE_ALIKE;
    licence(BOB, terms);
    terms = usual_licence();
    terms.expires = 300000;
    licence(CAROL, terms);
    w->licences = 3;
    for (uint32_t i = 0; i < STEPS; i++) {
        struct arena_mark mark = arena_mark(&arena_scratch);
        step(w);
        arena_rewind(&arena_scratch, mark);
    }
    settle(w);
    check_rest(w);
    print_message("seed %llu: %llu models, %u calls done, %u refused\n", (unsigned long long)seed,
                  (unsigned long long)w->models, w->done, w->refused);
    for (uint32_t i = 0; i <= CREDIT_REVENUE; i++)
        by_call[i] += w->by_call[i];
}

static uint32_t by_call[CREDIT_REVENUE + 1];
static void life_1(void **state) { (void)state; live(0x9e3779b97f4a7c15u, by_call); }
static void life_2(void **state) { (void)state; live(20261122, by_call); }
static void life_3(void **state) { (void)state; live(777, by_call); }
static void life_4(void **state) { (void)state; live(31337, by_call); }

/* The lives above are worth something only when every kind of call succeeded in them. */
static void every_call_happened(void **state) {
    (void)state;
    for (uint32_t i = REGISTER_MODEL; i <= CREDIT_REVENUE; i++)
        if (by_call[i] < 3)
            fail_msg("call %u succeeded only %u times", i, by_call[i]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(life_1, models_start), cmocka_unit_test_setup(life_2, models_start),
        cmocka_unit_test_setup(life_3, models_start), cmocka_unit_test_setup(life_4, models_start),
        cmocka_unit_test(every_call_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
