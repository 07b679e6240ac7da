/* reference_trie.c - see reference_trie.h. */
#include "reference_trie.h"
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    uint8_t *at;
    uint32_t len, capacity;
};

static void put(struct buffer *b, const void *from, uint32_t n) {
    if (b->len + n > b->capacity) {
        b->capacity = 2 * (b->len + n) + 64;
        b->at = realloc(b->at, b->capacity);
    }
    if (n)
        memcpy(b->at + b->len, from, n);
    b->len += n;
}
static void put_byte(struct buffer *b, unsigned byte) {
    uint8_t one = (uint8_t)byte;
    put(b, &one, 1);
}
static void put_compact(struct buffer *b, uint32_t n) {
    if (n < 64) {
        put_byte(b, n * 4);
    } else if (n < 16384) {
        put_byte(b, (n * 4 + 1) & 255);
        put_byte(b, (n * 4 + 1) >> 8);
    } else {
        for (int i = 0; i < 4; i++)
            put_byte(b, (n * 4 + 2) >> (8 * i) & 255);
    }
}

static uint8_t nibble(const struct ref_pair *p, uint32_t i) { return i % 2 ? p->key[i / 2] & 15 : p->key[i / 2] >> 4; }

static void hash(uint8_t out[32], const uint8_t *at, uint32_t len) { crypto_generichash(out, 32, at, len, NULL, 0); }

static void keep(struct ref_trie *t, const uint8_t *at, uint32_t len, uint8_t out[32]) {
    struct ref_node *n = &t->nodes[t->count++];
    if (t->count > REF_MAX_NODES)
        abort();
    n->at = malloc(len + 1);
    memcpy(n->at, at, len);
    n->len = len;
    hash(n->hash, at, len);
    memcpy(out, n->hash, 32);
}

/* Header and packed nibbles [depth, end) of the pair's key. */
static void put_partial(struct buffer *b, unsigned pattern, uint32_t most, const struct ref_pair *pair, uint32_t depth,
                        uint32_t end) {
    uint32_t size = end - depth, at = depth;
    if (size <= most - 1) {
        put_byte(b, pattern | size);
    } else {
        put_byte(b, pattern | most);
        uint32_t rest = size - (most - 1);
        for (; rest >= 256; rest -= 255)
            put_byte(b, 255);
        put_byte(b, rest - 1);
    }
    if (size % 2)
        put_byte(b, nibble(pair, at++));
    for (; at < end; at += 2)
        put_byte(b, (unsigned)nibble(pair, at) * 16 + nibble(pair, at + 1));
}

/* The node over pairs [from, to), which share their first `depth` nibbles. */
static struct buffer node(struct ref_trie *t, const struct ref_pair *pairs, uint32_t from, uint32_t to, uint32_t depth,
                          int version) {
    uint32_t end = 2 * pairs[from].key_len;
    for (uint32_t i = from; i < to; i++) {
        uint32_t j = depth;
        while (j < end && j < 2 * pairs[i].key_len && nibble(&pairs[i], j) == nibble(&pairs[from], j))
            j++;
        end = j < end ? j : end;
    }
    bool own = 2 * pairs[from].key_len == end, leaf = to - from == 1;
    bool hashed = own && version == 1 && pairs[from].value_len >= 33;
    unsigned pattern = leaf ? (hashed ? 0x20 : 0x40) : hashed ? 0x10 : own ? 0xc0 : 0x80;
    struct buffer b = {0};
    put_partial(&b, pattern, leaf ? (hashed ? 31 : 63) : hashed ? 15 : 63, &pairs[from], depth, end);
    struct buffer children = {0};
    unsigned bitmap = 0;
    for (unsigned n = 0; n < 16 && !leaf; n++) {
        uint32_t start = from + own;
        while (start < to && nibble(&pairs[start], end) != n)
            start++;
        uint32_t stop = start;
        while (stop < to && nibble(&pairs[stop], end) == n)
            stop++;
        if (start == stop)
            continue;
        bitmap |= 1u << n;
        struct buffer child = node(t, pairs, start, stop, end + 1, version);
        uint8_t digest[32];
        if (child.len >= 32)
            keep(t, child.at, child.len, digest);
        put_compact(&children, child.len >= 32 ? 32 : child.len);
        put(&children, child.len >= 32 ? digest : child.at, child.len >= 32 ? 32 : child.len);
        free(child.at);
    }
    if (!leaf) {
        put_byte(&b, bitmap & 255);
        put_byte(&b, bitmap >> 8);
    }
    if (hashed) {
        uint8_t digest[32];
        keep(t, pairs[from].value, pairs[from].value_len, digest);
        put(&b, digest, 32);
    } else if (own) {
        put_compact(&b, pairs[from].value_len);
        put(&b, pairs[from].value, pairs[from].value_len);
    }
    put(&b, children.at, children.len);
    free(children.at);
    return b;
}

