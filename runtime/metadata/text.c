/* text.c - types on one line. */
#include "metadata/text.h"

#include <string.h>

static const char *primitive_name(uint32_t primitive) {
    static const char *const names[] = {"bool", "char", "str", "u8", "u16", "u32", "u64", "u128"};
    if (primitive >= COUNT_OF(names))
        fail("an unknown primitive");
    return names[primitive];
}

static void put_pathed(struct buffer *b, const struct node *node, bool paths) {
    const char *last = strrchr(node->path, ':');
    put_text(b, "%s", last && !paths ? last + 1 : node->path);
    bool open = false;
    for (uint32_t i = 0; i < node->param_count; i++) {
        if (node->params[i].type == NO_NODE)
            continue;
        put_text(b, "%s", open ? ", " : "<");
        put_type_text(b, node->params[i].type, paths);
        open = true;
    }
    put_text(b, "%s", open ? ">" : "");
}

void put_type_text(struct buffer *b, uint32_t node_index, bool paths) {
    const struct node *node = graph_by_id(graph_id(node_index));
    bool plain = node->path && strcmp(node->path, "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic") == 0;
    if (plain) {
        put_text(b, "UncheckedExtrinsic");
        return;
    }
    if (node->path) {
        put_pathed(b, node, paths);
        return;
    }
    switch (node->kind) {
    case NODE_PRIMITIVE:
        put_text(b, "%s", primitive_name(node->count));
        return;
    case NODE_COMPACT:
        put_text(b, "Compact<");
        put_type_text(b, node->of, paths);
        put_text(b, ">");
        return;
    case NODE_SEQUENCE:
        put_text(b, "Vec<");
        put_type_text(b, node->of, paths);
        put_text(b, ">");
        return;
    case NODE_ARRAY:
        put_text(b, "[");
        put_type_text(b, node->of, paths);
        put_text(b, "; %u]", node->count);
        return;
    case NODE_TUPLE:
    case NODE_COMPOSITE:
    case NODE_VARIANT:
        put_text(b, "(");
        for (uint32_t i = 0; i < node->count; i++) {
            put_text(b, "%s", i ? ", " : "");
            put_type_text(b, node->fields[i].type, paths);
        }
        put_text(b, ")");
        return;
    }
}

void put_fields_text(struct buffer *b, const struct node_field *fields, uint32_t count, bool paths) {
    if (count == 0)
        return;
    put_text(b, "(");
    for (uint32_t i = 0; i < count; i++) {
        put_text(b, "%s", i ? ", " : "");
        if (fields[i].name)
            put_text(b, "%s: ", fields[i].name);
        put_type_text(b, fields[i].type, paths);
    }
    put_text(b, ")");
}

void put_storage_text(struct buffer *b, const struct storage_desc *item, bool paths) {
    static const char *const hashers[] = {[blake2_128_concat] = "blake2_128_concat",
                                          [twox_64_concat] = "twox_64_concat",
                                          [identity] = "identity"};
    for (uint32_t i = 0; i < item->key_count; i++) {
        put_text(b, "%s%s ", i ? ", " : "[", hashers[item->keys[i].hasher]);
        put_type_text(b, graph_type(item->keys[i].type), paths);
    }
    put_text(b, "%s%s", item->key_count ? "] -> " : "", item->optional ? "Option<" : "");
    put_type_text(b, graph_type(item->value), paths);
    put_text(b, "%s", item->optional ? ">" : "");
}
