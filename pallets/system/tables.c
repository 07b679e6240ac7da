/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "system/system_constants.h"
#define THIS system
#define DEF "system/system.def"
#include "pallet/describe.inc"
