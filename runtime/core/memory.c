/* memory.c - memcpy and friends for the blob (natively libc has them). Word by word where it pays: an account record is
 * 80 bytes, a metadata answer 60 KB. Compiled with -fno-builtin so that the loops are not turned into self-calls. */
#define NALAR_MEMORY_C
#include "core/platform.h"

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

static inline uint64_t get(const uint8_t *at) { return *(const word *)(const void *)at; }
static inline void set(uint8_t *at, uint64_t v) { *(word *)(void *)at = v; }

/* The ends overlap in the middle, so that no length needs a loop of bytes; all loads come before the stores. */
static inline void copy_short(uint8_t *t, const uint8_t *f, size_t n) {
    if (n >= 8) {
        uint64_t head = get(f), tail = get(f + n - 8);
        set(t, head);
        set(t + n - 8, tail);
    } else if (n >= 4) {
        uint32_t head, tail;
        __builtin_memcpy(&head, f, 4);
        __builtin_memcpy(&tail, f + n - 4, 4);
        __builtin_memcpy(t, &head, 4);
        __builtin_memcpy(t + n - 4, &tail, 4);
    } else if (n) {
        uint8_t head = f[0], middle = f[n / 2], tail = f[n - 1];
        t[0] = head;
        t[n / 2] = middle;
        t[n - 1] = tail;
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    for (; n > 32; n -= 32, t += 32, f += 32) {
        set(t, get(f));
        set(t + 8, get(f + 8));
        set(t + 16, get(f + 16));
        set(t + 24, get(f + 24));
    }
    if (n <= 16) {
        copy_short(t, f, n);
        return to;
    }
    set(t, get(f));
    set(t + 8, get(f + 8));
    t += n - 16;
    f += n - 16;
    set(t, get(f));
    set(t + 8, get(f + 8));
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (n <= 16) {
        copy_short(t, f, n);
    } else if (t + n <= f || f + n <= t) {
        memcpy(t, f, n);
    } else if (t <= f) {
        for (; n >= 8; n -= 8, t += 8, f += 8)
            set(t, get(f));
        copy_short(t, f, n);
    } else {
        for (; n >= 8; n -= 8)
            set(t + n - 8, get(f + n - 8));
        copy_short(t, f, n);
    }
    return to;
}

void *memset(void *to, int byte, size_t n) {
    uint8_t *t = to;
    uint64_t fill = (uint8_t)byte * 0x0101010101010101u;
    for (; n >= 32; n -= 32, t += 32) {
        set(t, fill);
        set(t + 8, fill);
        set(t + 16, fill);
        set(t + 24, fill);
    }
    for (; n >= 8; n -= 8, t += 8)
        set(t, fill);
    for (; n; n--)
        *t++ = (uint8_t)byte;
    return to;
}

int memcmp(const void *a, const void *b, size_t n) {
    const uint8_t *x = a, *y = b;
    for (; n >= 8 && *(const word *)(const void *)x == *(const word *)(const void *)y; n -= 8, x += 8, y += 8)
        ;
    for (; n; n--, x++, y++)
        if (*x != *y)
            return *x < *y ? -1 : 1;
    return 0;
}
