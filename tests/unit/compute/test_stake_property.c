/* test_stake_property.c - random games of operators and delegators against a model in real numbers that knows neither
 * shares nor accumulators: what both agree on is not an accident of one of them. Sums are exact. */
#include "compute/stake_model.h"

enum { OWNERS = 4, GAMES = 8, MOVES = 9000 };

static u128 issued;
static uint64_t seed;
static uint32_t done[64];

static uint64_t below(uint64_t n) { return next_random(&seed) % n; }
static u128 some(uint64_t most_milli) { return (u128)(1 + below(most_milli)) * MILLI_UNIT + below(1000000007); }

static bool is_orphan(uint32_t pool) {
    compute_pool record;
    compute_provider p;
    return !compute_Pools_get(&pool, &record) || !compute_provider_of(pool, &record, &p);
}

static bool wiped(uint32_t pool) {
    compute_pool record;
    return compute_Pools_get(&pool, &record) && record.tokens * 1000 < record.shares;
}

static void compare(void) {
    struct arena_mark mark = arena_mark(&arena_scratch);
    const char *wrong = stake_wrong();
    if (wrong)
        fail_msg("%s", wrong);
    assert_true(balances_total_issuance() == issued);
    model_compare();
    arena_rewind(&arena_scratch, mark);
}

/* --- moves. Each plays a call; when it succeeds, the model follows. --- */

/* What a call did to claims: those that are gone were paid, or joined their target. */
static u128 joined_before[POOLS];
static bool wiped_before[POOLS];
static void note(int who) {
    for (uint32_t id = 1; id < POOLS; id++) {
        compute_delegation d = delegation_of(who, id);
        joined_before[id] = d.joining.epoch == clock_epoch() ? d.joining.tokens : 0;
        wiped_before[id] = wiped(id);
    }
}

static bool listed(const compute_unbondings *list, const struct claim *claim) {
    for (uint32_t i = 0; i < list->len; i++)
        if (list->items[i].epoch == claim->epoch && list->items[i].target == claim->target)
            return true;
    return false;
}

static void deliver(int who, uint32_t target, number value) {
    model.cash[who] += value;
    if (target == 0)
        return;
    u128 after = delegation_of(who, target).joining.epoch == clock_epoch() ? delegation_of(who, target).joining.tokens : 0;
    if (after <= joined_before[target])
        return;
    model_join(who, target, real(after - joined_before[target]), wiped_before[target]);
    model.cash[who] -= real(after - joined_before[target]);
    joined_before[target] = after;
    done[40]++;
}

static void follow_claims(int who, uint32_t pool) {
    struct part *part = &model.parts[who][pool];
    compute_unbondings list = entries(who, pool);
    number paid[POOLS] = {0};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < part->claim_count; i++)
        if (listed(&list, &part->claims[i]))
            part->claims[kept++] = part->claims[i];
        else
            paid[part->claims[i].target] += part->claims[i].value;
    part->claim_count = kept;
    for (uint32_t target = 0; target < POOLS; target++)
        if (paid[target] > 0)
            deliver(who, target, paid[target]);
}

static bool ran(uint32_t move, dispatch_result result) {
    done[move] += result == DISPATCH_OK;
    return result == DISPATCH_OK;
}

static void move_delegate(int who, uint32_t pool) {
    u128 amount = some(below(4) ? 100000 : 3000000);
    bool refused = wiped(pool);
    if (!ran(0, RUN(who, delegate, .pool = pool, .amount = amount)))
        return;
    model_join(who, pool, real(amount), refused);
    model.cash[who] -= real(amount);
}

