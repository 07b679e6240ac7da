/* hooks.h - what pallets do at the begin and end of each block, in the order of runtime.def. */
#ifndef NALAR_EXECUTIVE_HOOKS_H
#define NALAR_EXECUTIVE_HOOKS_H

#include "pallet/dispatch.h"

/* The first block of a new runtime version, after its migrations and before anything else of it; again in each block that
 * a migration still needs, so doing it twice must be doing it once. Returns the weight to register. */
weight hooks_on_runtime_upgrade(void);
/* Returns the weight to register. */
weight hooks_on_initialize(void);
void hooks_on_finalize(void);

#endif
