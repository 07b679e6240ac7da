/* types.c - descriptors of the shared types. */
#include "pallet/types.h"

#define DEF "pallet/types.def"
#include "pallet/describe_types.inc"
#include "pallet/describe_undef.inc"
