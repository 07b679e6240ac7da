/* seal.h - the author's signature over a block, as validators check it. */
#ifndef NALAR_AURA_EXT_SEAL_H
#define NALAR_AURA_EXT_SEAL_H

#include "core/platform.h"

/* `header`: a SCALE header whose digest holds exactly one Aura seal, made by the author of the slot that its first Aura
 * pre-runtime item names; authorities are those of the current state, which is the parent block's. Returns the header
 * without the seal, in arena_scratch. Panics when the seal is missing, doubled or wrong. Stricter than FRAME in one
 * point: a seal has 64 bytes and none behind them. */
struct bytes aura_ext_remove_seal(struct bytes header);

#endif
