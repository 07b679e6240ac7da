/* fingerprint.h - tolerant comparison of inexact results: the largest activations of a forward pass as pairs of index and
 * bf16 value, which differ a little from one machine to the next and much from one model to another. It vouches for the
 * forward pass, not for the bytes of the result. */
#ifndef NALAR_MARKET_FINGERPRINT_H
#define NALAR_MARKET_FINGERPRINT_H

#include "core/platform.h"

enum { FINGERPRINT_ENTRY = 4, FINGERPRINT_MAX_TOPK = 80 };

/* topk entries of {index u16 LE, bf16 u16 LE}: exactly 4 * topk bytes, indices strictly ascending, no exponent 255. */
MUST_USE bool fingerprint_well_formed(struct bytes fingerprint, uint32_t topk);

struct fingerprint_bounds {
    uint32_t max_exp_miss, mean_mantissa, min_overlap;
};
/* common = equal indices; same = common with equal sign and exponent; miss = common - same; d = the sum over same of the
 * difference of the low 7 bits. They match iff common >= min_overlap, same >= 1, miss <= max_exp_miss and
 * d <= mean_mantissa * same. Both well-formed. Symmetric. */
MUST_USE bool fingerprint_match(struct bytes a, struct bytes b, const struct fingerprint_bounds *bounds);

#endif
