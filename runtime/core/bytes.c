/* bytes.c - equality of byte runs, word by word. */
#include "core/platform.h"

static inline uint64_t difference(const uint8_t *a, const uint8_t *b) { return load_u64(a) ^ load_u64(b); }

bool equal_32(const uint8_t *a, const uint8_t *b) {
    return (difference(a, b) | difference(a + 8, b + 8) | difference(a + 16, b + 16) | difference(a + 24, b + 24)) == 0;
}

bool bytes_equal(struct bytes a, struct bytes b) {
    if (a.len != b.len)
        return false;
    uint32_t i = 0;
    for (; i + 16 <= a.len; i += 16)
        if (difference(a.at + i, b.at + i) | difference(a.at + i + 8, b.at + i + 8))
            return false;
    return i == a.len || memcmp(a.at + i, b.at + i, a.len - i) == 0;
}
