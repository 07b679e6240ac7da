/* aura_ext.h - Aura on a parachain: the authorities that validators check seals against, and how many blocks may be
 * built in one relay chain slot. */
#ifndef NALAR_PALLETS_AURA_EXT_H
#define NALAR_PALLETS_AURA_EXT_H

#include "aura/aura.h"

#define THIS aura_ext
#define DEF "aura_ext/aura_ext.def"
#include "pallet/declare.inc"

/* polkadot-sdk stable2609 cumulus/pallets/aura-ext/src/migration.rs. */
#define AURA_EXT_STORAGE_VERSION 1

/* Reads the authorities, so that the block's proof holds them for the validators' seal check. */
weight aura_ext_on_initialize(void);
/* Copies Aura's authorities when they differ from the copy. */
void aura_ext_on_finalize(void);

/* The consensus hook of the inherent: counts this block in the slot that the relay chain's state shows, and adds what
 * it cost to *used. Returns how many blocks may be unincluded, at least 1. Panics when the relay slot went back, when
 * BLOCK_VELOCITY + 1 blocks were authored in it already, or when the block's Aura slot is not the one that the relay
 * slot's time gives. */
uint32_t aura_ext_on_state_proof(weight *used, uint64_t relay_slot);

/* Whether a block may follow this state when `included` is the last block that the relay chain included, and the new
 * block's relay parent has the slot `relay_slot`. */
bool aura_ext_can_build_upon(const h256 *included, uint64_t relay_slot);

/* The relay chain slot that was seen last; false before the first block. */
bool aura_ext_relay_slot(uint64_t *slot);

/* Genesis, after Aura's: copies the authorities. */
void aura_ext_genesis(void);

#endif
