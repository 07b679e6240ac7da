/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "parachain_info/parachain_info.h"

const para_id parachain_info_default_id = 100;

#define THIS parachain_info
#define DEF "parachain_info/parachain_info.def"
#include "pallet/describe.inc"
