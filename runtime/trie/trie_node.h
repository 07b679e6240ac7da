/* trie_node.h - one node of the base-16 Merkle-Patricia trie: the precise decoder of foreign nodes and the pieces that
 * an encoder writes. State versions 0 (values inline) and 1 (values of 33 bytes and more by hash) share the format.
 * Mirrors polkadot-sdk stable2609 substrate/primitives/trie/src/{node_header,node_codec}.rs; stricter in one point:
 * bytes after the last field are refused, since no encoder writes them. */
#ifndef NALAR_TRIE_NODE_H
#define NALAR_TRIE_NODE_H

#include "core/platform.h"

enum {
    TRIE_HASH = 32,        /* bytes of a node or value hash */
    TRIE_VALUE_LIMIT = 32, /* longer values are stored by hash in state version 1 */
};

enum trie_error {
    TRIE_OK,
    TRIE_TRUNCATED,     /* the node ends inside a field */
    TRIE_BAD_HEADER,    /* 01 to 0f: the compact proof's escape and unassigned values */
    TRIE_BAD_PARTIAL,   /* high half of an odd partial's first byte not zero, or more nibbles than 2^31 */
    TRIE_BAD_BITMAP,    /* a branch without children */
    TRIE_BAD_LENGTH,    /* a compact length that is not canonical or over 32 bits; a child longer than a hash */
    TRIE_TRAILING_BYTES /* bytes after the last field */
};

enum trie_node_kind { TRIE_EMPTY, TRIE_LEAF, TRIE_BRANCH };
enum trie_value_kind { TRIE_NO_VALUE, TRIE_INLINE, TRIE_HASHED };

/* `count` nibbles that begin at nibble `first` (0 high half of at[0], 1 low half). */
struct trie_nibbles {
    const uint8_t *at;
    uint32_t first, count;
};

static inline uint8_t trie_nibble(const uint8_t *at, uint32_t index) {
    return (index & 1) != 0 ? at[index >> 1] & 15 : at[index >> 1] >> 4;
}

/* A decoded node; everything is borrowed from the encoding. */
struct trie_node {
    uint8_t kind, value_kind; /* enum trie_node_kind, enum trie_value_kind */
    uint16_t bitmap;          /* bit n: child n is present; 0 for a leaf */
    struct trie_nibbles partial;
    struct bytes value;        /* the bytes, or the hash of them */
    struct bytes children[16]; /* set where the bitmap is: 32 bytes are a hash, fewer are the child itself */
};

/* Decodes exactly the bytes of `encoded`. After an error *node holds nothing usable. */
MUST_USE enum trie_error trie_node_decode(struct trie_node *node, struct bytes encoded);

/* Bytes of header and partial key for a partial of `nibbles`, with the given kinds. */
uint32_t trie_header_size(enum trie_node_kind kind, enum trie_value_kind value, uint32_t nibbles);
/* Writes the header and nibbles [from, to) of `key` packed; returns the byte after them. */
uint8_t *trie_header_write(uint8_t *at, enum trie_node_kind kind, enum trie_value_kind value, const uint8_t *key,
                           uint32_t from, uint32_t to);
/* At least the bytes of the node's encoding; writes it, and returns the byte after it. The inverse of decoding. */
uint32_t trie_node_size(const struct trie_node *node);
uint8_t *trie_node_write(uint8_t *at, const struct trie_node *node);
/* Writes a compact length; returns the byte after it. */
uint8_t *trie_length_write(uint8_t *at, uint32_t length);

/* blake2_256 of the empty trie's single byte 00. */
extern const uint8_t trie_empty_root[TRIE_HASH];

static inline bool trie_hash_equal(const uint8_t *a, const uint8_t *b) {
    return load_u64(a) == load_u64(b) && load_u64(a + 8) == load_u64(b + 8) && load_u64(a + 16) == load_u64(b + 16) &&
           load_u64(a + 24) == load_u64(b + 24);
}

#endif
