/* rows_market_math.c - rows of the market's formulas over numbers alone. */
#include "market/draw.h"
#include "market/fee_split.h"
#include "market/fingerprint.h"
#include "market/price_tick.h"
#include "market/reputation.h"
#include "market_rows.h"
#include <stdlib.h>
#include <string.h>

static void mul_div(struct cells *in, struct answer *out, bool (*divide)(u128 *, u128, u128, u128)) {
    u128 a = cell_u128(in), b = cell_u128(in), c = cell_u128(in), result;
    bool good = divide(&result, a, b, c);
    answer_if(out, good, result);
}
static void floors(struct cells *in, struct answer *out) { mul_div(in, out, mul_div_floor); }
static void ceils(struct cells *in, struct answer *out) { mul_div(in, out, mul_div_ceil); }

static void divide(struct cells *in, struct answer *out) {
    u128 a = cell_u128(in), b = cell_u128(in), rest = 0;
    in->bad = in->bad || b == 0;
    answer_number(out, b ? div_u128(a, b, &rest) : 0);
    answer_number(out, rest);
}

static void root(struct cells *in, struct answer *out) { answer_number(out, isqrt_u128(cell_u128(in))); }

static void part(struct cells *in, struct answer *out) {
    u128 amount = cell_u128(in);
    answer_number(out, part_of(amount, cell_u32(in)));
}

/* --- draw and book --- */
static void logarithm(struct cells *in, struct answer *out) { answer_number(out, log2q(cell_u64(in))); }

static void key(struct cells *in, struct answer *out) {
    uint8_t seed[32], candidate[32];
    cell_32(in, seed);
    cell_32(in, candidate);
    answer_number(out, draw_key(seed, candidate, cell_u64(in)));
}

struct candidate {
    u128 key;
    uint8_t account[32];
    uint32_t place;
};

/* Least key, then least account, then place. */
static int compare(const void *left, const void *right) {
    const struct candidate *a = left, *b = right;
    int by_account = memcmp(a->account, b->account, 32);
    return a->key != b->key    ? (a->key < b->key ? -1 : 1)
           : by_account        ? by_account
           : a->place < b->place ? -1
                                 : 1;
}

static void answer_order(struct answer *out, struct candidate *all, uint32_t count) {
    qsort(all, count, sizeof *all, compare);
    answer_number(out, count);
    for (uint32_t i = 0; i < count; i++)
        answer_number(out, all[i].place);
}

static void order(struct cells *in, struct answer *out) {
    struct candidate all[64];
    uint8_t seed[32];
    cell_32(in, seed);
    uint32_t count = cell_count(in, 64);
    for (uint32_t i = 0; i < count; i++) {
        cell_32(in, all[i].account);
        all[i].key = draw_key(seed, all[i].account, cell_u64(in));
        all[i].place = i;
    }
    answer_order(out, all, count);
}

static void tick(struct cells *in, struct answer *out) { answer_number(out, price_tick(cell_u64(in))); }

/* --- reputation --- */
static struct reputation score_of(struct cells *in) {
    uint64_t good = cell_u64(in);
    return (struct reputation){good, cell_u64(in)};
}

static void ppm(struct cells *in, struct answer *out) { answer_number(out, reputation_ppm(score_of(in))); }

static void after(struct cells *in, struct answer *out) {
    struct reputation score = score_of(in);
    bool success = cell_u32(in) != 0;
    u128 fee = cell_u128(in);
    score = reputation_after(score, success, fee, cell_u128(in));
    answer_number(out, score.good);
    answer_number(out, score.bad);
}

static void mean(struct cells *in, struct answer *out) {
    u128 average = cell_u128(in);
    answer_number(out, ema_after(average, cell_u128(in)));
}

static void life(struct cells *in, struct answer *out) {
    u128 average = cell_u128(in);
    uint32_t count = cell_count(in, 1000);
    struct reputation score = {0, 0};
    for (uint32_t i = 0; i < count; i++) {
        bool success = cell_u32(in) != 0;
        u128 fee = cell_u128(in);
        score = reputation_after(score, success, fee, average);
        average = ema_after(average, fee);
    }
    answer_number(out, score.good);
    answer_number(out, score.bad);
    answer_number(out, average);
    answer_number(out, reputation_ppm(score));
}

