/* parachain_info.h - the chain's own id on the relay chain, set once at genesis. */
#ifndef NALAR_PALLETS_PARACHAIN_INFO_H
#define NALAR_PALLETS_PARACHAIN_INFO_H

#include "pallet/pallet.h"

#define THIS parachain_info
#define DEF "parachain_info/parachain_info.def"
#include "pallet/declare.inc"

/* What a state without an id reads as: FRAME's value. */
extern const para_id parachain_info_default_id;

/* The id, parachain_info_default_id when the state holds none. */
uint32_t parachain_info_id(void);
/* Genesis: writes the id. */
void parachain_info_genesis(uint32_t id);

#endif
