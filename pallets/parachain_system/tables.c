/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "parachain_system/parachain_system.h"

const delivery_fee_factor parachain_system_min_fee_factor = (u128)1000000000000000000u;

#define THIS parachain_system
#define DEF "parachain_system/parachain_system.def"
#include "pallet/describe.inc"
