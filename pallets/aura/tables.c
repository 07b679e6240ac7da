/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "aura/aura.h"
#define THIS aura
#define DEF "aura/aura.def"
#include "pallet/describe.inc"
