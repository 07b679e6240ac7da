/* layout.c - see layout.h. The rules of C layout that scale/codec.c relies on, computed a second time. */
#include "metadata/layout.h"

static uint32_t align_up(uint32_t at, uint32_t align) { return (at + align - 1) & ~(align - 1); }

/* Walks the fields: where the last one ends, and the strictest alignment. */
static bool walk(const struct field_desc *fields, uint32_t count, uint32_t *end, uint32_t *align) {
    *end = 0;
    *align = 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct type_desc *t = fields[i].type;
        if (!layout_ok(t))
            return false;
        *end = align_up(*end, t->align) + t->size;
        *align = *align > t->align ? *align : t->align;
    }
    return true;
}

bool layout_fields_ok(const struct field_desc *fields, uint32_t count) {
    uint32_t end, align;
    return walk(fields, count, &end, &align);
}

static bool struct_ok(const struct type_desc *type) {
    uint32_t end, align;
    if (!walk(type_fields(type), type->count, &end, &align))
        return false;
    /* A newtype is an array of bytes in C: same size, alignment 1, copied as a whole. */
    if (type->flat && type->count == 1 && type->align == 1)
        return end == type->size;
    return align == type->align && align_up(end, align) == type->size;
}

static bool enum_ok(const struct type_desc *type) {
    uint32_t largest = 0, strictest = 1;
    bool payload = false;
    for (uint32_t i = 0; i < type->count; i++) {
        uint32_t end, align;
        if (!walk(type_variants(type)[i].fields, type_variants(type)[i].count, &end, &align))
            return false;
        payload |= type_variants(type)[i].count != 0;
        end = align_up(end, align);
        largest = largest > end ? largest : end;
        strictest = strictest > align ? strictest : align;
    }
    if (!payload)
        return type->size == 1 && type->align == 1;
    return type->align == strictest && type->size == align_up(strictest + largest, strictest);
}

bool layout_ok(const struct type_desc *type) {
    switch ((enum type_kind)type->kind) {
    case TYPE_UINT:
        return type->size == 1 || type->size == 2 || type->size == 4 || type->size == 8 || type->size == 16;
    case TYPE_BOOL:
        return type->size == sizeof(bool);
    case TYPE_COMPACT:
        return type->size == type->of->size && type->align == type->of->align;
    case TYPE_ARRAY:
        return layout_ok(type->of) && type->size == type->count * type->of->size && type->align == type->of->align;
    case TYPE_BYTES:
    case TYPE_STR:
        return type->size == sizeof(struct bytes) && type->align == _Alignof(struct bytes);
    case TYPE_VEC: /* items of a special type exist in the metadata only */
        return (type->of->kind == TYPE_SPECIAL || layout_ok(type->of)) && type->size == sizeof(struct span) &&
               type->align == _Alignof(struct span);
    case TYPE_OPTION:
        return layout_ok(type->of) && type->align == type->of->align &&
               type->size == align_up(align_up(1, type->align) + type->of->size, type->align);
    case TYPE_STRUCT:
        return struct_ok(type);
    case TYPE_ENUM:
        return enum_ok(type);
    case TYPE_CALL:
    case TYPE_UNIT:
    case TYPE_SPECIAL:
        return true;
    }
    return false;
}
