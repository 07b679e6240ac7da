/* share_pool.c - see share_pool.h. */
#include "market/share_pool.h"

/* floor(amount * (to + 1) / (from + 1)): the virtual share and token. */
static MUST_USE bool convert(u128 *out, u128 amount, u128 to, u128 from) {
    return checked_add_u128(&to, to, 1) && mul_div_floor(out, amount, to, from + 1); /* from + 1 = 0 is refused there */
}

bool share_pool_mint(u128 *minted, u128 tokens, u128 shares, u128 amount) {
    return convert(minted, amount, shares, tokens);
}

bool share_pool_worth(u128 *worth, u128 tokens, u128 shares, u128 part) {
    *worth = tokens;
    if (part == shares)
        return true;
    bool fits = convert(worth, part, tokens, shares);
    *worth = min_u128(*worth, tokens);
    return fits;
}

bool sub_pool_mint(u128 *minted, u128 tokens, u128 shares, u128 amount) {
    *minted = amount;
    return shares == 0 || mul_div_floor(minted, amount, shares, tokens);
}

u128 sub_pool_worth(u128 tokens, u128 shares, u128 part) {
    u128 worth;
    if (part == shares)
        return shares ? tokens : 0;
    return mul_div_floor(&worth, part, tokens, shares) ? worth : 0;
}
