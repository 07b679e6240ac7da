/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "balances/balances.h"
#define THIS balances
#define DEF "balances/balances.def"
#include "pallet/describe.inc"
