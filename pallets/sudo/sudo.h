/* sudo.h - the sudo key: one account that dispatches as Root or as anyone. */
#ifndef NALAR_PALLETS_SUDO_H
#define NALAR_PALLETS_SUDO_H

#include "pallet/pallet.h"

#define THIS sudo
#define DEF "sudo/sudo.def"
#include "pallet/declare.inc"

/* Weight and class of a call that wraps `inner` and itself needs `base` picoseconds. */
struct dispatch_info sudo_info(uint64_t base, const struct call *inner);

/* Genesis: the sudo key, or none with NULL. */
void sudo_genesis(const account_id *key);

#endif
