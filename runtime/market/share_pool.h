/* share_pool.h - a pool of tokens held by shares whose rate falls when the pool is slashed. One virtual share and token
 * keep the first holder from setting the rate; rounding is for the pool. A sub-pool of money that is leaving has none. */
#ifndef NALAR_MARKET_SHARE_POOL_H
#define NALAR_MARKET_SHARE_POOL_H

#include "core/ints.h"

/* floor(amount * (shares + 1) / (tokens + 1)). False on overflow. */
MUST_USE bool share_pool_mint(u128 *minted, u128 tokens, u128 shares, u128 amount);
/* What `part` of the shares is worth: all tokens for all shares, else min(tokens, floor(part * (tokens + 1) / (shares +
 * 1))). part <= shares. False on overflow. */
MUST_USE bool share_pool_worth(u128 *worth, u128 tokens, u128 shares, u128 part);

/* Sub-pools: 1:1 for the first entry, later floor(amount * shares / tokens). False: overflow, or tokens = 0 with
 * shares > 0 (wiped by a slash: nothing can enter). */
MUST_USE bool sub_pool_mint(u128 *minted, u128 tokens, u128 shares, u128 amount);
/* All tokens for all shares, else floor(part * tokens / shares). part <= shares; shares = 0 gives 0. */
u128 sub_pool_worth(u128 tokens, u128 shares, u128 part);

#endif
