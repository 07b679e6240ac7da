/* outputs.h - what the blocks of a proof of validity tell the relay chain, gathered into one ValidationResult.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/validate_block/{implementation,scheduling}.rs. */
#ifndef NALAR_PVF_OUTPUTS_H
#define NALAR_PVF_OUTPUTS_H

#include "core/platform.h"

enum { OUTPUTS_MAX_MESSAGES = 16384 }; /* of each kind; the relay chain's bound */

struct message {
    struct message *next;
    struct bytes encoded; /* one upward message, or recipient and data */
    uint32_t rank;        /* upward: messages, separator, signals by kind; horizontal: the recipient */
};

/* By rank, then in the order of sending. */
struct messages {
    struct message *first;
    uint32_t count, size; /* size: bytes of all */
};

struct outputs {
    struct messages upward, horizontal;
    struct bytes head, code; /* encoded; code empty while no block set one */
    uint32_t processed, watermark;
};

/* Takes one block's SCALE CollationInfo, which must last, into *out, zeroed before the first block. Panics on too many
 * messages and on signals that do not decode or come twice. */
void outputs_add(struct outputs *out, struct bytes collation_info);
/* The SCALE ValidationResult, in arena_state. */
struct bytes outputs_encode(const struct outputs *out);

#endif
