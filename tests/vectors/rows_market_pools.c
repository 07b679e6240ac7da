/* rows_market_pools.c - rows of shared income, shared stakes, slashes and ancestors. */
#include "compute/compute_internal.h"
#include "market/accumulator.h"
#include "market/share_pool.h"
#include "market/slash.h"
#include "market_rows.h"
#undef REQUIRE /* each pallet has its own */
#include "models/models_internal.h"

static void add(struct cells *in, struct answer *out) {
    u128 acc = cell_u128(in), carry = cell_u128(in), shares = cell_u128(in), acc0 = acc, carry0 = carry;
    if (accumulator_add(&acc, &carry, shares, cell_u128(in))) {
        answer_number(out, acc);
        answer_number(out, carry);
        return;
    }
    in->bad = in->bad || acc != acc0 || carry != carry0;
    answer_none(out);
}

static void due(struct cells *in, struct answer *out) {
    u128 shares = cell_u128(in), now = cell_u128(in), result;
    bool good = accumulator_due(&result, shares, now, cell_u128(in));
    answer_if(out, good, result);
}

static void run(struct cells *in, struct answer *out) {
    u128 held[20] = {0}, since[20] = {0}, owed[20] = {0}, shares = 0, acc = 0, carry = 0, went = 0, rest = 0, got;
    uint32_t count = cell_count(in, 1u << 20);
    bool good = true;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t kind = cell_u32(in), who = cell_u32(in) % 20;
        u128 amount = cell_u128(in);
        good = accumulator_due(&got, held[who], acc, since[who]) && good;
        owed[who] += got;
        since[who] = acc;
        if (kind == 0) {
            held[who] += amount;
            shares += amount;
        } else if (kind == 1) {
            amount = min_u128(amount, held[who]);
            held[who] -= amount;
            shares -= amount;
        } else if (kind == 2) {
            good = accumulator_add(&acc, &carry, shares, amount) && good;
        } else {
            went += owed[who];
            owed[who] = 0;
        }
    }
    for (uint32_t who = 0; who < 20; who++) {
        good = accumulator_due(&got, held[who], acc, since[who]) && good;
        rest += owed[who] + got;
    }
    in->bad = in->bad || !good;
    answer_number(out, shares);
    answer_number(out, acc);
    answer_number(out, carry);
    answer_number(out, went);
    answer_number(out, rest);
}

static void three(struct cells *in, struct answer *out, bool (*formula)(u128 *, u128, u128, u128)) {
    u128 tokens = cell_u128(in), shares = cell_u128(in), result;
    bool good = formula(&result, tokens, shares, cell_u128(in));
    answer_if(out, good, result);
}
static void mint(struct cells *in, struct answer *out) { three(in, out, share_pool_mint); }
static void worth(struct cells *in, struct answer *out) { three(in, out, share_pool_worth); }
static void sub_mint(struct cells *in, struct answer *out) { three(in, out, sub_pool_mint); }
static void sub_worth(struct cells *in, struct answer *out) {
    u128 tokens = cell_u128(in), shares = cell_u128(in);
    answer_number(out, sub_pool_worth(tokens, shares, cell_u128(in)));
}

static void pool(struct cells *in, struct answer *out) {
    u128 held[8] = {0}, tokens = 0, shares = 0, went = 0;
    uint32_t count = cell_count(in, 10000);
    bool good = true;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t kind = cell_u32(in), who = cell_u32(in) % 8;
        u128 amount = cell_u128(in), change = 0;
        if (kind == 0 && tokens * 1000 >= shares) {
            good = share_pool_mint(&change, tokens, shares, amount) && good;
            held[who] += change;
            shares += change;
            tokens += change ? amount : 0;
        } else if (kind == 1) {
            u128 part = held[who] * amount >> 16;
            good = share_pool_worth(&change, tokens, shares, part) && good;
            held[who] -= part;
            shares -= part;
            tokens -= change;
            went += change;
        } else if (kind == 2) {
            change = tokens * amount >> 16;
            tokens -= change;
            went += change;
        }
    }
    in->bad = in->bad || !good;
    answer_number(out, tokens);
    answer_number(out, shares);
    answer_number(out, went);
    answer_number(out, 8);
    for (uint32_t who = 0; who < 8; who++)
        answer_number(out, held[who]);
}

