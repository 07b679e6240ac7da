/* executive.h - the life of a block: initialise, inherents, extrinsics, finalise; and the same replayed for import.
 * polkadot-sdk stable2609 frame-executive src/lib.rs. */
#ifndef NALAR_EXECUTIVE_EXECUTIVE_H
#define NALAR_EXECUTIVE_EXECUTIVE_H

#include "executive/extrinsic.h"
#include "executive/validity.h"
#include "system/system.h"

struct header {
    h256 parent_hash, state_root, extrinsics_root;
    uint32_t number;
    uint32_t digest_count;
    struct bytes digest_items; /* encoded items, without the count */
};

/* False when the header is not canonical. */
MUST_USE bool header_decode(struct reader *in, struct header *out);

/* Starts the block; only the pre-runtime items of the header's digest count. Changes reach the host. False when the block
 * may hold inherents alone, because a migration goes on. */
bool executive_initialize_block(const struct header *header);

struct applied {
    validity valid;         /* not VALID: nothing of the extrinsic may stay in the block */
    dispatch_result result; /* of the call */
};
/* Applies one extrinsic. Changes stay in the overlay: the caller flushes them when the answer is VALID. */
struct applied executive_apply_extrinsic(const struct extrinsic *x);

/* Ends the block; its header, without seal. Changes reach the host. */
struct bytes executive_finalize_block(void);

/* Imports a block: header and extrinsics from `block`. Panics unless every extrinsic applies and digest and both
 * roots agree. */
void executive_execute_block(struct reader *block);
/* The same for a header that is decoded already; `extrinsics` is at their count. */
void executive_execute(const struct header *header, struct reader *extrinsics);

/* What the pool asks, on the state of block `at`. */
MUST_USE validity executive_validate_transaction(const struct extrinsic *x, const h256 *at,
                                                 struct valid_transaction *out);

/* The inherents that the authors put first, as a Vec of extrinsics, from SCALE inherent data. */
void executive_inherent_extrinsics(struct bytes inherent_data, struct writer *out);
/* Writes CheckInherentsResult for the extrinsics that follow the header in `block`. */
void executive_check_inherents(struct reader *block, struct bytes inherent_data, struct writer *out);

#endif
