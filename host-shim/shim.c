/* shim.c - what surrounds the host functions: recovery from traps, counters, faults, logging. */
#include "shim.h"
#include "guard.h"
#include "state.h"
#include <setjmp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const shim_call_names[SHIM_CALL_COUNT] = {
    [SHIM_MALLOC] = "malloc",
    [SHIM_FREE] = "free",
    [SHIM_STORAGE_READ] = "storage_read",
    [SHIM_STORAGE_EXISTS] = "storage_exists",
    [SHIM_STORAGE_SET] = "storage_set",
    [SHIM_STORAGE_CLEAR] = "storage_clear",
    [SHIM_STORAGE_APPEND] = "storage_append",
    [SHIM_STORAGE_NEXT_KEY] = "storage_next_key",
    [SHIM_STORAGE_ROOT] = "storage_root",
    [SHIM_BLAKE2_128] = "blake2_128",
    [SHIM_BLAKE2_256] = "blake2_256",
    [SHIM_KECCAK_256] = "keccak_256",
    [SHIM_TWOX_128] = "twox_128",
    [SHIM_ORDERED_ROOT] = "ordered_root",
    [SHIM_ED25519_VERIFY] = "ed25519_verify",
    [SHIM_SR25519_VERIFY] = "sr25519_verify",
    [SHIM_ECDSA_RECOVER_COMPRESSED] = "ecdsa_recover_compressed",
    [SHIM_ECDSA_RECOVER] = "ecdsa_recover",
    [SHIM_SR25519_GENERATE] = "sr25519_generate",
    [SHIM_SR25519_SIGN] = "sr25519_sign",
    [SHIM_RUNTIME_VERSION] = "runtime_version",
    [SHIM_LOG] = "log",
};

static struct {
    struct shim_counters counters;
    uint64_t fail_in, stop_in; /* calls until the fault, 0 for none */
    bool fault_met;
    uint32_t inside; /* host functions being executed: their own use of host functions is not the runtime's */
    jmp_buf *recovery;
    char trap[1024], last_log[1024], last_error[1024];
    uint64_t logged[4];
    int log_level;
} shim = {.log_level = HOST_LOG_WARN};

bool guard_enter(enum shim_call call) {
    if (shim.inside++ != 0)
        return true;
    shim.counters.total++;
    shim.counters.by_call[call]++;
    if (shim.stop_in && --shim.stop_in == 0) {
        shim.fault_met = true;
        shim_abort("stopped by the fault hook");
    }
    if (shim.fail_in == 0 || --shim.fail_in != 0)
        return true;
    shim.fault_met = true;
    return false;
}

void guard_enter_sure(enum shim_call call) {
    if (!guard_enter(call))
        shim_abort("stopped by the fault hook");
}

void guard_leave(void) { shim.inside--; }
bool guard_nested(void) { return shim.inside > 1; }
struct shim_counters *guard_counters(void) {
    return &shim.counters;
}

void shim_reset(void) {
    if (sodium_init() < 0) {
        fputs("host-shim: libsodium does not start\n", stderr);
        abort();
    }
    state_reset();
    keystore_reset();
    shim_reset_counters();
    shim.fail_in = shim.stop_in = 0;
    shim.fault_met = false;
    shim.trap[0] = 0;
}

void shim_root(uint8_t root[static 32], uint8_t version) {
    shim.inside++;
    state_root(root, version);
    shim.inside--;
}

bool shim_guard(void (*body)(void *context), void *context) {
    jmp_buf here, *volatile outer = shim.recovery;
    volatile uint32_t inside = shim.inside;
    shim.last_error[0] = 0;
    shim.trap[0] = 0;
    shim.recovery = &here;
    volatile bool returned = false;
    if (setjmp(here) == 0) {
        body(context);
        returned = true;
    }
    shim.recovery = outer;
    shim.inside = inside;
    return returned;
}

const char *shim_trap_message(void) { return shim.trap; }

NORETURN void shim_abort(const char *message) {
    snprintf(shim.trap, sizeof shim.trap, "%s", message);
    if (!shim.recovery) {
        fprintf(stderr, "host-shim: trap outside a guarded call: %s\n", shim.trap);
        abort();
    }
    longjmp(*shim.recovery, 1);
}

NORETURN void host_trap(void) { shim_abort(shim.last_error[0] ? shim.last_error : "unreachable"); }

const struct shim_counters *shim_counters(void) { return &shim.counters; }
uint64_t shim_calls(void) { return shim.counters.total; }

void shim_reset_counters(void) {
    uint64_t blocks = shim.counters.live_blocks, bytes = shim.counters.live_bytes;
    memset(&shim.counters, 0, sizeof shim.counters);
    shim.counters.live_blocks = blocks;
    shim.counters.live_bytes = shim.counters.peak_bytes = bytes;
    memset(shim.logged, 0, sizeof shim.logged);
    shim.last_log[0] = 0;
}

void shim_fail_at(uint64_t n) {
    shim.fail_in = n;
    shim.fault_met = shim.fault_met && n == 0;
}
void shim_stop_at(uint64_t n) {
    shim.stop_in = n;
    shim.fault_met = shim.fault_met && n == 0;
}
bool shim_fault_met(void) { return shim.fault_met; }

void shim_log_level(int level) { shim.log_level = level; }
uint64_t shim_logged(enum host_log_level level) { return shim.logged[level & 3]; }
const char *shim_last_log(void) { return shim.last_log; }

void host_log(enum host_log_level level, struct bytes target, struct bytes message) {
    static const char *const names[4] = {"ERROR", "WARN", "INFO", "DEBUG"};
    guard_enter_sure(SHIM_LOG);
    shim.logged[level & 3]++;
    int shown = message.len < sizeof shim.last_log ? (int)message.len : (int)sizeof shim.last_log - 1;
    snprintf(shim.last_log, sizeof shim.last_log, "%.*s", shown, (const char *)message.at);
    if (level == HOST_LOG_ERROR)
        memcpy(shim.last_error, shim.last_log, sizeof shim.last_error);
    if ((int)level <= shim.log_level)
        fprintf(stderr, "%s %.*s: %s\n", names[level & 3], (int)target.len, (const char *)target.at, shim.last_log);
    guard_leave();
}