static int by_key(const void *a, const void *b) {
    const struct ref_pair *x = a, *y = b;
    uint32_t shared = x->key_len < y->key_len ? x->key_len : y->key_len;
    int order = memcmp(x->key, y->key, shared);
    return order ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

void ref_build(struct ref_trie *trie, struct ref_pair *pairs, uint32_t *count, int version) {
    qsort(pairs, *count, sizeof *pairs, by_key);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++)
        if (kept == 0 || by_key(&pairs[kept - 1], &pairs[i]) != 0) {
            if (kept != i)
                pairs[kept] = pairs[i];
            kept++;
        }
    *count = kept;
    trie->count = 0;
    struct buffer b = {0};
    if (kept)
        b = node(trie, pairs, 0, kept, 0, version);
    else
        put_byte(&b, 0);
    keep(trie, b.at, b.len, trie->root);
    free(b.at);
}

void ref_free(struct ref_trie *trie) {
    for (uint32_t i = 0; i < trie->count; i++)
        free(trie->nodes[i].at);
    trie->count = 0;
}

struct bytes ref_proof(const struct ref_trie *trie, uint32_t skip) {
    struct buffer b = {0};
    put_compact(&b, trie->count - (skip < trie->count));
    for (uint32_t i = 0; i < trie->count; i++) {
        if (i == skip)
            continue;
        put_compact(&b, trie->nodes[i].len);
        put(&b, trie->nodes[i].at, trie->nodes[i].len);
    }
    return (struct bytes){b.at, b.len};
}

uint32_t ref_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)(*state >> 32);
}

void ref_random_pairs(struct ref_pair *pairs, uint32_t count, int style, uint64_t *state) {
    static const uint32_t lengths[] = {0, 1, 20, 31, 32, 33, 34, 63, 64, 65, 300};
    static const uint32_t long_keys[] = {7, 8, 15, 16, 31, 32, 33, 64, 150, 160, 399};
    for (uint32_t i = 0; i < count; i++) {
        struct ref_pair *p = &pairs[i];
        int s = style == 5 ? (int)(ref_random(state) % 5) : style;
        p->key_len = s == 0   ? 1 + ref_random(state) % 4
                     : s == 1 ? 16 + ref_random(state) % 5
                     : s == 2 ? ref_random(state) % 40
                     : s == 3 ? 32
                              : long_keys[ref_random(state) % COUNT_OF(long_keys)];
        for (uint32_t j = 0; j < p->key_len; j++)
            p->key[j] = (uint8_t)(s == 1 && j < 15               ? 0x5a
                                  : s == 2                       ? 0x11 * (1 + ref_random(state) % 8 / 7)
                                  : s == 4 && j + 3 < p->key_len ? 0x77
                                                                 : ref_random(state));
        p->value_len = lengths[ref_random(state) % COUNT_OF(lengths)];
        for (uint32_t j = 0; j < p->value_len; j++)
            p->value[j] = (uint8_t)ref_random(state);
    }
}
