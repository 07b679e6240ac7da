/* api_types.c - descriptors of the types of api_types.def. */
#include "api/api_types.h"

#define DEF "api/api_types.def"
#include "pallet/describe_types.inc"
#include "pallet/describe_undef.inc"
