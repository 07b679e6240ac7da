/* codec.c - see codec.h. Recursion follows the declared types; boxes and vectors are counted in reader.depth. */
#include "scale/codec.h"

static uint32_t align_up(uint32_t at, uint32_t align) { return (at + align - 1) & ~(align - 1); }

static uint8_t *at(void *base, uint32_t offset) { return (uint8_t *)base + offset; }
static const uint8_t *const_at(const void *base, uint32_t offset) { return (const uint8_t *)base + offset; }

/* The fields behind the first `offset` bytes. */
static bool decode_fields(const struct field_desc *fields, uint32_t count, struct reader *in, void *out, uint32_t offset) {
    for (; count; count--, fields++) {
        const struct type_desc *t = fields->type;
        offset = align_up(offset, t->align);
        if (!scale_decode(t, in, at(out, offset)))
            return false;
        offset += t->size;
    }
    return true;
}

static bool decode_struct(const struct type_desc *type, struct reader *in, void *out) {
    uint32_t run = type->run, len = type->run_size;
    if (run) {
        read_into(in, out, len);
        if (in->failed)
            return false;
    }
    return decode_fields(type_fields(type) + run, type->count - run, in, out, len);
}

static bool enter(struct reader *in) { return ++in->depth <= SCALE_MAX_DEPTH || reader_fail(in); }

static bool decode_vec(const struct type_desc *type, struct reader *in, struct span *out) {
    const struct type_desc *of = type->of;
    uint32_t len = read_compact_u32(in);
    /* Every element takes a byte at least, so a length beyond the input needs no memory to be refused. */
    if (in->failed || len > type->count || len > reader_left(in) || !enter(in))
        return reader_fail(in);
    out->len = len;
    out->items = len ? read_alloc(in, len, of->size) : NULL;
    if (in->failed)
        return false;
    if (of->flat) {
        read_into(in, out->items, len * of->size);
    } else {
        for (uint32_t i = 0; i < len; i++)
            if (!scale_decode(of, in, at(out->items, i * of->size)))
                return false;
    }
    in->depth--;
    return !in->failed;
}

static bool decode_enum(const struct type_desc *type, struct reader *in, uint8_t *out) {
    uint8_t tag = read_u8(in);
    /* Most enums count from 0. */
    for (uint32_t i = tag < type->count && type_variants(type)[tag].index == tag ? tag : 0; i < type->count; i++) {
        const struct variant_desc *v = &type_variants(type)[i];
        if (v->index == tag) {
            *out = tag;
            return !in->failed && (v->count == 0 || decode_fields(v->fields, v->count, in, out + type->align, 0));
        }
    }
    return reader_fail(in);
}

static bool decode_compact(const struct type_desc *type, struct reader *in, void *out) {
    switch (type->size) {
    case 4:
        store_u32(out, read_compact_u32(in));
        break;
    case 8:
        store_u64(out, read_compact_u64(in));
        break;
    case 16:
        store_u128(out, read_compact_u128(in));
        break;
    default: {
        uint32_t v = read_compact_u32(in);
        if (v >> (8 * type->size))
            return reader_fail(in);
        memcpy(out, &v, type->size);
    }
    }
    return !in->failed;
}

/* Strings are checked, so that no metadata reader meets invalid text: RFC 3629 without surrogates and overlong forms. */
static bool is_utf8(struct bytes text) {
    for (uint32_t i = 0; i < text.len;) {
        uint8_t c = text.at[i++];
        if (c < 0x80)
            continue;
        uint32_t more = c >= 0xF0 ? 3 : c >= 0xE0 ? 2 : 1;
        if (c < 0xC2 || c > 0xF4 || text.len - i < more)
            return false;
        uint8_t low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80, high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
        if (text.at[i] < low || text.at[i] > high)
            return false;
        for (i++; --more; i++)
            if ((text.at[i] & 0xC0) != 0x80)
                return false;
    }
    return true;
}

bool scale_decode(const struct type_desc *type, struct reader *in, void *out) {
    if (type->flat) {
        read_into(in, out, type->size);
        return !in->failed;
    }
    switch ((enum type_kind)type->kind) {
    case TYPE_BOOL:
        *(bool *)out = read_bool(in);
        return !in->failed;
    case TYPE_COMPACT:
        return decode_compact(type, in, out);
    case TYPE_ARRAY:
        for (uint32_t i = 0; i < type->count; i++)
            if (!scale_decode(type->of, in, at(out, i * type->of->size)))
                return false;
        return true;
    case TYPE_BYTES:
    case TYPE_STR: {
        struct bytes value = read_bytes(in, type->count);
        if (type->kind == TYPE_STR && !is_utf8(value))
            return reader_fail(in);
        memcpy(out, &value, sizeof value);
        return !in->failed;
    }
    case TYPE_VEC:
        return decode_vec(type, in, out);
    case TYPE_OPTION:
        *(bool *)out = read_bool(in);
        return !in->failed && (!*(bool *)out || scale_decode(type->of, in, at(out, align_up(1, type->of->align))));
    case TYPE_STRUCT:
        return decode_struct(type, in, out);
    case TYPE_ENUM:
        return decode_enum(type, in, out);
    case TYPE_CALL:
        if (type->count && !enter(in))
            return false;
        if (!call_decode(in, out))
            return false;
        in->depth = (uint16_t)(in->depth - type->count);
        return true;
    case TYPE_UNIT:
        return !in->failed;
    case TYPE_UINT:
    case TYPE_SPECIAL:
    default:
        PANIC("unknown variant");
    }
}

