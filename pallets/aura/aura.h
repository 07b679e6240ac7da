/* aura.h - authorities and slots. The slot comes from the block's digest; blocks may share a slot. */
#ifndef NALAR_PALLETS_AURA_H
#define NALAR_PALLETS_AURA_H

#include "pallet/pallet.h"

#define THIS aura
#define DEF "aura/aura.def"
#include "pallet/declare.inc"

#define AURA_ENGINE "aura"

/* Takes the slot of the digest's first aura item into CurrentSlot; without one nothing changes. Panics when the slot
 * decreases. */
weight aura_on_initialize(void);
/* After a change of the slot duration: CurrentSlot from the time of the last block. */
weight aura_on_runtime_upgrade(void);

/* The slot of the digest's first aura item: false when there is none or it is too short. */
bool aura_digest_slot(uint64_t *slot);
/* How many authorities there are, without decoding them. */
uint32_t aura_authority_count(void);
/* Panics unless the time `now` lies in the current slot. Called when the timestamp is set. */
void aura_check_timestamp(uint64_t now);
/* A session's authorities: replaces the list and announces it in the digest, if it is another and not empty. */
void aura_change_authorities(const aura_authorities *next);
/* Genesis: sets the authorities unless the list is empty; panics when there are some already. */
void aura_genesis(const aura_authorities *authorities);

#endif
