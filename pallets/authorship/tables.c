/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "authorship/authorship.h"
#define THIS authorship
#define DEF "authorship/authorship.def"
#include "pallet/describe.inc"
