/* panic.c - the one way to refuse a block. The message is logged, then the call traps; the validators' host has no
 * panic handler, so logging plus `unreachable` is what works everywhere. */
#include "core/platform.h"
#include "host/host.h"

static const uint8_t target[] = {'r', 'u', 'n', 't', 'i', 'm', 'e'};

void runtime_log(enum host_log_level level, const char *message) {
    uint32_t len = 0;
    while (message[len])
        len++;
    host_log(level, (struct bytes){target, sizeof target}, (struct bytes){(const uint8_t *)message, len});
}

NORETURN void runtime_panic(const char *message) {
    runtime_log(HOST_LOG_ERROR, message);
    host_trap();
}
