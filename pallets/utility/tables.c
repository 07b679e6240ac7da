/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "utility/utility.h"
#define THIS utility
#define DEF "utility/utility.def"
#include "pallet/describe.inc"
