/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "compute/compute.h"
#define THIS compute
#define DEF "compute/compute.def"
#include "pallet/describe.inc"
