/* reputation.h - a decaying beta score in Q32, moved by jobs in proportion to their fee. */
#ifndef NALAR_MARKET_REPUTATION_H
#define NALAR_MARKET_REPUTATION_H

#include "core/ints.h"

struct reputation {
    uint64_t good, bad; /* Q32; start 0 and 0. Each stays below 2^38 */
};

/* floor((good + ONE) * 10^6 / (good + bad + 2 ONE)), ONE = 2^32: 0 .. 10^6, 500,000 at the start. */
uint32_t reputation_ppm(struct reputation score);
/* w = floor(fee * 2^32 / (fee + average)), 0 when both are 0; g = w / 50: both sides lose their g / 2^32 (floor of the
 * product), then the side of the outcome gains w. So the decay is in proportion to the weight: dust jobs wash nothing away. */
struct reputation reputation_after(struct reputation score, bool success, u128 fee, u128 average);

/* Exponential mean with step 1/8: average + (fee - average) / 8, the quotient rounded toward zero. */
u128 ema_after(u128 average, u128 value);

#endif