static void move_leave(int who, uint32_t pool, bool moves, uint32_t target) {
    compute_delegation before = delegation_of(who, pool), after;
    bool orphan = is_orphan(pool);
    u128 shares = below(3) ? model_worth(before.shares, below(1000), 1000) : below(2) ? before.shares : U128_MAX;
    struct part *part = &model.parts[who][pool];
    note(who);
    if (!ran(1 + moves, moves ? RUN(who, redelegate, .from = pool, .to = target, .shares = shares)
                              : RUN(who, undelegate, .pool = pool, .shares = shares)))
        return;
    model_touch(pool, wiped_before[pool]);
    after = delegation_of(who, pool);
    number fraction = after.shares ? real(shares) / real(after.shares + shares) : 1, out = part->value * fraction;
    part->value -= out;
    model.cash[who] += part->joining;
    part->joining = 0;
    follow_claims(who, pool);
    if (orphan)
        deliver(who, moves ? target : 0, out);
    else if (out > 0)
        model_add_claim(who, pool, clock_epoch(), moves ? target : 0, out);
    if (!delegates(who, pool)) {
        model.cash[who] += part->income;
        part->income = 0;
    }
}

static void move_claim(int who, uint32_t pool) {
    bool refused = wiped(pool);
    if (!ran(3, RUN(who, claim, .pool = pool)))
        return;
    model_touch(pool, refused);
    model.cash[who] += model.parts[who][pool].income;
    model.parts[who][pool].income = 0;
}

static void move_withdraw(int who, uint32_t pool) {
    note(who);
    uint32_t before = entries(who, pool).len;
    if (RUN(who, withdraw, .pool = pool, .max = (uint8_t)below(18)) != DISPATCH_OK)
        return;
    ran(4, entries(who, pool).len < before ? DISPATCH_OK : 1);
    follow_claims(who, pool);
}

static void move_earn(int owner, compute_provider *record) {
    u128 amount = some(500000);
    account_id who = account(owner);
    uint32_t pool = record->pool;
    model_touch(pool, wiped(pool));
    number all = model_pool_value(pool), rest;
    assert_int_equal(balances_pot_mint(&compute_pot, amount), DISPATCH_OK);
    compute_distribute(&who, record, amount);
    put_provider(owner, record);
    issued += amount;
    rest = pool_of(pool).shares && pool_of(pool).tokens ? real(amount) * (1 - record->commission_ppb / 1e9L) : 0;
    number bond = model.bond[pool], fresh = model.fresh_epoch[pool] == clock_epoch() ? model.fresh[pool] : 0;
    bond -= fresh < bond ? fresh : bond;
    if (rest > 0)
        rest -= rest * bond / (bond + all);
    model.cash[owner] += real(amount) - rest;
    for (int n = 1; n <= PEOPLE && rest > 0; n++)
        model.parts[n][pool].income += rest * model.parts[n][pool].value / all;
    done[5]++;
}

static void move_bond(int owner, uint32_t pool) {
    u128 amount = some(3000000);
    if (!ran(6, RUN(owner, bond_more, .amount = amount)))
        return;
    model.bond[pool] += real(amount);
    if (model.fresh_epoch[pool] != clock_epoch())
        model.fresh[pool] = 0;
    model.fresh[pool] += real(amount);
    model.fresh_epoch[pool] = clock_epoch();
    model.cash[owner] -= real(amount);
}

static void move_unbond(int owner, const compute_provider *record) {
    u128 amount = below(5) ? model_worth(record->self_bond, below(300), 1000) : record->self_bond;
    note(owner);
    if (!ran(7, RUN(owner, request_unbond, .amount = amount)))
        return;
    follow_claims(owner, record->pool);
    if (amount)
        model_add_claim(owner, record->pool, clock_epoch(), 0, real(amount));
    model.bond[record->pool] -= real(amount);
}

static void move_report(int owner) {
    static const uint32_t ppbs[] = {1000000, 5000000, 5000000, 50000000, 300000000, 900000000, 1000000000};
    uint32_t age = (uint32_t)below(24), ppb = ppbs[below(below(4) ? 3 : COUNT_OF(ppbs))], epoch = clock_epoch();
    compute_open_slashes open;
    account_id who = account(owner);
    if (age > epoch)
        return;
    compute_OpenSlashes_get(&who, &open);
    for (uint32_t i = 0; i < open.len; i++)
        if (open.items[i].fault_epoch == epoch - age && open.items[i].apply_epoch <= epoch && age <= 20) {
            compute_slash due = slash_of(open.items[i].id);
            model_slash(provider_of(owner).pool, owner, &due);
        }
    u128 before = totals().slashed;
    done[8] += report(owner, ppb, epoch - age) != 0;
    issued -= totals().slashed - before;
    done[41] += totals().slashed != before;
}

