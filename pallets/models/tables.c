/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "models/models.h"
#define THIS models
#define DEF "models/models.def"
#include "pallet/describe.inc"