/* --- fees and emission --- */
static void split(struct cells *in, struct answer *out) {
    u128 fee = cell_u128(in);
    struct fee_ppb ppb = {.provider = cell_u32(in)};
    ppb.model = cell_u32(in);
    ppb.auditors = cell_u32(in);
    ppb.treasury = cell_u32(in);
    struct fee_parts parts = fee_split(fee, &ppb, cell_u32(in));
    answer_number(out, parts.provider);
    answer_number(out, parts.model);
    answer_number(out, parts.treasury);
    answer_number(out, parts.burn);
}

static void points(struct cells *in, struct answer *out) {
    u128 burned = cell_u128(in);
    struct fee_points p = fee_points_of(burned, cell_u32(in) != 0);
    answer_number(out, p.provider);
    answer_number(out, p.model);
    answer_number(out, p.client);
}

static void due(struct cells *in, struct answer *out) {
    u128 budget = cell_u128(in), line = cell_u128(in);
    answer_number(out, work_due(budget, line, cell_u128(in)));
}

static void budget_of(struct cells *in, struct answer *out) {
    u128 cap = cell_u128(in);
    uint32_t kappa = cell_u32(in);
    answer_number(out, work_budget(cap, kappa, cell_u128(in)));
}

static void decay(struct cells *in, struct answer *out) { answer_number(out, capacity_after(cell_u128(in))); }

/* An epoch of fees, what a coalition burned in it, and what is minted to it from its own jobs. */
static void epoch(struct cells *in, struct answer *out) {
    static const struct fee_ppb usual = {780000000, 100000000, 0, 30000000};
    const u128 least = 1000000000;
    u128 cap = cell_u128(in), burned = 0, own = 0, lines[3] = {0}, minted = 0;
    uint32_t kappa = cell_u32(in), jobs = cell_count(in, 100);
    for (uint32_t i = 0; i < jobs; i++) {
        u128 fee = cell_u128(in);
        uint32_t royalty = cell_u32(in), whose = cell_u32(in);
        u128 burn = fee_split(fee, &usual, royalty).burn;
        burned += burn;
        if (!(whose & 1))
            continue;
        own += burn;
        struct fee_points p = fee_points_of(burn, royalty != 0);
        lines[0] += p.client >= least ? p.client : 0;
        lines[1] += whose & 2 && p.provider >= least ? p.provider : 0;
        lines[2] += whose & 4 && p.model >= least ? p.model : 0;
    }
    u128 budget = work_budget(cap, kappa, burned);
    for (uint32_t i = 0; i < 3; i++)
        minted += work_due(budget, lines[i], burned);
    answer_number(out, budget);
    answer_number(out, burned);
    answer_number(out, own);
    answer_number(out, minted);
}

/* --- fingerprints --- */
static void well_formed(struct cells *in, struct answer *out) {
    uint8_t bytes[1024];
    struct bytes fingerprint = cell_bytes(in, bytes, sizeof bytes);
    answer_number(out, fingerprint_well_formed(fingerprint, cell_u32(in)));
}

static void match(struct cells *in, struct answer *out) {
    uint8_t first[1024], second[1024];
    struct bytes a = cell_bytes(in, first, sizeof first), b = cell_bytes(in, second, sizeof second);
    struct fingerprint_bounds bounds = {.max_exp_miss = cell_u32(in)};
    bounds.mean_mantissa = cell_u32(in);
    bounds.min_overlap = cell_u32(in);
    bool one_way = fingerprint_match(a, b, &bounds);
    in->bad = in->bad || one_way != fingerprint_match(b, a, &bounds);
    answer_number(out, one_way);
}

const struct market_row market_math[] = {
    {"mul_div_floor", floors},
    {"mul_div_ceil", ceils},
    {"divide", divide},
    {"isqrt", root},
    {"part_of", part},
    {"log2q", logarithm},
    {"draw_key", key},
    {"draw_order", order},
    {"price_tick", tick},
    {"reputation_ppm", ppm},
    {"reputation_after", after},
    {"reputation_run", life},
    {"ema_after", mean},
    {"fee_split", split},
    {"fee_points_of", points},
    {"work_due", due},
    {"work_budget", budget_of},
    {"capacity_after", decay},
    {"work_epoch", epoch},
    {"fingerprint_well_formed", well_formed},
    {"fingerprint_match", match},
    {NULL, NULL},
};
