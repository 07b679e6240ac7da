/* guard.h - what every host function of the shim does first and last: count itself, meet the planned fault. */
#ifndef NALAR_SHIM_GUARD_H
#define NALAR_SHIM_GUARD_H

#include "shim.h"

/* Counts the call. False when it is to give its failing answer. Host functions that others use internally are neither
 * counted nor failed there. Each enter is followed by guard_leave, unless the call traps. */
MUST_USE bool guard_enter(enum shim_call call);
/* The same for a function that has no failing answer: a planned failure traps. */
void guard_enter_sure(enum shim_call call);
void guard_leave(void);
/* Inside a host function that was entered from another one. */
bool guard_nested(void);
struct shim_counters *guard_counters(void);

void keystore_reset(void);

#endif
