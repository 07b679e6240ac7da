/* api_types.h - the types of api_types.def as C. */
#ifndef NALAR_API_API_TYPES_H
#define NALAR_API_API_TYPES_H

#include "system/system.h"

#define DEF "api/api_types.def"
#include "pallet/declare_types.inc"
#undef DEF

#endif
