/* scale.c - see scale.h. */
#include "scale/scale.h"

bool reader_fail(struct reader *in) {
    in->failed = true;
    in->at = in->end;
    return false;
}

const uint8_t *read_raw(struct reader *in, uint32_t n) {
    if (UNLIKELY(n > reader_left(in))) { /* nothing is left after a failure */
        reader_fail(in);
        return NULL;
    }
    const uint8_t *at = in->at;
    in->at += n;
    return at;
}

void read_into(struct reader *in, void *out, uint32_t n) {
    const uint8_t *at = read_raw(in, n);
    if (!at)
        memset(out, 0, n);
    else if (n)
        memcpy(out, at, n);
}

uint8_t read_u8(struct reader *in) {
    if (LIKELY(in->at != in->end))
        return *in->at++;
    reader_fail(in);
    return 0;
}
uint16_t read_u16(struct reader *in) {
    const uint8_t *at = read_raw(in, 2);
    return at ? load_u16(at) : 0;
}
uint32_t read_u32(struct reader *in) {
    const uint8_t *at = read_raw(in, 4);
    return at ? load_u32(at) : 0;
}
uint64_t read_u64(struct reader *in) {
    const uint8_t *at = read_raw(in, 8);
    return at ? load_u64(at) : 0;
}
u128 read_u128(struct reader *in) {
    const uint8_t *at = read_raw(in, 16);
    return at ? load_u128(at) : 0;
}
bool read_bool(struct reader *in) {
    uint8_t b = read_u8(in);
    if (b > 1)
        return reader_fail(in);
    return b == 1;
}

/* Modes 0 to 2: the value below 2^30, or UINT32_MAX for mode 3, whose first byte is left in *first. */
static uint32_t compact_small(struct reader *in, uint8_t *first) {
    *first = 0;
    if (UNLIKELY(in->at == in->end)) {
        reader_fail(in);
        return 0;
    }
    *first = *in->at++;
    uint32_t v = *first >> 2;
    switch (*first & 3) {
    case 0:
        return v;
    case 1:
        v |= (uint32_t)read_u8(in) << 6;
        if (v < 64)
            reader_fail(in);
        return v;
    case 2: {
        const uint8_t *at = read_raw(in, 3);
        if (at)
            v |= ((uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16) << 6;
        if (v < 1u << 14)
            reader_fail(in);
        return v;
    }
    default:
        return UINT32_MAX;
    }
}

/* Mode 3: 4 + (first >> 2) bytes follow; canonical when the last is not zero and the value needs this mode. */
static u128 compact_big(struct reader *in, uint8_t first) {
    uint32_t n = 4u + (first >> 2);
    const uint8_t *at = read_raw(in, n);
    if (!at)
        return 0;
    uint8_t le[16] = {0};
    if (n > 16 || at[n - 1] == 0) {
        reader_fail(in);
        return 0;
    }
    memcpy(le, at, n);
    u128 v = load_u128(le);
    if (v < (1u << 30)) {
        reader_fail(in);
        return 0;
    }
    return v;
}

u128 read_compact_u128(struct reader *in) {
    uint8_t first;
    uint32_t small = compact_small(in, &first);
    return small != UINT32_MAX ? small : compact_big(in, first);
}

uint64_t read_compact_u64(struct reader *in) {
    uint8_t first;
    uint32_t small = compact_small(in, &first);
    if (small != UINT32_MAX)
        return small;
    u128 v = compact_big(in, first);
    if (v >> 64) {
        reader_fail(in);
        return 0;
    }
    return (uint64_t)v;
}

uint32_t read_compact_u32(struct reader *in) {
    uint8_t first;
    uint32_t small = compact_small(in, &first);
    if (small != UINT32_MAX)
        return in->failed ? 0 : small;
    u128 v = compact_big(in, first);
    if (v >> 32) {
        reader_fail(in);
        return 0;
    }
    return (uint32_t)v;
}

struct bytes read_bytes(struct reader *in, uint32_t max) {
    uint32_t len = read_compact_u32(in);
    if (len > max)
        reader_fail(in);
    const uint8_t *at = read_raw(in, len);
    if (!at)
        return (struct bytes){NULL, 0};
    if (in->copy && len) {
        uint8_t *own = read_alloc(in, len, 1);
        if (!own)
            return (struct bytes){NULL, 0};
        at = memcpy(own, at, len);
    }
    return (struct bytes){at, len};
}

void *read_alloc(struct reader *in, uint32_t count, uint32_t size) {
    uint64_t total = (uint64_t)count * size;
    if (in->failed || total > in->budget) {
        reader_fail(in);
        return NULL;
    }
    in->budget -= (uint32_t)total;
    return arena_alloc(in->arena, (size_t)total);
}

void write_raw(struct writer *out, const void *from, uint32_t n) {
    if (UNLIKELY(n > (size_t)(out->end - out->at))) {
        out->overflow = true;
        return;
    }
    if (n)
        memcpy(out->at, from, n);
    out->at += n;
}

void write_u8(struct writer *out, uint8_t v) {
    if (UNLIKELY(out->at == out->end))
        out->overflow = true;
    else
        *out->at++ = v;
}
void write_u16(struct writer *out, uint16_t v) { write_raw(out, &v, 2); }
void write_u32(struct writer *out, uint32_t v) { write_raw(out, &v, 4); }
void write_u64(struct writer *out, uint64_t v) { write_raw(out, &v, 8); }
void write_u128(struct writer *out, u128 v) { write_raw(out, &v, 16); }

void write_compact_u32(struct writer *out, uint32_t v) {
    if (v < 64)
        write_u8(out, (uint8_t)(v << 2));
    else if (v < 16384)
        write_u16(out, (uint16_t)(v << 2 | 1));
    else if (v < (1u << 30))
        write_u32(out, v << 2 | 2);
    else {
        write_u8(out, 3);
        write_u32(out, v);
    }
}

void write_compact_u64(struct writer *out, uint64_t v) {
    if (v >> 32 == 0) {
        write_compact_u32(out, (uint32_t)v);
        return;
    }
    uint32_t n = 8 - (uint32_t)__builtin_clzll(v) / 8;
    write_u8(out, (uint8_t)((n - 4) << 2 | 3));
    write_raw(out, &v, n);
}

void write_compact(struct writer *out, u128 v) {
    if (v >> 64 == 0) {
        write_compact_u64(out, (uint64_t)v);
        return;
    }
    uint8_t le[16];
    store_u128(le, v);
    uint32_t n = 16;
    while (le[n - 1] == 0)
        n--;
    write_u8(out, (uint8_t)((n - 4) << 2 | 3));
    write_raw(out, le, n);
}

void write_bytes(struct writer *out, struct bytes b) {
    write_compact_u32(out, b.len);
    write_slice(out, b);
}