static void encode_fields(const struct field_desc *fields, uint32_t count, const void *value, struct writer *out,
                          uint32_t offset) {
    for (; count; count--, fields++) {
        const struct type_desc *t = fields->type;
        offset = align_up(offset, t->align);
        /* A byte that is its own encoding, but not every byte: bool, or an enum without payloads. */
        if (t->size == 1 && (t->kind == TYPE_BOOL || t->kind == TYPE_ENUM))
            write_u8(out, *const_at(value, offset));
        else
            scale_encode(t, const_at(value, offset), out);
        offset += t->size;
    }
}

static void encode_struct(const struct type_desc *type, const void *value, struct writer *out) {
    uint32_t run = type->run, len = type->run_size;
    if (run)
        write_raw(out, value, len);
    encode_fields(type_fields(type) + run, type->count - run, value, out, len);
}

static void encode_items(const struct type_desc *of, const void *items, uint32_t count, struct writer *out) {
    if (of->flat) {
        write_raw(out, items, count * of->size);
        return;
    }
    for (uint32_t i = 0; i < count; i++)
        scale_encode(of, const_at(items, i * of->size), out);
}

static void encode_compact(const struct type_desc *type, const void *value, struct writer *out) {
    if (type->size == 16) {
        write_compact(out, load_u128(value));
        return;
    }
    uint64_t wide = type->size == 8 ? load_u64(value) : type->size == 4 ? load_u32(value) : 0;
    if (type->size < 4)
        memcpy(&wide, value, type->size);
    write_compact_u64(out, wide);
}

static void encode_enum(const struct type_desc *type, const uint8_t *value, struct writer *out) {
    uint8_t tag = *value;
    write_u8(out, tag);
    for (uint32_t i = tag < type->count && type_variants(type)[tag].index == tag ? tag : 0; i < type->count; i++)
        if (type_variants(type)[i].index == *value) {
            if (type_variants(type)[i].count)
                encode_fields(type_variants(type)[i].fields, type_variants(type)[i].count, value + type->align, out, 0);
            return;
        }
    PANIC("unknown variant");
}

void scale_encode(const struct type_desc *type, const void *value, struct writer *out) {
    if (type->flat) {
        write_raw(out, value, type->size);
        return;
    }
    switch ((enum type_kind)type->kind) {
    case TYPE_BOOL:
        write_u8(out, *(const bool *)value ? 1 : 0);
        return;
    case TYPE_COMPACT:
        encode_compact(type, value, out);
        return;
    case TYPE_ARRAY:
        encode_items(type->of, value, type->count, out);
        return;
    case TYPE_BYTES:
    case TYPE_STR:
        write_bytes(out, *(const struct bytes *)value);
        return;
    case TYPE_VEC: {
        const struct span *span = value;
        ASSERT(span->len <= type->count);
        write_compact_u32(out, span->len);
        encode_items(type->of, span->items, span->len, out);
        return;
    }
    case TYPE_OPTION:
        write_u8(out, *(const bool *)value ? 1 : 0);
        if (*(const bool *)value)
            scale_encode(type->of, const_at(value, align_up(1, type->of->align)), out);
        return;
    case TYPE_STRUCT:
        encode_struct(type, value, out);
        return;
    case TYPE_ENUM:
        encode_enum(type, value, out);
        return;
    case TYPE_CALL:
        write_slice(out, call_raw_bytes(value));
        return;
    case TYPE_UNIT:
        return;
    case TYPE_UINT:
    case TYPE_SPECIAL:
    default:
        PANIC("unknown variant");
    }
}

struct bytes scale_encode_in(struct arena *arena, const struct type_desc *type, const void *value) {
    for (uint32_t room = 256;; room *= 4) {
        uint8_t *start = arena_reserve(arena, room);
        struct writer out = writer_over(start, (size_t)(arena->end - start));
        scale_encode(type, value, &out);
        if (!out.overflow) {
            arena_take(arena, writer_len(&out));
            return writer_bytes(&out);
        }
    }
}
