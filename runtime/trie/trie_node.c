/* trie_node.c - see trie_node.h. */
#include "trie/trie_node.h"

const uint8_t trie_empty_root[TRIE_HASH] = {0x03, 0x17, 0x0a, 0x2e, 0x75, 0x97, 0xb7, 0xb7, 0xe3, 0xd8, 0x4c,
                                            0x05, 0x39, 0x1d, 0x13, 0x9a, 0x62, 0xb1, 0x57, 0xe7, 0x87, 0x86,
                                            0xd8, 0xc0, 0x82, 0xf2, 0x9d, 0xcf, 0x4c, 0x11, 0x13, 0x14};

/* Partials are counted in nibbles of keys whose byte length fits 30 bits; a longer header is a lie anyway, because the
 * partial's bytes must follow. */
#define NIBBLES_MAX 0x7fffffffu

struct cursor {
    const uint8_t *at, *end;
    enum trie_error error;
};

static uint32_t left(const struct cursor *in) { return (uint32_t)(in->end - in->at); }

static const uint8_t *take(struct cursor *in, uint32_t n) {
    if (UNLIKELY(n > left(in))) {
        in->error = TRIE_TRUNCATED;
        return NULL;
    }
    const uint8_t *at = in->at;
    in->at += n;
    return at;
}

/* A canonical compact length. scale.h's reader is not used: a node has up to 17 lengths, nearly all of one byte, and
 * the cause of a refusal is wanted. */
static uint32_t take_length(struct cursor *in) {
    const uint8_t *at = take(in, 1);
    if (!at)
        return 0;
    uint32_t mode = *at & 3, v = *at >> 2;
    if (LIKELY(mode == 0))
        return v;
    uint32_t more = mode == 1 ? 1 : mode == 2 ? 3 : 4, shift = mode == 3 ? 0 : 6, least = 64;
    if (mode == 2)
        least = 1u << 14;
    if (mode == 3) {
        if (v != 0) {
            in->error = TRIE_BAD_LENGTH;
            return 0;
        }
        least = 1u << 30;
    }
    at = take(in, more);
    if (!at)
        return 0;
    for (uint32_t i = 0; i < more; i++)
        v |= (uint32_t)at[i] << (shift + 8 * i);
    if (v < least)
        in->error = TRIE_BAD_LENGTH;
    return v;
}

static struct bytes take_bytes(struct cursor *in) {
    uint32_t n = take_length(in);
    if (UNLIKELY(in->error != TRIE_OK))
        return (struct bytes){NULL, 0};
    const uint8_t *at = take(in, n);
    return at ? (struct bytes){at, n} : (struct bytes){NULL, 0};
}

/* Splits the first byte into kinds; returns the mask of its size bits, 0 for a value that no node has. */
static uint32_t header_kinds(struct trie_node *node, uint8_t first) {
    node->kind = first >> 7 || first >> 4 == 1 ? TRIE_BRANCH : TRIE_LEAF;
    if (first >> 6) {
        node->value_kind = first >> 6 == 2 ? TRIE_NO_VALUE : TRIE_INLINE;
        return 63;
    }
    node->value_kind = TRIE_HASHED;
    return first >> 5 == 1 ? 31 : first >> 4 == 1 ? 15 : 0;
}

/* The nibble count that the header's size bits and the bytes after it give. */
static uint32_t take_count(struct cursor *in, uint32_t size, uint32_t mask) {
    if (size < mask)
        return size;
    for (;;) {
        const uint8_t *more = take(in, 1);
        if (!more)
            return 0;
        if (UNLIKELY(size > NIBBLES_MAX - 255)) {
            in->error = TRIE_BAD_PARTIAL;
            return 0;
        }
        size += *more;
        if (*more != 255)
            return size;
    }
}

static void take_partial(struct cursor *in, struct trie_nibbles *partial, uint32_t size, uint32_t mask) {
    uint32_t count = take_count(in, size, mask);
    const uint8_t *at = in->error == TRIE_OK ? take(in, (count + 1) / 2) : NULL;
    if (!at)
        return;
    if ((count & 1) != 0 && *at >> 4 != 0)
        in->error = TRIE_BAD_PARTIAL;
    *partial = (struct trie_nibbles){at, count & 1, count};
}

static void take_value(struct cursor *in, struct trie_node *node) {
    if (node->value_kind == TRIE_INLINE)
        node->value = take_bytes(in);
    else if (node->value_kind == TRIE_HASHED)
        node->value = (struct bytes){take(in, TRIE_HASH), TRIE_HASH};
    else
        node->value = (struct bytes){NULL, 0};
}

static void take_children(struct cursor *in, struct trie_node *node) {
    uint32_t bits = node->bitmap;
    for (uint32_t i = 0; bits && in->error == TRIE_OK; i++, bits >>= 1)
        if (bits & 1) {
            node->children[i] = take_bytes(in);
            if (node->children[i].len > TRIE_HASH)
                in->error = TRIE_BAD_LENGTH;
        }
}

