/* blake3.c - BLAKE3 in its plain hash mode, after the specification's sections 2.1 to 2.5. Not fast. */
#include "metadata/blake3.h"

#include <string.h>

enum { BLOCK = 64, CHUNK = 1024 };
enum { CHUNK_START = 1, CHUNK_END = 2, PARENT = 4, ROOT = 8 };

static const uint32_t iv[8] = {0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A,
                               0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19};
static const uint8_t permutation[16] = {2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8};

/* The last compression of a node, not yet done: whether it is the root is known later. */
struct output {
    uint32_t chaining[8], words[16];
    uint64_t counter;
    uint32_t length, flags;
};

static uint32_t rotate(uint32_t v, int n) { return v >> n | v << (32 - n); }

static void mix(uint32_t s[16], int a, int b, int c, int d, uint32_t x, uint32_t y) {
    s[a] += s[b] + x;
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b] + y;
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

static void compress(uint32_t out[8], const struct output *node, uint32_t flags) {
    uint32_t s[16], m[16], next[16];
    memcpy(m, node->words, sizeof m);
    memcpy(s, node->chaining, 32);
    memcpy(s + 8, iv, 16);
    s[12] = (uint32_t)node->counter;
    s[13] = (uint32_t)(node->counter >> 32);
    s[14] = node->length;
    s[15] = node->flags | flags;
    for (int round = 0; round < 7; round++) {
        for (int i = 0; i < 4; i++)
            mix(s, i, 4 + i, 8 + i, 12 + i, m[2 * i], m[2 * i + 1]);
        for (int i = 0; i < 4; i++)
            mix(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4, m[8 + 2 * i], m[9 + 2 * i]);
        for (int i = 0; i < 16; i++)
            next[i] = m[permutation[i]];
        memcpy(m, next, sizeof m);
    }
    for (int i = 0; i < 8; i++)
        out[i] = s[i] ^ s[i + 8];
}

/* The last block of one chunk of at most 1024 bytes. */
static struct output chunk_output(const uint8_t *in, size_t len, uint64_t index) {
    struct output node = {.counter = index, .flags = CHUNK_START};
    memcpy(node.chaining, iv, sizeof iv);
    while (len > BLOCK) {
        memcpy(node.words, in, BLOCK);
        node.length = BLOCK;
        compress(node.chaining, &node, 0);
        node.flags = 0;
        in += BLOCK;
        len -= BLOCK;
    }
    memset(node.words, 0, sizeof node.words);
    if (len)
        memcpy(node.words, in, len);
    node.length = (uint32_t)len;
    node.flags |= CHUNK_END;
    return node;
}

/* The left subtree holds the largest power of two of chunks that leaves at least one byte for the right. */
static struct output subtree_output(const uint8_t *in, size_t len, uint64_t first_chunk) {
    if (len <= CHUNK)
        return chunk_output(in, len, first_chunk);
    size_t left = CHUNK;
    while (left * 2 < len)
        left *= 2;
    struct output node = {.length = BLOCK, .flags = PARENT};
    memcpy(node.chaining, iv, sizeof iv);
    struct output child = subtree_output(in, left, first_chunk);
    compress(node.words, &child, 0);
    child = subtree_output(in + left, len - left, first_chunk + left / CHUNK);
    compress(node.words + 8, &child, 0);
    return node;
}

void blake3(uint8_t out[static 32], const void *in, size_t len) {
    uint32_t hash[8];
    struct output root = subtree_output(in, len, 0);
    compress(hash, &root, ROOT);
    memcpy(out, hash, 32);
}
