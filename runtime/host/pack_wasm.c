/* pack_wasm.c - build step: takes runs of zeros out of the blob's data segments. With imported memory the linker writes
 * zero-initialised variables out in full, 150 KB of nothing; every host that runs a blob gives it fresh, zeroed memory
 * (WebAssembly core specification, memory instances), so the zeros need not be there.
 * usage: pack_wasm IN OUT */
#include "host/wasm_bytes.h"

void fail(const char *why) {
    fprintf(stderr, "pack_wasm: %s\n", why);
    exit(1);
}

/* A new segment costs about 10 bytes that do not compress, zeros do; so shorter runs stay. */
enum { RUN = 32 };

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
        struct input bytes = get_part(&in, get_unsigned(&in));
        made += put_segments(&segments, offset, bytes.at, (size_t)(bytes.end - bytes.at));
    }
    put_unsigned(&body, made);
    put(&body, segments.at, segments.len);
    put_section(out, 11, body.at, body.len);
    free(segments.at);
    free(body.at);
}

int main(int argc, char **argv) {
    if (argc != 3)
        fail("usage: pack_wasm IN OUT");
    struct buffer whole = read_module(argv[1]), out = {NULL, 0, 0};
    put(&out, whole.at, 8);
    struct input in = {whole.at + 8, whole.at + whole.len};
    while (in.at < in.end) {
        uint8_t id = get_byte(&in);
        struct input section = get_part(&in, get_unsigned(&in));
        if (id == 11)
            pack_data(&out, section);
        else
            put_section(&out, id, section.at, (size_t)(section.end - section.at));
    }
    write_module(argv[2], &out);
    free(whole.at);
    free(out.at);
    return 0;
}