static void ask_weight(struct cells *in, struct answer *out) {
    compute_provider provider = {.self_bond = cell_u128(in)};
    u128 tokens = cell_u128(in);
    provider.rep_good = cell_u64(in);
    provider.rep_bad = cell_u64(in);
    answer_number(out, compute_weight_with(&provider, tokens));
}

/* --- slashes --- */
static struct slash_buckets buckets(struct cells *in, struct slash_leaving leaving[static 128]) {
    struct slash_buckets all = {.self_bond = cell_u128(in), .leaving = leaving};
    all.tokens = cell_u128(in);
    all.leaving_len = cell_count(in, 128);
    for (uint32_t i = 0; i < all.leaving_len; i++) {
        leaving[i].tokens = cell_u128(in);
        leaving[i].self_tokens = cell_u128(in);
    }
    return all;
}

static void amount_of(struct cells *in, struct answer *out) {
    struct slash_leaving leaving[128];
    struct slash_buckets all = buckets(in, leaving);
    uint64_t ppb = cell_u64(in);
    answer_number(out, slash_amount(&all, ppb, cell_u128(in)));
}

static void spread(struct cells *in, struct answer *out) {
    struct slash_leaving leaving[128];
    struct slash_buckets all = buckets(in, leaving);
    u128 amount = cell_u128(in), own = slash_spread(&all, amount, cell_u32(in));
    answer_number(out, 3 + 2 * all.leaving_len);
    answer_number(out, own);
    answer_number(out, all.self_bond);
    answer_number(out, all.tokens);
    for (uint32_t i = 0; i < all.leaving_len; i++) {
        answer_number(out, leaving[i].tokens);
        answer_number(out, leaving[i].self_tokens);
    }
}

/* --- ancestors: models_flatten, over records that are put for it --- */
static void put_model(uint64_t id, const models_ancestors *above) {
    uint32_t licence_id = 1, number = 1;
    models_Models_put(&id, &(models_model){.state = models_state_Active, .licence = licence_id});
    models_Versions_put(&id, &number, &(models_version){.status = models_version_status_Live});
    models_Licences_put(&licence_id, &(models_licence){.flags = MODELS_DERIVATIVES});
    models_Ancestors_put(&id, above);
}

static void flatten(struct cells *in, struct answer *out) {
    models_parent list[4];
    models_ancestor above[64];
    models_parents parents = {list, cell_count(in, 4)};
    for (uint32_t i = 0; i < parents.len; i++) {
        list[i].model = cell_u64(in);
        list[i].version = 1;
        list[i].ppb = cell_u32(in);
        models_ancestors ancestors = {above, cell_count(in, 32)};
        for (uint32_t j = 0; j < ancestors.len; j++) {
            above[j].model = cell_u64(in);
            above[j].ppb = cell_u32(in);
        }
        put_model(list[i].model, &ancestors);
    }
    models_ancestors all;
    uint32_t sum;
    if (models_flatten(&parents, 0, &all, &sum) == DISPATCH_OK) {
        answer_number(out, sum);
        answer_number(out, all.len);
        for (uint32_t i = 0; i < all.len; i++) {
            answer_number(out, all.items[i].model);
            answer_number(out, all.items[i].ppb);
        }
    } else {
        answer_none(out);
    }
}

const struct market_row market_pools[] = {
    {"accumulator_add", add},
    {"accumulator_due", due},
    {"accumulator_run", run},
    {"share_pool_mint", mint},
    {"share_pool_worth", worth},
    {"sub_pool_mint", sub_mint},
    {"sub_pool_worth", sub_worth},
    {"share_pool_run", pool},
    {"ask_weight", ask_weight},
    {"slash_amount", amount_of},
    {"slash_spread", spread},
    {"flatten", flatten},
    {NULL, NULL},
};
