/* digest.c - polkadot-fellows RFC 0078; same results as merkleized-metadata 0.5 src/{from_frame_metadata,types}.rs. */
#include "metadata/digest.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "metadata/blake3.h"
#include "metadata/model.h"

/* References that are not a number: primitives keep scale-info's indices, then the compact integers. */
enum { REF_COMPACT_U8 = 15, REF_VOID = 21, REF_BY_ID = 22 };
enum { DEF_COMPOSITE, DEF_ENUMERATION, DEF_SEQUENCE, DEF_ARRAY, DEF_TUPLE };

static bool *reachable;    /* by type id */
static uint32_t *new_ids;  /* by type id: position among the types that have an entry */

/* Types that are no leaf: integers, compacts and everything empty. */
static bool has_entry(const struct node *node) {
    switch (node->kind) {
    case NODE_PRIMITIVE:
    case NODE_COMPACT:
        return false;
    case NODE_COMPOSITE:
    case NODE_VARIANT:
    case NODE_TUPLE:
        return node->count != 0;
    case NODE_SEQUENCE:
    case NODE_ARRAY:
        return true;
    }
    return true;
}

static void reach(uint32_t node_index);
static void reach_fields(const struct node_field *fields, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        reach(fields[i].type);
}

/* Recursion is bounded: each type is entered once. */
static void reach(uint32_t node_index) {
    uint32_t id = graph_id(node_index);
    if (reachable[id])
        return;
    reachable[id] = true;
    const struct node *node = graph_by_id(id);
    switch (node->kind) {
    case NODE_COMPOSITE:
    case NODE_TUPLE:
        reach_fields(node->fields, node->count);
        break;
    case NODE_VARIANT:
        for (uint32_t i = 0; i < node->count; i++)
            reach_fields(node->variants[i].fields, node->variants[i].count);
        break;
    case NODE_SEQUENCE:
    case NODE_ARRAY:
        reach(node->of);
        break;
    case NODE_PRIMITIVE:
    case NODE_COMPACT:
        break;
    }
}

/* The integer in a compact, through wrappers of one field; NULL for a compact unit. */
static const struct node *compact_primitive(const struct node *node) {
    while (node->kind != NODE_PRIMITIVE) {
        if ((node->kind != NODE_COMPOSITE && node->kind != NODE_TUPLE) || node->count > 1)
            fail("a compact of something that is no integer");
        if (node->count == 0)
            return NULL;
        node = graph_by_id(graph_id(node->fields[0].type));
    }
    return node;
}

static void put_ref(struct buffer *b, uint32_t node_index) {
    uint32_t id = graph_id(node_index);
    const struct node *node = graph_by_id(id);
    if (node->kind == NODE_PRIMITIVE) {
        put_u8(b, (uint8_t)node->count);
    } else if (node->kind == NODE_COMPACT) {
        const struct node *integer = compact_primitive(graph_by_id(graph_id(node->of)));
        put_u8(b, integer ? (uint8_t)(REF_COMPACT_U8 + integer->count - PRIMITIVE_U8) : REF_VOID);
    } else if (!has_entry(node)) {
        put_u8(b, REF_VOID);
    } else {
        put_u8(b, REF_BY_ID);
        put_compact(b, new_ids[id]);
    }
}

static void put_ref_fields(struct buffer *b, const struct node_field *fields, uint32_t count) {
    put_compact(b, count);
    for (uint32_t i = 0; i < count; i++) {
        put_option_str(b, fields[i].name);
        put_ref(b, fields[i].type);
        put_option_str(b, fields[i].type_name);
    }
}

struct leaves {
    uint8_t (*hashes)[32];
    uint32_t count, capacity;
};

static void add_leaf(struct leaves *leaves, const struct node *node, const struct buffer *def, uint32_t id) {
    struct buffer b = {0};
    put_path(&b, node->path);
    put_buffer(&b, def);
    put_compact(&b, id);
    if (leaves->count == leaves->capacity) {
        leaves->capacity = leaves->capacity * 2 + 64;
        leaves->hashes = realloc(leaves->hashes, leaves->capacity * sizeof *leaves->hashes);
        if (!leaves->hashes)
            fail("out of memory");
    }
    blake3(leaves->hashes[leaves->count++], b.at, b.len);
    free(b.at);
}

