/* tables.c - descriptors and dispatch of the pallet, from its .def. */
#include "jobs/jobs.h"
#define THIS jobs
#define DEF "jobs/jobs.def"
#include "pallet/describe.inc"
