/* pack_wasm.c - build step: takes runs of zeros out of the blob's data segments. With imported memory the linker writes
 * zero-initialised variables out in full, 150 KB of nothing; every host that runs a blob gives it fresh, zeroed memory
 * (WebAssembly core specification, memory instances), so the zeros need not be there.
 * usage: pack_wasm IN OUT */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct buffer {
    uint8_t *at;
    size_t len, capacity;
};

static void fail(const char *why) {
    fprintf(stderr, "pack_wasm: %s\n", why);
    exit(1);
}

static void put(struct buffer *b, const void *from, size_t n) {
    if (b->len + n > b->capacity) {
        b->capacity = 2 * (b->len + n) + 4096;
        b->at = realloc(b->at, b->capacity);
        if (!b->at)
            fail("out of memory");
    }
    memcpy(b->at + b->len, from, n);
    b->len += n;
}

static void put_byte(struct buffer *b, uint8_t byte) { put(b, &byte, 1); }

static void put_unsigned(struct buffer *b, uint64_t v) {
    do {
        uint8_t low = v & 0x7F;
        v >>= 7;
        put_byte(b, (uint8_t)(low | (v ? 0x80 : 0)));
    } while (v);
}

static void put_signed(struct buffer *b, int64_t v) {
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

struct input {
    const uint8_t *at, *end;
};

static uint8_t get_byte(struct input *in) {
    if (in->at == in->end)
        fail("the module ends early");
    return *in->at++;
}

static uint64_t get_unsigned(struct input *in) {
    uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
        uint8_t byte = get_byte(in);
        v |= (uint64_t)(byte & 0x7F) << shift;
        if (!(byte & 0x80))
            return v;
    }
    fail("a number is too long");
    return 0;
}

static int64_t get_signed(struct input *in) {
    int64_t v = 0;
    for (int shift = 0; shift < 64;) {
        uint8_t byte = get_byte(in);
        v |= (int64_t)(byte & 0x7F) << shift;
        shift += 7;
        if (!(byte & 0x80))
            return shift < 64 && (byte & 0x40) ? v | (int64_t)(~(uint64_t)0 << shift) : v;
    }
    fail("a number is too long");
    return 0;
}

/* A new segment costs about 10 bytes, so shorter runs stay. */
enum { RUN = 16 };

static uint32_t put_segments(struct buffer *out, int64_t offset, const uint8_t *at, size_t len) {
    uint32_t count = 0;
    for (size_t i = 0; i < len;) {
        while (i < len && at[i] == 0)
            i++;
        size_t from = i, zeros = 0;
        for (; i < len && zeros < RUN; i++)
            zeros = at[i] == 0 ? zeros + 1 : 0;
        size_t to = i - zeros;
        if (to == from)
            continue;
        put_byte(out, 0);    /* active, memory 0 */
        put_byte(out, 0x41); /* i32.const */
        put_signed(out, offset + (int64_t)from);
        put_byte(out, 0x0B); /* end */
        put_unsigned(out, to - from);
        put(out, at + from, to - from);
        count++;
    }
    return count;
}

static void pack_data(struct buffer *out, struct input in) {
    struct buffer segments = {NULL, 0, 0}, body = {NULL, 0, 0};
    uint32_t made = 0;
    for (uint64_t n = get_unsigned(&in); n; n--) {
        if (get_unsigned(&in) != 0 || get_byte(&in) != 0x41)
            fail("a data segment is not active with a constant offset");
        int64_t offset = get_signed(&in);
        if (get_byte(&in) != 0x0B)
            fail("a data segment's offset is not a single constant");
        uint64_t len = get_unsigned(&in);
        if (len > (uint64_t)(in.end - in.at))
            fail("a data segment ends early");
        made += put_segments(&segments, offset, in.at, len);
        in.at += len;
    }
    put_unsigned(&body, made);
    put(&body, segments.at, segments.len);
    put_byte(out, 11);
    put_unsigned(out, body.len);
    put(out, body.at, body.len);
    free(segments.at);
    free(body.at);
}

static struct buffer read_file(const char *name) {
    struct buffer all = {NULL, 0, 0};
    uint8_t chunk[65536];
    FILE *f = fopen(name, "rb");
    if (!f)
        fail("cannot read the input");
    for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;)
        put(&all, chunk, n);
    fclose(f);
    return all;
}

int main(int argc, char **argv) {
    if (argc != 3)
        fail("usage: pack_wasm IN OUT");
    struct buffer whole = read_file(argv[1]), out = {NULL, 0, 0};
    if (whole.len < 8 || memcmp(whole.at, "\0asm\1\0\0\0", 8) != 0)
        fail("the input is no wasm module");
    put(&out, whole.at, 8);
    struct input in = {whole.at + 8, whole.at + whole.len};
    while (in.at < in.end) {
        uint8_t id = get_byte(&in);
        uint64_t len = get_unsigned(&in);
        if (len > (uint64_t)(in.end - in.at))
            fail("a section ends early");
        struct input section = {in.at, in.at + len};
        in.at += len;
        if (id == 11) {
            pack_data(&out, section);
        } else {
            put_byte(&out, id);
            put_unsigned(&out, len);
            put(&out, section.at, len);
        }
    }
    FILE *f = fopen(argv[2], "wb");
    if (!f || fwrite(out.at, 1, out.len, f) != out.len || fclose(f) != 0)
        fail("cannot write the output");
    free(whole.at);
    free(out.at);
    return 0;
}
