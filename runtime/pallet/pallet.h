/* pallet.h - what a pallet's header includes before it reads its .def: calls, storage, chain constants. */
#ifndef NALAR_PALLET_PALLET_H
#define NALAR_PALLET_PALLET_H

#include "config.h"
#include "core/ints.h"
#include "pallet/dispatch.h"
#include "pallet/storage.h"

#endif
