/* validity.h - why a transaction is refused, as FRAME's bytes say it.
 * polkadot-sdk stable2609 sp-runtime src/transaction_validity.rs. */
#ifndef NALAR_EXECUTIVE_VALIDITY_H
#define NALAR_EXECUTIVE_VALIDITY_H

#include "scale/scale.h"

/* VALID, or a TransactionValidityError packed as kind and index. */
typedef uint32_t validity;
enum invalid_transaction {
    INVALID_CALL, INVALID_PAYMENT, INVALID_FUTURE, INVALID_STALE, INVALID_BAD_PROOF, INVALID_ANCIENT_BIRTH_BLOCK,
    INVALID_EXHAUSTS_RESOURCES, INVALID_CUSTOM, INVALID_BAD_MANDATORY, INVALID_MANDATORY_VALIDATION, INVALID_BAD_SIGNER,
    INVALID_INDETERMINATE_IMPLICIT, INVALID_UNKNOWN_ORIGIN,
};
enum unknown_transaction { UNKNOWN_CANNOT_LOOKUP, UNKNOWN_NO_UNSIGNED_VALIDATOR, UNKNOWN_CUSTOM };

#define VALID 0u
#define INVALID(why) (1u << 31 | (uint32_t)INVALID_##why)
#define UNKNOWN(why) (1u << 31 | 1u << 8 | (uint32_t)UNKNOWN_##why)

/* The two bytes of the error (not of Ok). */
static inline void write_validity_error(struct writer *out, validity why) {
    write_u8(out, (uint8_t)(why >> 8));
    write_u8(out, (uint8_t)why);
}

#define CHECK(expression)                                                                                              \
    do {                                                                                                               \
        validity check_result_ = (expression);                                                                         \
        if (check_result_ != VALID)                                                                                    \
            return check_result_;                                                                                      \
    } while (0)

/* What the pool learns about a valid transaction. Tags: (account, nonce) of 36 bytes, or a 32-byte code hash. */
struct valid_transaction {
    uint64_t priority, longevity;
    uint8_t requires[36], provides[36];
    uint8_t requires_len, provides_len; /* 0: no tag */
    bool propagate;
};

#endif