static void move_apply(void) {
    uint32_t next, id, last;
    compute_slash record;
    compute_NextSlash_get(&next);
    id = next - 1 - (uint32_t)below(next < 8 ? next : 8);
    if (!compute_Slashes_get(&id, &record))
        return;
    if (below(12) == 0) {
        ran(10, RUN(ROOT, cancel_slash, .id = id));
        return;
    }
    int owner = record.provider.at[0];
    uint32_t pool = provider_of(owner).pool;
    for (last = record.apply_epoch + 2; last <= clock_epoch() + 2; last++)
        assert_false(has_sub_pool(pool, last)); /* the walk sees all */
    u128 before = totals().slashed;
    if (!ran(9, RUN(PEOPLE, apply_slash, .id = id)))
        return;
    issued -= totals().slashed - before;
    model_slash(pool, owner, &record);
}

static void move_life(int owner) {
    account_id who = account(owner);
    compute_provider record;
    uint32_t next;
    compute_NextPool_get(&next);
    if (!compute_Providers_get(&who, &record)) {
        u128 bond = COMPUTE_MIN_SELF_BOND + some(below(2) ? 20000000 : 1);
        if (next == POOLS || !ran(11, RUN(owner, register_provider, .operator = who, .payout = who, .slots = 4, .bond = bond,
                                          .commission_ppb = (uint32_t)below(COMPUTE_MAX_COMMISSION))))
            return;
        model.bond[next] = real(bond);
        model.cash[owner] -= real(bond + provider_of(owner).deposit.amount);
        return;
    }
    if (record.state == compute_state_Leaving) {
        bool refused = wiped(record.pool);
        if (ran(12, RUN(PEOPLE, sweep_provider, .owner = who))) {
            model_touch(record.pool, refused);
            model.cash[owner] += real(record.deposit.amount);
        }
    } else if (record.state == compute_state_Jailed && record.self_bond < COMPUTE_MIN_SELF_BOND) {
        move_bond(owner, record.pool);
    } else if (record.state == compute_state_Jailed) {
        if (ran(13, run_call(owner, compute_call_index_unjail, NULL))) {
            model.cash[owner] -= real(COMPUTE_UNJAIL_FEE);
            issued -= COMPUTE_UNJAIL_FEE;
        }
    } else if (record.state == compute_state_Draining && below(3)) {
        note(owner);
        if (ran(17, RUN(owner, request_unbond, .amount = record.self_bond))) {
            follow_claims(owner, record.pool);
            model_add_claim(owner, record.pool, clock_epoch(), 0, real(record.self_bond));
            model.bond[record.pool] = 0;
        }
    } else if (record.state == compute_state_Draining) {
        ran(14, run_call(owner, compute_call_index_resume, NULL));
    } else if (below(6) == 0) {
        ran(15, run_call(owner, compute_call_index_chill, NULL));
    } else {
        ran(16, RUN(owner, set_commission, .ppb = (uint32_t)below(record.commission_ppb + COMPUTE_COMMISSION_STEP)));
    }
}

/* Rather one that lives. */
static uint32_t any_pool(void) {
    uint32_t next;
    compute_provider record;
    account_id name = account(1 + (int)below(OWNERS));
    compute_NextPool_get(&next);
    return compute_Providers_get(&name, &record) && below(4) ? record.pool : 1 + (uint32_t)below(next);
}

