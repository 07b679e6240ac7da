/* random.h - random extrinsics, good and failing, for whole blocks. */
#ifndef NALAR_TESTS_VALIDATION_RANDOM_H
#define NALAR_TESTS_VALIDATION_RANDOM_H

#include "author.h"

uint32_t random_below(uint64_t *seed, uint32_t n); /* n > 0 */
static inline bool random_chance(uint64_t *seed, uint32_t percent) { return random_below(seed, 100) < percent; }

/* An extrinsic by a random signer. */
struct bytes random_extrinsic(uint64_t *seed);
/* A transfer from `who` to account number `to` of accounts nobody has the key of. */
struct bytes random_endow(enum signer who, uint32_t to, balance amount);
/* One that gives money to a signer who has little; false when none has. */
MUST_USE bool random_refill(struct bytes *extrinsic);

struct bytes random_bytes(uint64_t *seed, uint32_t len);
struct bytes call_set_code(struct bytes code); /* by Root, unchecked */
struct bytes call_upward(struct bytes message); /* by Root */
struct bytes call_batch(const struct bytes *calls, uint32_t count);

#endif
