/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "session/session.h"
#define THIS session
#define DEF "session/session.def"
#include "pallet/describe.inc"
