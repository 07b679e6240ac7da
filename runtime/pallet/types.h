/* types.h - the shared types of types.def as C. */
#ifndef NALAR_PALLET_TYPES_H
#define NALAR_PALLET_TYPES_H

#include "scale/codec.h"

/* A decoded call; `args` lives in the arena of the reader that made it. See dispatch.h. */
struct call {
    struct bytes raw; /* the call's own bytes */
    const void *args; /* the pallet's argument struct, NULL when the call has none */
    uint8_t pallet, index;
};

#define FLAT_NEVER (1 << 20)

#define DEF "pallet/types.def"
#include "pallet/declare_types.inc"
#undef DEF

#endif
