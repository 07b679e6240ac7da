/* blob_version.c - see blob_version.h. */
#include "blob_version.h"
#include "scale/scale.h"
#include "state.h"
#include <stdlib.h>
#include <zstd.h>

/* The node's CODE_BLOB_BOMB_LIMIT: a blob never unpacks to more. */
#define BLOB_LIMIT (50u * 1024 * 1024)

static const uint8_t zstd_magic[8] = {0x52, 0xbc, 0x53, 0x76, 0x46, 0xdb, 0x8e, 0x05};

/* Unpacks one zstd frame of unknown size; NULL when it is damaged or too large. */
static uint8_t *unpack(struct bytes packed, uint32_t *len) {
    ZSTD_DStream *stream = ZSTD_createDStream();
    size_t capacity = 1 << 20;
    uint8_t *out = state_memory(NULL, capacity);
    ZSTD_inBuffer in = {packed.at, packed.len, 0};
    ZSTD_outBuffer to = {out, capacity, 0};
    size_t rest = 1;
    while (rest != 0) {
        size_t in_before = in.pos, out_before = to.pos;
        rest = ZSTD_decompressStream(stream, &to, &in);
        if (ZSTD_isError(rest) || to.pos > BLOB_LIMIT)
            break;
        if (to.pos == to.size) {
            capacity *= 2;
            to.dst = out = state_memory(out, capacity);
            to.size = capacity;
        } else if (rest != 0 && in.pos == in_before && to.pos == out_before) {
            break; /* the input ends inside the frame */
        }
    }
    ZSTD_freeDStream(stream);
    if (rest != 0 || to.pos > BLOB_LIMIT) {
        free(out);
        return NULL;
    }
    *len = (uint32_t)to.pos;
    return out;
}

/* An unsigned LEB128 number of at most 32 bits. */
static bool read_leb(struct reader *in, uint32_t *value) {
    *value = 0;
    for (uint32_t shift = 0; shift < 35; shift += 7) {
        uint8_t byte = read_u8(in);
        if (in->failed || (shift == 28 && byte > 15))
            return false;
        *value |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return true;
    }
    return false;
}

static struct reader over(struct bytes b) { return reader_over(b, NULL); }

/* The contents of the custom section `name`; false when there is none or the module's structure is broken. */
static bool custom_section(struct bytes module, const char *name, uint32_t name_len, struct bytes *contents) {
    static const uint8_t head[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct reader in = over(module);
    const uint8_t *start = read_raw(&in, 8);
    if (!start || memcmp(start, head, 8) != 0)
        return false;
    while (reader_left(&in)) {
        uint32_t id = read_u8(&in), size, len;
        if (!read_leb(&in, &size))
            return false;
        struct bytes section = {read_raw(&in, size), size};
        if (in.failed)
            return false;
        if (id != 0)
            continue;
        struct reader s = over(section);
        if (!read_leb(&s, &len))
            return false;
        const uint8_t *own = read_raw(&s, len);
        if (own && len == name_len && memcmp(own, name, len) == 0) {
            *contents = (struct bytes){s.at, reader_left(&s)};
            return true;
        }
    }
    return false;
}

/* Version of the Core API, whose id is blake2b-64 of "Core"; 0 when not listed. */
static uint32_t core_version(struct bytes apis) {
    static const uint8_t core[8] = {0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b};
    for (uint32_t at = 0; at + 12 <= apis.len; at += 12)
        if (memcmp(apis.at + at, core, 8) == 0)
            return load_u32(apis.at + at + 8);
    return 0;
}

static bool assemble(struct writer *out, struct bytes section, struct bytes apis) {
    struct reader in = over(section);
    for (int i = 0; i < 2; i++) /* spec and implementation name */
        write_bytes(out, read_bytes(&in, UINT32_MAX));
    write_slice(out, (struct bytes){read_raw(&in, 12), in.failed ? 0 : 12}); /* authoring, spec, implementation */
    uint32_t own = read_compact_u32(&in);
    if (own > reader_left(&in) / 12)
        return false;
    struct bytes listed = {read_raw(&in, 12 * own), 12 * own};
    if (in.failed)
        return false;
    if (!apis.at)
        apis = listed;
    uint32_t core = core_version(apis);
    write_compact_u32(out, apis.len / 12);
    write_slice(out, apis);
    write_u32(out, core >= 3 ? read_u32(&in) : 1); /* transaction version */
    write_u8(out, core >= 4 ? read_u8(&in) : 0);   /* system version */
    return !in.failed;
}

bool blob_version(uint8_t **version, uint32_t *len, struct bytes blob) {
    uint8_t *unpacked = NULL;
    if (blob.len >= 8 && memcmp(blob.at, zstd_magic, 8) == 0) {
        uint32_t size = 0;
        unpacked = unpack((struct bytes){blob.at + 8, blob.len - 8}, &size);
        if (!unpacked)
            return false;
        blob = (struct bytes){unpacked, size};
    }
    struct bytes section, apis = {NULL, 0};
    bool good = custom_section(blob, "runtime_version", 15, &section);
    if (good && custom_section(blob, "runtime_apis", 12, &apis))
        good = apis.len % 12 == 0;
    if (good) {
        size_t size = (size_t)section.len + apis.len + 16;
        *version = state_memory(NULL, size);
        struct writer out = writer_over(*version, size);
        good = assemble(&out, section, apis) && !out.overflow;
        *len = writer_len(&out);
        if (!good)
            free(*version);
    }
    free(unpacked);
    return good;
}
