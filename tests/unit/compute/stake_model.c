/* stake_model.c - see stake_model.h. */
#include "compute/stake_model.h"

struct stake_model model;

number model_pool_value(uint32_t pool) {
    number sum = 0;
    for (int n = 1; n <= PEOPLE; n++)
        sum += model.parts[n][pool].value;
    return sum;
}

void model_touch(uint32_t pool, bool refused) {
    for (int n = 1; n <= PEOPLE; n++) {
        struct part *part = &model.parts[n][pool];
        if (part->joined >= clock_epoch())
            continue;
        *(refused ? &part->income : &part->value) += part->joining;
        part->joining = 0;
    }
}

void model_join(int who, uint32_t pool, number amount, bool refused) {
    model_touch(pool, refused);
    model.parts[who][pool].joining += amount;
    model.parts[who][pool].joined = clock_epoch();
}

void model_add_claim(int who, uint32_t pool, uint32_t epoch, uint32_t target, number value) {
    struct part *part = &model.parts[who][pool];
    for (uint32_t i = 0; i < part->claim_count; i++)
        if (part->claims[i].epoch == epoch && part->claims[i].target == target) {
            part->claims[i].value += value;
            return;
        }
    assert_true(part->claim_count < ENTRIES);
    part->claims[part->claim_count++] = (struct claim){epoch, target, value};
}

void model_slash(uint32_t pool, int owner, const compute_slash *record) {
    uint32_t last = record->apply_epoch + 1, fault = record->fault_epoch;
    number own = model.bond[pool], total, first, left;
    for (uint32_t i = 0; i < model.parts[owner][pool].claim_count; i++) {
        struct claim *claim = &model.parts[owner][pool].claims[i];
        own += claim->epoch >= fault && claim->epoch <= last ? claim->value : 0;
    }
    total = own + model_pool_value(pool);
    for (int n = 1; n <= PEOPLE; n++)
        for (uint32_t i = 0; n != owner && i < model.parts[n][pool].claim_count; i++) {
            struct claim *claim = &model.parts[n][pool].claims[i];
            total += claim->epoch >= fault && claim->epoch <= last ? claim->value : 0;
        }
    number amount = total * record->ppb / 1e9L;
    first = left = amount < own / 2 ? amount : own / 2;
    number cut = model.bond[pool] < left ? model.bond[pool] : left;
    model.bond[pool] -= cut;
    left -= cut;
    for (uint32_t i = model.parts[owner][pool].claim_count; i-- > 0;) {
        struct claim *claim = &model.parts[owner][pool].claims[i];
        if (claim->epoch < fault || claim->epoch > last)
            continue;
        cut = claim->value < left ? claim->value : left;
        claim->value -= cut;
        left -= cut;
    }
    number keep = total > first ? 1 - (amount - first) / (total - first) : 1;
    model.bond[pool] *= keep;
    for (int n = 1; n <= PEOPLE; n++) {
        struct part *part = &model.parts[n][pool];
        part->value *= keep;
        for (uint32_t i = 0; i < part->claim_count; i++)
            if (part->claims[i].epoch >= fault && part->claims[i].epoch <= last)
                part->claims[i].value *= keep;
    }
}

/* --- comparison --- */

static void near(u128 actual, number expected, const char *what, int who, uint32_t pool) {
    number off = real(actual) - expected;
    if (off > 1e6L || off < -1e6L)
        fail_msg("%s of %d in %u: %.0Lf, expected %.0Lf", what, who, pool, real(actual), expected);
}

u128 model_worth(u128 part, u128 tokens, u128 shares) {
    u128 out = 0;
    if (part)
        assert_true(mul_div_floor(&out, part, tokens, shares));
    return out;
}

static void compare_part(int who, uint32_t id) {
    const struct part *part = &model.parts[who][id];
    compute_pool pool;
    compute_join_rate rate;
    compute_delegation d = delegation_of(who, id);
    u128 claims = 0, joining = d.joining.tokens;
    number expected = 0;
    if (compute_Pools_get(&id, &pool)) {
        d.due += model_worth(d.shares, pool.acc - d.acc, (u128)1 << 48);
        if (compute_JoinRates_get(&id, &d.joining.epoch, &rate) && d.joining.epoch != pool.joining.epoch) {
            u128 shares = model_worth(d.joining.tokens, rate.shares, rate.left);
            d.shares += shares;
            d.due += rate.shares ? model_worth(shares, pool.acc - rate.acc, (u128)1 << 48) : joining;
            joining = 0;
        }
        near(model_worth(d.shares, pool.tokens, pool.shares), part->value, "delegation", who, id);
        near(joining, part->joining, "joining", who, id);
        near(d.due, part->income, "income", who, id);
    } else {
        assert_false(delegates(who, id));
    }
    compute_unbondings list = entries(who, id);
    for (uint32_t i = 0; i < list.len; i++) {
        compute_unbond_pool sub = sub_pool(id, list.items[i].epoch);
        claims += list.items[i].shares ? model_worth(list.items[i].shares, sub.tokens, sub.shares) : sub.self_tokens;
    }
    for (uint32_t i = 0; i < part->claim_count; i++)
        expected += part->claims[i].value;
    near(claims, expected, "claims", who, id);
}

void model_compare(void) {
    uint32_t next;
    compute_NextPool_get(&next);
    for (int n = 1; n <= PEOPLE; n++) {
        near(free_of(n) + due_of(n), model.cash[n], "cash", n, 0);
        for (uint32_t id = 1; id < next; id++)
            compare_part(n, id);
    }
}
