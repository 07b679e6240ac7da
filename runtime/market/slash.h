/* slash.h - how a slash is spread: the operator's own money first, up to a part of it, then everybody's pro rata. */
#ifndef NALAR_MARKET_SLASH_H
#define NALAR_MARKET_SLASH_H

#include "core/ints.h"

/* Liable money of one epoch's unbonding. */
struct slash_leaving {
    u128 tokens, self_tokens;
};
/* Everything a slash may reach; `leaving` ascends by epoch. The sum of all numbers is below 2^127. */
struct slash_buckets {
    u128 self_bond, tokens;
    struct slash_leaving *leaving;
    uint32_t leaving_len;
};

/* X = min(total, floor(total * min(10^9, ppb) / 10^9) + fixed), total = the sum of all buckets. */
u128 slash_amount(const struct slash_buckets *buckets, uint64_t ppb, u128 fixed);

/* Takes X <= total out of the buckets, in place.
 * First F = min(X, floor(own * first_loss_ppb / 10^9)), own = self_bond + all self_tokens: from self_bond, then from the
 * self_tokens, newest first. The rest pro rata over what is left in [self_bond, tokens, then by ascending epoch: tokens,
 * self_tokens], floor each; what floors leave is taken greedily in the same order. Answers what was taken from own. */
u128 slash_spread(struct slash_buckets *buckets, u128 amount, uint32_t first_loss_ppb);

#endif
