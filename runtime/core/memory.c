/* memory.c - memcpy and friends for the blob (natively libc has them). Word by word where it pays: an account record is
 * 80 bytes, a metadata answer 60 KB. Compiled with -fno-builtin so that the loops are not turned into self-calls. */
#include "core/platform.h"

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

/* Copies from low to high addresses, so it also serves a memmove to a lower address. */
static inline void copy_forward(uint8_t *t, const uint8_t *f, size_t n) {
    for (; n >= 64; n -= 64, t += 64, f += 64)
        for (int i = 0; i < 8; i++)
            ((word *)(void *)t)[i] = ((const word *)(const void *)f)[i];
    for (; n >= 8; n -= 8, t += 8, f += 8)
        *(word *)(void *)t = *(const word *)(const void *)f;
    for (; n; n--)
        *t++ = *f++;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n) {
    copy_forward(to, from, n);
    return to;
}

void *memmove(void *to, const void *from, size_t n) {
    uint8_t *t = to;
    const uint8_t *f = from;
    if (t <= f || t >= f + n)
        copy_forward(t, f, n);
    else
        while (n--)
            t[n] = f[n];
    return to;
}

void *memset(void *to, int byte, size_t n) {
    uint8_t *t = to;
    uint64_t fill = (uint8_t)byte * 0x0101010101010101u;
    for (; n >= 8; n -= 8, t += 8)
        *(word *)(void *)t = fill;
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
