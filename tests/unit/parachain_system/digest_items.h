/* digest_items.h - encoded digest items for tests, and digests of them. */
#ifndef NALAR_TEST_DIGEST_ITEMS_H
#define NALAR_TEST_DIGEST_ITEMS_H

#include "relay.h"

#define ITEM(...) ((struct bytes){(const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})})
#define CORE_INFO(selector, offset, cores) ITEM(6, 'C', 'M', 'L', 'S', 4 << 2, 1, selector, offset, (cores) << 2)
#define BUNDLE(index, last) ITEM(6, 'C', 'M', 'L', 'S', 3 << 2, 2, index, last)
#define FULL_CORE ITEM(4, 'C', 'M', 'L', 'S', 1 << 2, 3)
#define UPDATED ITEM(8)
#define NO_DIGEST ((struct bytes){NULL, 0})

/* The encoded digest of `count` encoded items, valid until the next call. */
static inline struct bytes digest_of(uint32_t count, const struct bytes *items) {
    static uint8_t digest[256];
    struct writer out = writer_over(digest, sizeof digest);
    write_compact_u32(&out, count);
    for (uint32_t i = 0; i < count; i++)
        write_slice(&out, items[i]);
    assert_false(out.overflow);
    return writer_bytes(&out);
}

#endif
