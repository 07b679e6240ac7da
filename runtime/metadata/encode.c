/* encode.c - metadata V14, V15, V16. Field orders: frame-metadata 23 src/{v14,v15,v16}.rs. */
#include "metadata/encode.h"

#include <string.h>

#include "metadata/model.h"

enum { EXTRINSIC_FORMAT_SIGNED = 4, EXTRINSIC_FORMAT_GENERAL = 5 };

/* ItemDeprecationInfo and EnumDeprecationInfo both say "nothing" with one zero byte. */
static void put_not_deprecated(struct buffer *b, uint8_t version) {
    if (version >= 16)
        put_u8(b, 0);
}

static void put_storage_type(struct buffer *b, const struct storage_desc *item) {
    if (item->key_count == 0) {
        put_u8(b, 0);
    } else {
        put_u8(b, 1);
        put_compact(b, item->key_count);
        for (uint32_t i = 0; i < item->key_count; i++)
            put_u8(b, item->keys[i].hasher);
        put_type(b, storage_key_node(item));
    }
    put_type(b, graph_type(item->value));
}

enum { MAX_PALLETS = 64, MAX_ITEMS = 64 };
static uint32_t name_places[MAX_PALLETS][MAX_ITEMS]; /* see encode_name_place */

static void put_item_name(struct buffer *b, const struct pallet_model *p, const struct storage_desc *const *item) {
    size_t pallet = (size_t)(p - pallets), number = (size_t)(item - p->desc->storage);
    if (pallet >= MAX_PALLETS || number >= MAX_ITEMS || strlen((*item)->name) >= 64)
        fail("%s.%s: too many storage items, or a name of 64 bytes", p->name, (*item)->name);
    name_places[pallet][number] = (uint32_t)b->len;
    put_str(b, (*item)->name);
}

static void put_storage(struct buffer *b, const struct pallet_model *p, uint8_t version) {
    put_u8(b, p->storage_count != 0);
    if (p->storage_count == 0)
        return;
    put_str(b, p->name);
    put_compact(b, p->storage_count);
    for (const struct storage_desc *const *s = p->desc->storage; *s; s++) {
        put_item_name(b, p, s);
        put_u8(b, !(*s)->optional);
        put_storage_type(b, *s);
        struct buffer value = storage_default(*s);
        put_bytes(b, value.at, value.len);
        put_no_docs(b);
        put_not_deprecated(b, version);
    }
}

static void put_option_type(struct buffer *b, uint32_t node, uint8_t version) {
    put_u8(b, node != NO_NODE);
    if (node == NO_NODE)
        return;
    put_type(b, node);
    put_not_deprecated(b, version);
}

static void put_constants(struct buffer *b, const struct pallet_model *p, uint8_t version) {
    put_compact(b, p->constant_count);
    for (const struct constant_desc *c = p->desc->constants; c->name; c++) {
        put_str(b, c->name);
        put_type(b, graph_type(c->type));
        struct buffer value = model_encode(c->type, c->value);
        put_bytes(b, value.at, value.len);
        put_no_docs(b);
        put_not_deprecated(b, version);
    }
}

static void put_associated_types(struct buffer *b, const char *pallet) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < associated_type_count; i++)
        count += strcmp(associated_types[i].pallet, pallet) == 0;
    put_compact(b, count);
    for (uint32_t i = 0; i < associated_type_count; i++)
        if (strcmp(associated_types[i].pallet, pallet) == 0) {
            put_str(b, associated_types[i].name);
            put_type(b, associated_types[i].type);
            put_no_docs(b);
        }
}

static void put_pallets(struct buffer *b, uint8_t version) {
    put_compact(b, pallet_count);
    for (uint32_t i = 0; i < pallet_count; i++) {
        const struct pallet_model *p = &pallets[i];
        put_str(b, p->name);
        put_storage(b, p, version);
        put_option_type(b, p->calls, version);
        put_option_type(b, p->events, version);
        put_constants(b, p, version);
        put_option_type(b, p->errors, version);
        if (version >= 16) {
            put_associated_types(b, p->name);
            put_compact(b, 0); /* view functions */
        }
        put_u8(b, p->index);
        if (version >= 15)
            put_no_docs(b);
        put_not_deprecated(b, version);
    }
}

static void put_extensions(struct buffer *b) {
    put_compact(b, extension_count);
    for (uint32_t i = 0; i < extension_count; i++) {
        put_str(b, extensions[i].name);
        put_type(b, graph_type(extensions[i].explicit_type));
        put_type(b, graph_type(extensions[i].implicit_type));
    }
}

static void put_extrinsic(struct buffer *b, uint8_t version) {
    if (version == 14) {
        put_type(b, extrinsic_model.extrinsic);
        put_u8(b, EXTRINSIC_FORMAT_SIGNED);
        put_extensions(b);
        return;
    }
    if (version == 15) {
        put_u8(b, EXTRINSIC_FORMAT_SIGNED);
    } else {
        const uint8_t formats[] = {EXTRINSIC_FORMAT_SIGNED, EXTRINSIC_FORMAT_GENERAL};
        put_bytes(b, formats, sizeof formats);
    }
    put_type(b, extrinsic_model.address);
    put_type(b, graph_runtime_call);
    put_type(b, extrinsic_model.signature);
    if (version == 15) {
        put_type(b, extrinsic_model.extra);
    } else { /* extension version 0 has all of them */
        put_compact(b, 1);
        put_u8(b, 0);
        put_compact(b, extension_count);
        for (uint32_t i = 0; i < extension_count; i++)
            put_compact(b, i);
    }
    put_extensions(b);
}

static void put_apis(struct buffer *b, uint8_t version) {
    put_compact(b, api_count);
    for (uint32_t a = 0; a < api_count; a++) {
        put_str(b, apis[a].name);
        put_compact(b, apis[a].method_count);
        for (uint32_t m = 0; m < apis[a].method_count; m++) {
            const struct method_model *method = &apis[a].methods[m];
            put_str(b, method->name);
            put_compact(b, method->input_count);
            for (uint32_t i = 0; i < method->input_count; i++) {
                put_str(b, method->inputs[i].name);
                put_type(b, graph_type(method->inputs[i].type));
            }
            put_type(b, graph_type(method->output));
            put_no_docs(b);
            put_not_deprecated(b, version);
        }
        put_no_docs(b);
        if (version >= 16)
            put_compact(b, apis[a].version);
        put_not_deprecated(b, version);
    }
}

static void put_body(struct buffer *b, uint8_t version) {
    put_pallets(b, version);
    put_extrinsic(b, version);
    if (version < 16)
        put_type(b, graph_runtime_call); /* "the runtime": no tool reads it, this type exists anyway */
    if (version == 14)
        return;
    put_apis(b, version);
    put_type(b, graph_runtime_call);
    put_type(b, graph_runtime_event);
    put_type(b, graph_runtime_error);
    put_compact(b, 0); /* custom values */
}

struct buffer encode_metadata(uint8_t version) {
    struct buffer b = {0};
    put_raw(&b, "meta", 4);
    put_u8(&b, version);
    put_registry(&b);
    put_body(&b, version);
    return b;
}

void encode_references(struct buffer *b) {
    for (uint8_t version = 14; version <= 16; version++)
        put_body(b, version);
}

uint32_t encode_name_place(uint32_t pallet, uint32_t item) {
    static bool encoded;
    if (!encoded)
        encode_metadata(14);
    encoded = true;
    return name_places[pallet][item];
}
