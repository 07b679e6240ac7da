/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "rewards/rewards.h"
#define THIS rewards
#define DEF "rewards/rewards.def"
#include "pallet/describe.inc"
