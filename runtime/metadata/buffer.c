/* buffer.c - see buffer.h. */
#include "metadata/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fputs("mkmetadata: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void *must_alloc(size_t count, size_t size) {
    void *at = calloc(count ? count : 1, size ? size : 1);
    if (!at)
        fail("out of memory");
    return at;
}

static char *format_args(const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n < 0)
        fail("bad format");
    char *out = must_alloc((size_t)n + 1, 1);
    vsnprintf(out, (size_t)n + 1, format, again);
    va_end(again);
    return out;
}

char *must_format(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *out = format_args(format, args);
    va_end(args);
    return out;
}

void put_raw(struct buffer *b, const void *from, size_t n) {
    if (b->capacity - b->len < n) {
        size_t capacity = (b->len + n) * 2 + 64;
        uint8_t *at = realloc(b->at, capacity);
        if (!at)
            fail("out of memory");
        b->at = at;
        b->capacity = capacity;
    }
    if (n)
        memcpy(b->at + b->len, from, n);
    b->len += n;
}

void put_u8(struct buffer *b, uint8_t v) { put_raw(b, &v, 1); }
void put_u16(struct buffer *b, uint16_t v) { put_raw(b, &v, sizeof v); }
void put_u32(struct buffer *b, uint32_t v) { put_raw(b, &v, sizeof v); }

void put_compact(struct buffer *b, uint32_t v) {
    if (v < 1u << 6) {
        put_u8(b, (uint8_t)(v << 2));
    } else if (v < 1u << 14) {
        put_u16(b, (uint16_t)(v << 2 | 1));
    } else if (v < 1u << 30) {
        put_u32(b, v << 2 | 2);
    } else {
        put_u8(b, 3);
        put_u32(b, v);
    }
}

void put_buffer(struct buffer *b, const struct buffer *from) { put_raw(b, from->at, from->len); }

void put_bytes(struct buffer *b, const void *from, size_t n) {
    put_compact(b, (uint32_t)n);
    put_raw(b, from, n);
}

void put_str(struct buffer *b, const char *s) { put_bytes(b, s, strlen(s)); }

void put_option_str(struct buffer *b, const char *s) {
    put_u8(b, s != NULL);
    if (s)
        put_str(b, s);
}

/* Vec<str> of the pieces of `s` between separators. */
static void put_split(struct buffer *b, const char *s, const char *separator) {
    if (!s || !*s) {
        put_compact(b, 0);
        return;
    }
    size_t skip = strlen(separator);
    uint32_t count = 1;
    for (const char *at = strstr(s, separator); at; at = strstr(at + skip, separator))
        count++;
    put_compact(b, count);
    for (;;) {
        const char *end = strstr(s, separator);
        put_bytes(b, s, end ? (size_t)(end - s) : strlen(s));
        if (!end)
            return;
        s = end + skip;
    }
}

void put_no_docs(struct buffer *b) { put_compact(b, 0); }
void put_path(struct buffer *b, const char *path) { put_split(b, path, "::"); }

void put_text(struct buffer *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *text = format_args(format, args);
    va_end(args);
    put_raw(b, text, strlen(text));
    free(text);
}

bool buffer_equal(const struct buffer *a, const struct buffer *b) {
    return a->len == b->len && (a->len == 0 || memcmp(a->at, b->at, a->len) == 0);
}

static bool file_holds(const char *path, const struct buffer *b) {
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    uint8_t *old = must_alloc(b->len + 1, 1);
    bool same = fread(old, 1, b->len + 1, f) == b->len && (b->len == 0 || memcmp(old, b->at, b->len) == 0);
    free(old);
    fclose(f);
    return same;
}

void buffer_save(const struct buffer *b, const char *folder, const char *name) {
    char *path = must_format("%s/%s", folder, name);
    if (!file_holds(path, b)) {
        FILE *f = fopen(path, "wb");
        if (!f)
            fail("cannot write %s: %s", path, strerror(errno));
        if ((b->len && fwrite(b->at, 1, b->len, f) != b->len) || fclose(f) != 0)
            fail("cannot write %s: %s", path, strerror(errno));
    }
    free(path);
}
