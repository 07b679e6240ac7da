/* hooks.h - what pallets do at the begin and end of each block, in the order of runtime.def. */
#ifndef NALAR_EXECUTIVE_HOOKS_H
#define NALAR_EXECUTIVE_HOOKS_H

#include "pallet/dispatch.h"

/* Returns the weight to register. */
weight hooks_on_initialize(uint32_t number);
void hooks_on_finalize(uint32_t number);

#endif
