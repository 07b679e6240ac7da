/* slash.c - see slash.h. */
#include "market/slash.h"

#include "market/fee_split.h"

/* The buckets in the order of the pro-rata part. */
static u128 *bucket(struct slash_buckets *buckets, uint32_t i) {
    if (i < 2)
        return i ? &buckets->tokens : &buckets->self_bond;
    struct slash_leaving *leaving = &buckets->leaving[i / 2 - 1];
    return i % 2 ? &leaving->self_tokens : &leaving->tokens;
}

/* The operator's own money, or all of it. */
static u128 sum_of(const struct slash_buckets *buckets, bool all) {
    u128 sum = buckets->self_bond + (all ? buckets->tokens : 0);
    for (uint32_t i = 0; i < buckets->leaving_len; i++)
        sum += buckets->leaving[i].self_tokens + (all ? buckets->leaving[i].tokens : 0);
    return sum;
}

/* Takes up to `left` out of one bucket; what is still to take. */
static u128 take(u128 *from, u128 left) {
    u128 cut = min_u128(*from, left);
    *from -= cut;
    return left - cut;
}

u128 slash_amount(const struct slash_buckets *buckets, uint64_t ppb, u128 fixed) {
    u128 total = sum_of(buckets, true);
    return min_u128(total, saturating_add_u128(part_of(total, (uint32_t)min_u64(ppb, PPB)), fixed));
}

u128 slash_spread(struct slash_buckets *buckets, u128 amount, uint32_t first_loss_ppb) {
    u128 own = sum_of(buckets, false), base = sum_of(buckets, true);
    u128 first = min_u128(amount, part_of(own, first_loss_ppb)), rest = amount - first;
    u128 left = take(&buckets->self_bond, first);
    for (uint32_t i = buckets->leaving_len; i-- > 0;)
        left = take(&buckets->leaving[i].self_tokens, left);
    uint32_t count = 2 + 2 * buckets->leaving_len;
    base -= first;
    left = rest;
    for (uint32_t i = 0; rest && i < count; i++) {
        u128 *from = bucket(buckets, i), cut;
        bool fits = mul_div_floor(&cut, rest, *from, base);
        ASSERT(fits);
        *from -= cut;
        left -= cut;
    }
    for (uint32_t i = 0; left && i < count; i++)
        left = take(bucket(buckets, i), left);
    return own - sum_of(buckets, false);
}
