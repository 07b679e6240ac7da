/* timestamp.h - the block's time in milliseconds: set by an inherent once a block, bound to the Aura slot. */
#ifndef NALAR_PALLETS_TIMESTAMP_H
#define NALAR_PALLETS_TIMESTAMP_H

#include "pallet/pallet.h"

#define THIS timestamp
#define DEF "timestamp/timestamp.def"
#include "pallet/declare.inc"

/* A block's time may be at most this far ahead of an importing node's clock. */
#define TIMESTAMP_MAX_DRIFT_MS 30000ull

/* The inherent's answers; the error codes are the node's InherentError of `timstap0`. */
enum timestamp_check { TIMESTAMP_TOO_EARLY = 0, TIMESTAMP_TOO_FAR_IN_FUTURE = 1, TIMESTAMP_OK = 2 };

/* Weight that on_finalize will need. */
weight timestamp_on_initialize(void);
/* Refuses a block whose time was not set. */
void timestamp_on_finalize(void);

/* The argument of the `set` that a block author includes, from the inherent data of `timstap0`. Panics when that is
 * absent (`data.at` NULL) or no u64. */
uint64_t timestamp_create_inherent(struct bytes data);
/* Whether a block's `set(now)` is acceptable to a node whose clock gave `data`. Panics like create_inherent. */
enum timestamp_check timestamp_check_inherent(uint64_t now, struct bytes data);

#endif
