/* utility.h - batches, derived accounts, dispatch as another origin, fallbacks.
 * A call that another call dispatches runs in its own storage transaction. Origins other than Root keep the filter that
 * batch_all sets: no batch_all inside. */
#ifndef NALAR_PALLETS_UTILITY_H
#define NALAR_PALLETS_UTILITY_H

#include "pallet/pallet.h"

#define THIS utility
#define DEF "utility/utility.def"
#include "pallet/declare.inc"

/* FRAME's limit: the largest allocation (32 MiB) over 3 (vectors double) over the size of a call, 1 KiB. */
#define UTILITY_BATCHED_CALLS_LIMIT (33554432u / 3 / 1024)

/* Weight of each kind of batch: its own picoseconds, and those of each call in it. */
#define UTILITY_BATCH 4034000, 4914560
#define UTILITY_BATCH_ALL 4075000, 5127263
#define UTILITY_FORCE_BATCH 4035000, 4902729

/* Weights and classes for the .def. A batch is operational when no call in it is normal; an empty one is normal. */
struct dispatch_info utility_batch_info(uint64_t base, uint64_t per_call, const runtime_calls *calls);
struct dispatch_info utility_as_derivative_info(const struct call *inner);
struct dispatch_info utility_dispatch_as_info(uint64_t base, const struct call *inner);
struct dispatch_info utility_if_else_info(const struct call *main_call, const struct call *fallback);

/* The account that as_derivative(index) of `who` acts for. */
void utility_derivative_account(account_id *out, const account_id *who, uint16_t index);

#endif