static void move(void) {
    int who = 1 + (int)below(PEOPLE), owner = 1 + (int)below(OWNERS);
    uint32_t pool = any_pool();
    account_id name = account(owner);
    compute_provider record;
    bool there = compute_Providers_get(&name, &record);
    switch (below(16)) {
    case 0:
    case 1: move_delegate(who, pool); break;
    case 2: move_leave(who, pool, false, 0); break;
    case 3: move_leave(who, pool, true, any_pool()); break;
    case 4: move_claim(who, pool); break;
    case 5:
    case 6: move_withdraw(below(2) ? who : owner, pool); break;
    case 7:
    case 8:
        if (there)
            move_earn(owner, &record);
        break;
    case 9: there ? move_bond(owner, record.pool) : move_life(owner); break;
    case 10:
        if (there)
            move_unbond(owner, &record);
        break;
    case 11:
        if (there && below(4) == 0)
            move_report(owner);
        break;
    case 12:
    case 13: move_apply(); break;
    case 14: move_life(owner); break;
    default:
        if (below(2))
            at_tick(clock_now() + (uint32_t)below(below(12) ? CLOCK_EPOCH_TICKS : 20 * CLOCK_EPOCH_TICKS));
        else
            RUN(PEOPLE, claim_due, .who = account(who));
    }
}

/* All go: what is left in the books is what divisions left. */
static void everybody_leaves(void) {
    uint32_t next, id;
    compute_NextPool_get(&next);
    compute_NextSlash_get(&id);
    while (--id)
        RUN(ROOT, cancel_slash, .id = id);
    for (int round = 0; round < 4; round++) {
        for (int n = 1; n <= PEOPLE; n++) {
            account_id who = account(n);
            compute_provider record;
            if (compute_Providers_get(&who, &record)) {
                run_call(n, compute_call_index_chill, NULL);
                RUN(n, request_unbond, .amount = record.self_bond);
                RUN(PEOPLE, sweep_provider, .owner = who);
            }
            for (uint32_t pool = 1; pool < next; pool++) {
                RUN(n, withdraw, .pool = pool, .max = 16);
                RUN(n, claim, .pool = pool);
                RUN(n, undelegate, .pool = pool, .shares = U128_MAX);
            }
            RUN(PEOPLE, claim_due, .who = who);
        }
        at_epoch(clock_epoch() + 22);
    }
    assert_null(stake_wrong());
    assert_true(totals().bonded == 0 && totals().delegated == 0 && totals().unbonding == 0 && totals().providers == 0);
    for (id = 1; id < next; id++)
        assert_false(compute_Pools_exists(&id));
    for (int n = 1; n <= PEOPLE; n++)
        RUN(PEOPLE, claim_due, .who = account(n));
    assert_true(books() < EXISTENTIAL_DEPOSIT * PEOPLE);
}

static void play(uint64_t first_seed) {
    assert_int_equal(stake_start(NULL), 0);
    stake_unchecked = true;
    seed = first_seed;
    memset(&model, 0, sizeof model);
    for (int n = 1; n <= PEOPLE; n++)
        model.cash[n] = real(RICH);
    issued = balances_total_issuance();
    struct arena_mark mark = arena_mark(&arena_scratch);
    for (int owner = 1; owner <= OWNERS; owner++)
        move_life(owner);
    for (int i = 0; i < MOVES; i++) {
        move();
        if (i % 25 == 0)
            compare();
        arena_rewind(&arena_scratch, mark);
    }
    compare();
    everybody_leaves();
}

static void games_agree_with_the_model(void **state) {
    (void)state;
    for (uint64_t game = 1; game <= GAMES; game++) {
        print_message("game %d, seed %d\n", (int)game, (int)(game * 7919));
        play(game * 7919);
    }
    uint32_t calls = 0;
    for (int i = 0; i <= 17; calls += done[i++])
        if (done[i] < 10)
            fail_msg("move %d succeeded only %u times", i, done[i]);
    print_message("%u calls of %d succeeded\n", calls, GAMES * MOVES);
    assert_true(done[40] > 3 && done[41] > 0); /* redelegated money that joined, due slashes met by a report */
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(games_agree_with_the_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
