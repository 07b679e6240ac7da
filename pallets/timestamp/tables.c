/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "timestamp/timestamp.h"
#define THIS timestamp
#define DEF "timestamp/timestamp.def"
#include "pallet/describe.inc"