/* One leaf per variant, by ascending index. */
static void add_variants(struct leaves *leaves, const struct node *node, uint32_t id) {
    for (uint32_t index = 0; index < 256; index++)
        for (uint32_t i = 0; i < node->count; i++) {
            const struct node_variant *v = &node->variants[i];
            if (v->index != index)
                continue;
            struct buffer def = {0};
            put_u8(&def, DEF_ENUMERATION);
            put_str(&def, v->name);
            put_ref_fields(&def, v->fields, v->count);
            put_compact(&def, v->index);
            add_leaf(leaves, node, &def, id);
            free(def.at);
        }
}

static void add_type(struct leaves *leaves, const struct node *node, uint32_t id) {
    struct buffer def = {0};
    switch (node->kind) {
    case NODE_VARIANT:
        add_variants(leaves, node, id);
        return;
    case NODE_COMPOSITE:
        put_u8(&def, DEF_COMPOSITE);
        put_ref_fields(&def, node->fields, node->count);
        break;
    case NODE_TUPLE:
        put_u8(&def, DEF_TUPLE);
        put_compact(&def, node->count);
        for (uint32_t i = 0; i < node->count; i++)
            put_ref(&def, node->fields[i].type);
        break;
    case NODE_SEQUENCE:
        put_u8(&def, DEF_SEQUENCE);
        put_ref(&def, node->of);
        break;
    case NODE_ARRAY:
        put_u8(&def, DEF_ARRAY);
        put_u32(&def, node->count);
        put_ref(&def, node->of);
        break;
    case NODE_PRIMITIVE:
    case NODE_COMPACT:
        return;
    }
    add_leaf(leaves, node, &def, id);
    free(def.at);
}

/* A complete binary tree: the last two of the queue become one node at its front, until one is left. */
static void tree_root(uint8_t root[static 32], const struct leaves *leaves) {
    uint32_t count = leaves->count;
    if (count == 0) {
        memset(root, 0, 32);
        return;
    }
    uint8_t(*tree)[32] = must_alloc(2 * (size_t)count - 1, sizeof *tree);
    memcpy(tree[count - 1], leaves->hashes, (size_t)count * 32);
    for (uint32_t i = 2 * count - 2; i > 0; i -= 2)
        blake3(tree[(i - 1) / 2], tree[i - 1], 64);
    memcpy(root, tree[0], 32);
    free(tree);
}

static void extrinsic_hash(uint8_t out[static 32]) {
    struct buffer b = {0};
    put_u8(&b, 4);
    put_ref(&b, extrinsic_model.address);
    put_ref(&b, graph_runtime_call);
    put_ref(&b, extrinsic_model.signature);
    put_compact(&b, extension_count);
    for (uint32_t i = 0; i < extension_count; i++) {
        put_str(&b, extensions[i].name);
        put_ref(&b, graph_type(extensions[i].explicit_type));
        put_ref(&b, graph_type(extensions[i].implicit_type));
    }
    blake3(out, b.at, b.len);
}

void metadata_digest(uint8_t out[static 32]) {
    uint32_t count = graph_type_count(), next = 0;
    reachable = must_alloc(count, sizeof *reachable);
    new_ids = must_alloc(count, sizeof *new_ids);
    reach(graph_runtime_call);
    reach(extrinsic_model.address);
    reach(extrinsic_model.signature);
    for (uint32_t i = 0; i < extension_count; i++) {
        reach(graph_type(extensions[i].explicit_type));
        reach(graph_type(extensions[i].implicit_type));
    }
    for (uint32_t id = 0; id < count; id++)
        if (reachable[id] && has_entry(graph_by_id(id)))
            new_ids[id] = next++;
    struct leaves leaves = {0};
    for (uint32_t id = 0; id < count; id++)
        if (reachable[id] && has_entry(graph_by_id(id)))
            add_type(&leaves, graph_by_id(id), new_ids[id]);

    uint8_t hash[32];
    struct buffer b = {0};
    put_u8(&b, 1); /* MetadataDigest::V1 */
    tree_root(hash, &leaves);
    put_raw(&b, hash, sizeof hash);
    extrinsic_hash(hash);
    put_raw(&b, hash, sizeof hash);
    put_u32(&b, SPEC_VERSION);
    put_str(&b, SPEC_NAME);
    put_u16(&b, SS58_PREFIX);
    put_u8(&b, TOKEN_DECIMALS);
    put_str(&b, TOKEN_SYMBOL);
    blake3(out, b.at, b.len);
}
