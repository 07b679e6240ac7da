/* panic.c - the one way to refuse a block. The message is logged, then the call traps; the validators' host has no
 * panic handler, so logging plus `unreachable` is what works everywhere. */
#include "core/platform.h"
#include "host/host.h"

static const uint8_t target[] = {'r', 'u', 'n', 't', 'i', 'm', 'e'};

void runtime_log(enum host_log_level level, const char *message, size_t len) {
    host_log(level, (struct bytes){target, sizeof target}, (struct bytes){(const uint8_t *)message, (uint32_t)len});
}

NORETURN void runtime_panic(const char *message, size_t len) {
    runtime_log(HOST_LOG_ERROR, message, len);
    host_trap();
}
