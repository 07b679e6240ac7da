/* scale.h - SCALE readers and writers over caller memory. Decoding is total and canonical: a reader keeps its first
 * error, after which every read yields zeros, so callers may check once at the end. No chain knowledge here. */
#ifndef NALAR_SCALE_SCALE_H
#define NALAR_SCALE_SCALE_H

#include "core/arena.h"
#include "core/platform.h"

/* Limits of one decode, as parity-scale-codec's: nesting of boxes and vectors, and memory for decoded values. */
#define SCALE_MAX_DEPTH 256
#define SCALE_MAX_MEMORY (16u * 1024 * 1024)

struct reader {
    const uint8_t *at, *end;
    bool failed;     /* the first error happened */
    bool copy;       /* decoded byte strings are copied into the arena instead of borrowed from the input */
    uint16_t depth;  /* open boxes and vectors */
    uint32_t budget; /* bytes of arena memory that decoding may still use */
    struct arena *arena;
};

/* A reader over `input` that puts decoded vectors into `arena`. */
static inline struct reader reader_over(struct bytes input, struct arena *arena) {
    return (struct reader){input.at, input.at ? input.at + input.len : input.at, false, false, 0, SCALE_MAX_MEMORY, arena};
}
static inline uint32_t reader_left(const struct reader *in) { return (uint32_t)(in->end - in->at); }
/* Marks the reader as failed and empties it; returns false for `return reader_fail(in)`. */
bool reader_fail(struct reader *in);
/* True when nothing failed and every byte was consumed. */
static inline MUST_USE bool reader_done(const struct reader *in) { return !in->failed && in->at == in->end; }
/* `n` next bytes in place, or NULL and the reader failed. */
const uint8_t *read_raw(struct reader *in, uint32_t n);
void read_into(struct reader *in, void *out, uint32_t n); /* zeros when failed */
uint8_t read_u8(struct reader *in);
uint16_t read_u16(struct reader *in);
uint32_t read_u32(struct reader *in);
uint64_t read_u64(struct reader *in);
u128 read_u128(struct reader *in);
bool read_bool(struct reader *in);
/* Canonical compact integers; values over the type's range fail. */
uint32_t read_compact_u32(struct reader *in);
uint64_t read_compact_u64(struct reader *in);
u128 read_compact_u128(struct reader *in);
/* Vec<u8> of at most `max` bytes, borrowed from the input. */
struct bytes read_bytes(struct reader *in, uint32_t max);
/* Memory for `count` decoded items of `size` bytes within the reader's budget, or NULL and the reader failed. */
void *read_alloc(struct reader *in, uint32_t count, uint32_t size);

/* Writes into caller memory; `overflow` is set instead of writing past the end. */
struct writer {
    uint8_t *start, *at, *end;
    bool overflow;
};

static inline struct writer writer_over(void *at, size_t size) {
    return (struct writer){at, at, (uint8_t *)at + size, false};
}
static inline uint32_t writer_len(const struct writer *out) { return (uint32_t)(out->at - out->start); }
static inline struct bytes writer_bytes(const struct writer *out) {
    return (struct bytes){out->start, writer_len(out)};
}
void write_raw(struct writer *out, const void *from, uint32_t n);
static inline void write_slice(struct writer *out, struct bytes b) { write_raw(out, b.at, b.len); }
void write_u8(struct writer *out, uint8_t v);
void write_u16(struct writer *out, uint16_t v);
void write_u32(struct writer *out, uint32_t v);
void write_u64(struct writer *out, uint64_t v);
void write_u128(struct writer *out, u128 v);
void write_compact(struct writer *out, u128 v);
void write_compact_u32(struct writer *out, uint32_t v);
void write_compact_u64(struct writer *out, uint64_t v);
/* Vec<u8>: compact length and the bytes. */
void write_bytes(struct writer *out, struct bytes b);
/* Bytes that write_compact_u32 would write: 1, 2, 4 or 5. */
static inline uint32_t compact_size(uint32_t v) { return v < 64 ? 1 : v < 16384 ? 2 : v < (1u << 30) ? 4 : 5; }

#endif
