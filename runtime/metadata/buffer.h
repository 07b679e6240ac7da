/* buffer.h - growable bytes with SCALE writers, for native build tools only: they end the program when memory ends. */
#ifndef NALAR_METADATA_BUFFER_H
#define NALAR_METADATA_BUFFER_H

#include "core/platform.h"

struct buffer {
    uint8_t *at;
    size_t len, capacity;
};

/* `count` zeroed items. */
void *must_alloc(size_t count, size_t size);
/* printf into fresh memory that is never freed. */
char *must_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Ends the build with one line. */
NORETURN void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

void put_raw(struct buffer *b, const void *from, size_t n);
void put_u8(struct buffer *b, uint8_t v);
void put_u16(struct buffer *b, uint16_t v);
void put_u32(struct buffer *b, uint32_t v);
void put_compact(struct buffer *b, uint32_t v);
void put_buffer(struct buffer *b, const struct buffer *from);
/* str, Option<str> with NULL as None. */
void put_str(struct buffer *b, const char *s);
void put_option_str(struct buffer *b, const char *s);
/* Vec<u8>. */
void put_bytes(struct buffer *b, const void *from, size_t n);
/* Docs, Vec<str>: none. They would be 6 KB of the compressed blob, and docs/PALLETS.md has them all. */
void put_no_docs(struct buffer *b);
/* Vec<str>: the segments of a path a::b::c. */
void put_path(struct buffer *b, const char *path);
/* Plain text, not SCALE. */
void put_text(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool buffer_equal(const struct buffer *a, const struct buffer *b);
/* Writes the file only when its bytes change, so that make does not rebuild what depends on it. */
void buffer_save(const struct buffer *b, const char *folder, const char *name);

#endif
