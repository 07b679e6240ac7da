/* block_data.h - what a validator is given: parameters, and in them a collator's proof of validity. Everything is
 * borrowed from the parameters; what does not decode panics.
 * Mirrors polkadot-sdk stable2609 cumulus/primitives/core/src/{parachain_block_data,scheduling}.rs and
 * polkadot/parachain/src/primitives.rs. */
#ifndef NALAR_PVF_BLOCK_DATA_H
#define NALAR_PVF_BLOCK_DATA_H

#include "executive/executive.h"

enum { POV_MAX_HEADER = 1024 * 1024 }; /* the relay chain's MAX_HEAD_DATA_SIZE */

struct validation_params {
    struct bytes parent_head, block_data;
    const uint8_t *relay_parent; /* its number, 4 bytes, and the root of its storage, 32 */
    bool v3;                     /* the extension of V3 candidates is there: relay parent and scheduling parent */
};
void params_decode(struct validation_params *out, struct bytes encoded);

struct pov {
    uint8_t version;      /* 0, 1 or 2 */
    uint32_t count;       /* of blocks */
    struct reader blocks; /* at the first block, or where pov_next_block left it */
    struct reader proof;  /* set by pov_check_chain: behind the last block */
};
void pov_open(struct pov *out, struct bytes block_data);
/* The next block's header, decoded and encoded; the reader is then at its extrinsics. */
struct bytes pov_next_header(struct reader *blocks, struct header *out);
/* The blocks follow the parent and one another, are small enough, and are a whole bundle when there are several. */
void pov_check_chain(struct pov *pov, struct bytes parent_head);
/* Passes over the scheduling proof, when `pov->proof` stands at one. As in polkadot-sdk, whatever follows the last field
 * is ignored. */
void pov_skip_scheduling(struct pov *pov);

#endif
