/* reputation.c - see reputation.h. */
#include "market/reputation.h"

#define ONE (1ull << 32)

uint32_t reputation_ppm(struct reputation score) {
    return (uint32_t)((score.good + ONE) * 1000000 / (score.good + score.bad + 2 * ONE));
}

static uint64_t decayed(uint64_t side, uint64_t step) { return side - (uint64_t)((u128)side * step >> 32); }

struct reputation reputation_after(struct reputation score, bool success, u128 fee, u128 average) {
    u128 weight;
    if (!mul_div_floor(&weight, fee, ONE, saturating_add_u128(fee, average)))
        weight = 0;
    uint64_t w = (uint64_t)weight;
    score.good = decayed(score.good, w / 50) + (success ? w : 0);
    score.bad = decayed(score.bad, w / 50) + (success ? 0 : w);
    return score;
}

u128 ema_after(u128 average, u128 value) {
    return value < average ? average - (average - value) / 8 : average + (value - average) / 8;
}