enum trie_error trie_node_decode(struct trie_node *node, struct bytes encoded) {
    if (encoded.len == 0)
        return TRIE_TRUNCATED;
    struct cursor in = {encoded.at + 1, encoded.at + encoded.len, TRIE_OK};
    uint8_t first = encoded.at[0];
    node->bitmap = 0;
    if (first == 0) {
        node->kind = TRIE_EMPTY;
        node->value_kind = TRIE_NO_VALUE;
        node->partial = (struct trie_nibbles){NULL, 0, 0};
        return encoded.len == 1 ? TRIE_OK : TRIE_TRAILING_BYTES;
    }
    uint32_t mask = header_kinds(node, first);
    if (mask == 0)
        return TRIE_BAD_HEADER;
    take_partial(&in, &node->partial, first & mask, mask);
    if (in.error != TRIE_OK)
        return in.error;
    if (node->kind == TRIE_BRANCH) {
        const uint8_t *bitmap = take(&in, 2);
        if (!bitmap)
            return in.error;
        node->bitmap = load_u16(bitmap);
        if (node->bitmap == 0)
            return TRIE_BAD_BITMAP;
    }
    take_value(&in, node);
    if (in.error == TRIE_OK)
        take_children(&in, node);
    if (in.error != TRIE_OK)
        return in.error;
    return in.at == in.end ? TRIE_OK : TRIE_TRAILING_BYTES;
}

static uint32_t size_mask(enum trie_node_kind kind, enum trie_value_kind value, uint8_t *pattern) {
    if (value == TRIE_HASHED) {
        *pattern = kind == TRIE_BRANCH ? 0x10 : 0x20;
        return kind == TRIE_BRANCH ? 15 : 31;
    }
    *pattern = kind == TRIE_LEAF ? 0x40 : value == TRIE_INLINE ? 0xc0 : 0x80;
    return 63;
}

uint32_t trie_header_size(enum trie_node_kind kind, enum trie_value_kind value, uint32_t nibbles) {
    uint8_t pattern;
    uint32_t mask = size_mask(kind, value, &pattern), packed = nibbles / 2 + (nibbles & 1);
    return nibbles < mask ? 1 + packed : 2 + (nibbles - mask) / 255 + packed;
}

uint8_t *trie_header_write(uint8_t *at, enum trie_node_kind kind, enum trie_value_kind value, const uint8_t *key,
                           uint32_t from, uint32_t to) {
    uint8_t pattern;
    uint32_t mask = size_mask(kind, value, &pattern), count = to - from;
    if (count < mask) {
        *at++ = (uint8_t)(pattern | count);
    } else {
        *at++ = (uint8_t)(pattern | mask);
        uint32_t rest = count - mask;
        for (; rest >= 255; rest -= 255)
            *at++ = 255;
        *at++ = (uint8_t)rest;
    }
    if (count & 1)
        *at++ = trie_nibble(key, from++);
    if ((from & 1) == 0) {
        if (to > from)
            memcpy(at, key + from / 2, (to - from) / 2);
        return at + (to - from) / 2;
    }
    for (; from < to; from += 2)
        *at++ = (uint8_t)(trie_nibble(key, from) << 4 | trie_nibble(key, from + 1));
    return at;
}

uint8_t *trie_length_write(uint8_t *at, uint32_t length) {
    if (length < 64) {
        *at++ = (uint8_t)(length << 2);
    } else if (length < 1u << 14) {
        store_u16(at, (uint16_t)(length << 2 | 1));
        at += 2;
    } else if (length < 1u << 30) {
        store_u32(at, length << 2 | 2);
        at += 4;
    } else {
        *at++ = 3;
        store_u32(at, length);
        at += 4;
    }
    return at;
}

static uint8_t *write_bytes_of(uint8_t *at, struct bytes from) {
    if (from.len)
        memcpy(at, from.at, from.len);
    return at + from.len;
}

uint32_t trie_node_size(const struct trie_node *node) {
    return trie_header_size(node->kind, node->value_kind, node->partial.count) + 2 + 16 * (1 + TRIE_HASH) + 5 +
           node->value.len;
}

uint8_t *trie_node_write(uint8_t *at, const struct trie_node *node) {
    at = trie_header_write(at, node->kind, node->value_kind, node->partial.at, node->partial.first,
                           node->partial.first + node->partial.count);
    if (node->kind == TRIE_BRANCH) {
        store_u16(at, node->bitmap);
        at += 2;
    }
    if (node->value_kind == TRIE_INLINE)
        at = trie_length_write(at, node->value.len);
    if (node->value_kind != TRIE_NO_VALUE)
        at = write_bytes_of(at, node->value);
    for (uint32_t i = 0; i < 16; i++)
        if (node->bitmap >> i & 1) {
            *at++ = (uint8_t)(node->children[i].len << 2);
            at = write_bytes_of(at, node->children[i]);
        }
    return at;
}
