/* native.h - one exported function run natively as the node runs it: fresh instance, arguments in memory of their own,
 * storage changes kept or dropped as a whole. Shared by the files of nalar-native. */
#ifndef NALAR_SHIM_NATIVE_H
#define NALAR_SHIM_NATIVE_H

#include "shim.h"

struct native_call {
    const char *function;
    struct bytes args;
    bool commit;               /* keep the changes when the call returns */
    uint64_t fail_at, stop_at; /* shim_fail_at, shim_stop_at for this call; 0 for none */
    /* answers */
    bool known;          /* there is such a function */
    bool returned;       /* else it trapped: shim_trap_message() */
    struct bytes result; /* valid until the next call */
};

void native_run(struct native_call *call);
/* The part of it that is the same for every executor: runs body(call) in a snapshot, with the planned faults, and keeps
 * or drops what it wrote. */
void native_guard(struct native_call *call, void (*body)(void *call));
/* Events in System.Events: how many the vector says, and its raw bytes. */
uint32_t native_events(struct bytes *raw);

/* The line protocol on stdin and stdout until the end of input; the exit code. */
int native_serve(void);

#endif
