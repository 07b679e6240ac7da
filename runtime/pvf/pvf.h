/* pvf.h - what validators run: blocks executed again over nothing but their proof of validity.
 * Mirrors polkadot-sdk stable2609 cumulus/pallets/parachain-system/src/validate_block/implementation.rs. */
#ifndef NALAR_PVF_PVF_H
#define NALAR_PVF_PVF_H

#include "core/platform.h"

/* `params`: SCALE ValidationParams (parent head, block data, relay parent number, its storage root, extension). The
 * answer is a SCALE ValidationResult, which lives until the next exported call. Panics when anything is not as the
 * collator must have made it: the relay chain then never sees the candidate. Uses no storage of the host. */
struct bytes pvf_validate_block(struct bytes params);

#endif
