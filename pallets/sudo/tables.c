/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "sudo/sudo.h"
#define THIS sudo
#define DEF "sudo/sudo.def"
#include "pallet/describe.inc"
