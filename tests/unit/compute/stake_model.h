/* stake_model.h - who owns what in real numbers: everybody has a part of each bucket, a slash shrinks buckets, income is
 * split by size. The model knows neither shares nor accumulators. */
#ifndef NALAR_TESTS_STAKE_MODEL_H
#define NALAR_TESTS_STAKE_MODEL_H

#include "compute/stake_fixture.h"

typedef long double number;
enum { PEOPLE = 12, POOLS = 24, ENTRIES = 17 };

struct claim {
    uint32_t epoch, target;
    number value;
};
struct part {
    number value, joining, income;
    uint32_t joined;
    struct claim claims[ENTRIES];
    uint32_t claim_count;
};
#define model stake_model_now
extern struct stake_model {
    number cash[PEOPLE + 1]; /* free money and what is in Due */
    struct part parts[PEOPLE + 1][POOLS];
    number bond[POOLS], fresh[POOLS]; /* of the own bond, what came in the epoch fresh_epoch */
    uint32_t fresh_epoch[POOLS];
} model;

static inline number real(u128 x) { return (number)x; }
number model_pool_value(uint32_t pool);
/* Before an act of a pool. `refused`: the pool was wiped when the act began. */
void model_touch(uint32_t pool, bool refused);
void model_join(int who, uint32_t pool, number amount, bool refused);
void model_add_claim(int who, uint32_t pool, uint32_t epoch, uint32_t target, number value);
/* One rule for all buckets: the owner's money first, up to half of it, then all that is left alike. */
void model_slash(uint32_t pool, int owner, const compute_slash *record);

/* floor(part * tokens / shares), 0 for no part. */
u128 model_worth(u128 part, u128 tokens, u128 shares);
/* Holds every account's money in every place against the model, to a millionth of a unit. */
void model_compare(void);

#endif
