/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "clock/clock.h"
#define THIS clock
#define DEF "clock/clock.def"
#include "pallet/describe.inc"
