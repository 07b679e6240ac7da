/* wasm_bytes.h - what the build steps over the blob's module share: growing buffers, LEB128 numbers, sections. */
#ifndef NALAR_HOST_WASM_BYTES_H
#define NALAR_HOST_WASM_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    uint8_t *at;
    size_t len, capacity;
};

/* Defined by each tool: says why on stderr and exits with 1. */
_Noreturn void fail(const char *why);

static inline void put(struct buffer *b, const void *from, size_t n) {
    if (b->len + n > b->capacity) {
        b->capacity = 2 * (b->len + n) + 4096;
        b->at = realloc(b->at, b->capacity);
        if (!b->at)
            fail("out of memory");
    }
    if (n)
        memcpy(b->at + b->len, from, n);
    b->len += n;
}

static inline void put_byte(struct buffer *b, uint8_t byte) { put(b, &byte, 1); }

static inline void put_unsigned(struct buffer *b, uint64_t v) {
    do {
        uint8_t low = v & 0x7F;
        v >>= 7;
        put_byte(b, (uint8_t)(low | (v ? 0x80 : 0)));
    } while (v);
}

static inline void put_signed(struct buffer *b, int64_t v) {
    for (;;) {
        uint8_t low = v & 0x7F;
        v >>= 7;
        if ((v == 0 && !(low & 0x40)) || (v == -1 && (low & 0x40))) {
            put_byte(b, low);
            return;
        }
        put_byte(b, low | 0x80);
    }
}

static inline void put_section(struct buffer *b, uint8_t id, const uint8_t *at, size_t len) {
    put_byte(b, id);
    put_unsigned(b, len);
    put(b, at, len);
}

struct input {
    const uint8_t *at, *end;
};

static inline uint8_t get_byte(struct input *in) {
    if (in->at == in->end)
        fail("the module ends early");
    return *in->at++;
}

static inline uint64_t get_unsigned(struct input *in) {
    uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t byte = get_byte(in);
        v |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return v;
    }
    fail("a number is too long");
}

static inline int64_t get_signed(struct input *in) {
    int64_t v = 0;
    for (int shift = 0; shift < 64;) {
        uint8_t byte = get_byte(in);
        v |= (int64_t)(byte & 0x7F) << shift;
        shift += 7;
        if (!(byte & 0x80))
            return shift < 64 && (byte & 0x40) ? v | (int64_t)(~(uint64_t)0 << shift) : v;
    }
    fail("a number is too long");
}

/* The next `n` bytes as an input of their own. */
static inline struct input get_part(struct input *in, uint64_t n) {
    if (n > (uint64_t)(in->end - in->at))
        fail("a part of the module ends early");
    struct input part = {in->at, in->at + n};
    in->at += n;
    return part;
}

static inline struct buffer read_module(const char *name) {
    struct buffer all = {NULL, 0, 0};
    uint8_t chunk[65536];
    FILE *f = fopen(name, "rb");
    if (!f)
        fail("cannot read the input");
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        put(&all, chunk, n);
    fclose(f);
    if (all.len < 8 || memcmp(all.at, "\0asm\1\0\0\0", 8) != 0)
        fail("the input is no wasm module");
    return all;
}

static inline void write_module(const char *name, const struct buffer *module) {
    FILE *f = fopen(name, "wb");
    if (!f || fwrite(module->at, 1, module->len, f) != module->len || fclose(f) != 0)
        fail("cannot write the output");
}

#endif
