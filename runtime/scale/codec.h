/* codec.h - the type descriptor, single intermediate form of every declaration, and the one generic codec over it.
 * The same tables give the C layout (checked by a test), the SCALE form and, natively, the metadata. */
#ifndef NALAR_SCALE_CODEC_H
#define NALAR_SCALE_CODEC_H

#include "scale/scale.h"

enum type_kind {
    TYPE_UINT,    /* unsigned integer of `size` bytes */
    TYPE_BOOL,    /* bool */
    TYPE_COMPACT, /* compact form of the integer `of`; C value is the integer */
    TYPE_ARRAY,   /* `count` x `of` in place: struct { of at[count]; } */
    TYPE_BYTES,   /* Vec<u8> of at most `count` bytes: struct bytes */
    TYPE_STR,     /* the same, holding UTF-8 */
    TYPE_VEC,     /* Vec<of> of at most `count`: struct { of *items; uint32_t len; } */
    TYPE_OPTION,  /* struct { bool some; of value; } */
    TYPE_STRUCT,  /* `count` fields in C layout */
    TYPE_ENUM,    /* `count` variants: struct { uint8_t tag; union { ... } as; } or, without payloads, uint8_t */
    TYPE_CALL,    /* a runtime call: struct call (pallet/dispatch.h); `count` = 1 when boxed (one more nesting level) */
    TYPE_UNIT,    /* nothing */
    TYPE_SPECIAL, /* known to the metadata only (Era, the extrinsic); never encoded by the codec */
};

struct field_desc {
    const struct type_desc *type;
#ifdef WITH_NAMES
    const char *name;      /* NULL for a tuple field */
    const char *type_name; /* the name wallets match, NULL: derived from the type */
#endif
};

struct variant_desc {
    const struct field_desc *fields; /* in C layout of the union member */
    uint16_t count;
    uint8_t index;
#ifdef WITH_NAMES
    const char *name;
    const char *docs;
#endif
};

struct type_desc {
    uint8_t kind;
    uint8_t align;
    bool flat;      /* the C object's bytes are its SCALE form and every byte pattern is valid */
    uint8_t run;    /* of a struct: how many fields from the first on are flat, without padding; 0 says nothing */
    uint32_t count; /* fields, variants, array length, or bound of a vector */
    uint16_t size;  /* of the C object */
    uint16_t run_size; /* bytes of the `run` fields, which are copied at once */
    union {
        const struct type_desc *of;
#ifdef NATIVE
        const struct field_desc *fields;
        const struct variant_desc *variants;
#endif
    };
#ifdef WITH_NAMES
    const char *name; /* the C name */
    const char *path; /* "a::b::C", or NULL */
#endif
};

/* The fields of a TYPE_STRUCT and the variants of a TYPE_ENUM. In the blob they stand in the descriptor itself, from where
 * `of` is on (pallet/describe_types.inc): pointers to them, each another one, would hardly compress. */
#ifdef NATIVE
static inline const struct field_desc *type_fields(const struct type_desc *type) { return type->fields; }
static inline const struct variant_desc *type_variants(const struct type_desc *type) { return type->variants; }
#else
static inline const struct field_desc *type_fields(const struct type_desc *type) {
    return (const struct field_desc *)(const void *)&type->of;
}
static inline const struct variant_desc *type_variants(const struct type_desc *type) {
    return (const struct variant_desc *)(const void *)&type->of;
}
#endif

/* What TYPE_VEC looks like to the codec. */
struct span {
    void *items;
    uint32_t len;
};

/* Decodes one value; vectors go to the reader's arena, byte strings stay borrowed unless reader.copy. False and the
 * reader failed for anything not canonical, over a bound, too deep or too large. */
MUST_USE bool scale_decode(const struct type_desc *type, struct reader *in, void *out);
/* Encodes one value. */
void scale_encode(const struct type_desc *type, const void *value, struct writer *out);
/* Encodes into fresh memory of `arena`. */
struct bytes scale_encode_in(struct arena *arena, const struct type_desc *type, const void *value);

/* The codec's hooks for TYPE_CALL, defined in pallet/dispatch.c. */
MUST_USE bool call_decode(struct reader *in, void *call);
struct bytes call_raw_bytes(const void *call);

#endif
