/* unit.h - what every unit test starts with: cmocka, a fresh runtime on an empty state, and catching traps. */
#ifndef NALAR_TESTS_UNIT_H
#define NALAR_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "api/api.h"
#include "core/ints.h"
#include "shim.h"
#include "state/overlay.h"

/* A setup function for cmocka: an empty state and a runtime as after instantiation. */
static inline int fresh(void **state) {
    (void)state;
    runtime_reset();
    shim_reset();
    shim_log_level(-1);
    return 0;
}

/* A small deterministic generator, so that a failing run can be repeated. */
static inline uint64_t next_random(uint64_t *seed) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

#define TEXT(literal) ((struct bytes){(const uint8_t *)literal, sizeof(literal) - 1})
#define assert_bytes_equal(a, b)                                                                                       \
    do {                                                                                                               \
        struct bytes left_ = (a), right_ = (b);                                                                        \
        assert_int_equal(left_.len, right_.len);                                                                       \
        if (left_.len)                                                                                                 \
            assert_memory_equal(left_.at, right_.at, left_.len);                                                       \
    } while (0)

/* Asserts that `body(context)` traps with a message that contains `text`. */
static inline void assert_traps(void (*body)(void *), void *context, const char *wanted) {
    assert_false(shim_guard(body, context));
    if (!strstr(shim_trap_message(), wanted))
        fail_msg("trapped with '%s' instead of '%s'", shim_trap_message(), wanted);
}

#endif
