/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "collator_selection/collator_selection.h"
#define THIS collator_selection
#define DEF "collator_selection/collator_selection.def"
#include "pallet/describe.inc"
