/* join.c - greedy longest match, as LZ77 coders do, against a pool that is known beforehand. */
#include "metadata/join.h"

#include <string.h>

enum {
    WINDOW = 16,        /* bytes that a match must have at least */
    LONG_LITERAL = 12,  /* longer new runs go to the pool, where the next list finds them again */
    BUCKETS = 1 << 16,
};

static uint32_t bucket_of(const uint8_t *at) {
    uint32_t h = 2166136261u;
    for (int i = 0; i < WINDOW; i++)
        h = (h ^ at[i]) * 16777619u;
    return (h ^ h >> 16) & (BUCKETS - 1);
}

/* Positions of the pool by their first WINDOW bytes: heads[bucket] and next[position] are position + 1, 0 ends. */
struct index {
    uint32_t *heads, *next;
    size_t filled, capacity;
};

static void index_fill(struct index *index, const struct buffer *pool) {
    if (pool->len > index->capacity)
        fail("the metadata pool is too long");
    for (; index->filled + WINDOW <= pool->len; index->filled++) {
        uint32_t bucket = bucket_of(pool->at + index->filled);
        index->next[index->filled] = index->heads[bucket];
        index->heads[bucket] = (uint32_t)index->filled + 1;
    }
}

static size_t match_length(const struct buffer *pool, size_t from, const struct buffer *target, size_t at) {
    size_t n = 0;
    while (from + n < pool->len && at + n < target->len && pool->at[from + n] == target->at[at + n])
        n++;
    return n;
}

/* The longest match; one at `expected` wins over another of equal length. */
static size_t best_match(const struct index *index, const struct buffer *pool, const struct buffer *target, size_t at,
                         size_t expected, size_t *from) {
    size_t best = expected < pool->len ? match_length(pool, expected, target, at) : 0;
    *from = expected;
    if (at + WINDOW > target->len)
        return best >= WINDOW ? best : 0;
    for (uint32_t p = index->heads[bucket_of(target->at + at)]; p; p = index->next[p - 1]) {
        size_t n = match_length(pool, p - 1, target, at);
        if (n > best) {
            best = n;
            *from = p - 1;
        }
    }
    return best >= WINDOW ? best : 0;
}

static void put_varint(struct buffer *b, uint32_t v) {
    if (v >> 21)
        fail("a run of the metadata is too long for its list");
    for (; v >= 128; v >>= 7)
        put_u8(b, (uint8_t)(v | 128));
    put_u8(b, (uint8_t)v);
}

static void put_copy(struct buffer *runs, size_t *at, size_t from, size_t length) {
    put_varint(runs, (uint32_t)length << 1);
    put_varint(runs, from >= *at ? (uint32_t)(from - *at) << 1 : ((uint32_t)(*at - from - 1) << 1 | 1));
    *at = from + length;
}

static void put_literal(struct buffer *runs, struct buffer *pool, size_t *at, const uint8_t *bytes, size_t length) {
    if (length == 0)
        return;
    if (length >= LONG_LITERAL) {
        size_t from = pool->len;
        put_raw(pool, bytes, length);
        put_copy(runs, at, from, length);
        return;
    }
    put_varint(runs, (uint32_t)length << 1 | 1);
    put_raw(runs, bytes, length);
}

struct buffer join_runs(struct buffer *pool, const struct buffer *target) {
    struct index index = {must_alloc(BUCKETS, sizeof(uint32_t)), NULL, 0, pool->len + target->len};
    index.next = must_alloc(index.capacity, sizeof(uint32_t));
    index_fill(&index, pool);
    struct buffer runs = {0};
    size_t at = 0, literal = 0, done = 0;
    while (done < target->len) {
        size_t from, length = best_match(&index, pool, target, done, at, &from);
        if (length == 0) {
            done++;
            continue;
        }
        put_literal(&runs, pool, &at, target->at + literal, done - literal);
        put_copy(&runs, &at, from, length);
        done += length;
        literal = done;
        index_fill(&index, pool);
    }
    put_literal(&runs, pool, &at, target->at + literal, done - literal);
    return runs;
}

static uint32_t take_varint(const struct buffer *b, size_t *at) {
    uint32_t v = 0;
    for (int shift = 0; shift < 32; shift += 7) {
        if (*at == b->len)
            fail("a run list ends early");
        uint8_t byte = b->at[(*at)++];
        v |= (uint32_t)(byte & 127) << shift;
        if (byte < 128)
            break;
    }
    return v;
}

struct buffer join_play(const struct buffer *pool, const struct buffer *runs, size_t length) {
    struct buffer out = {0};
    size_t at = 0, next = 0;
    while (out.len < length) {
        uint32_t v = take_varint(runs, &next);
        if (v & 1) {
            put_raw(&out, runs->at + next, v >> 1);
            next += v >> 1;
            continue;
        }
        uint32_t z = take_varint(runs, &next);
        at = z & 1 ? at - (z >> 1) - 1 : at + (z >> 1);
        put_raw(&out, pool->at + at, v >> 1);
        at += v >> 1;
    }
    if (next != runs->len)
        fail("a run list is too long");
    return out;
}
