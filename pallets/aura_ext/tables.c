/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "aura_ext/aura_ext.h"
#define THIS aura_ext
#define DEF "aura_ext/aura_ext.def"
#include "pallet/describe.inc"
