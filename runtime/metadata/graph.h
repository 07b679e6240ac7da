/* graph.h - the types of the runtime as scale-info sees them: nodes made from the C descriptors, equal ones merged,
 * numbered densely. One registry serves metadata V14, V15, V16 and the RFC-78 digest. */
#ifndef NALAR_METADATA_GRAPH_H
#define NALAR_METADATA_GRAPH_H

#include "metadata/buffer.h"
#include "scale/codec.h"

#define NO_NODE UINT32_MAX

/* scale-info's TypeDef, by its SCALE index. */
enum node_kind { NODE_COMPOSITE, NODE_VARIANT, NODE_SEQUENCE, NODE_ARRAY, NODE_TUPLE, NODE_PRIMITIVE, NODE_COMPACT };
/* scale-info's TypeDefPrimitive, by its SCALE index; those that this runtime has. */
enum primitive {
    PRIMITIVE_BOOL = 0,
    PRIMITIVE_STR = 2,
    PRIMITIVE_U8 = 3,
    PRIMITIVE_U16,
    PRIMITIVE_U32,
    PRIMITIVE_U64,
    PRIMITIVE_U128
};

struct node_field {
    const char *name;      /* NULL: unnamed */
    const char *type_name; /* NULL: none */
    uint32_t type;
};
struct node_variant {
    const char *name, *docs;
    struct node_field *fields;
    uint32_t count;
    uint8_t index;
};
struct node_param {
    const char *name;
    uint32_t type; /* NO_NODE: none */
};

enum { NODE_MAX_PARAMS = 4 };
struct node {
    enum node_kind kind;
    const char *path; /* "a::b::C" or NULL */
    struct node_param params[NODE_MAX_PARAMS];
    uint32_t param_count;
    struct node_field *fields;     /* composite, tuple */
    struct node_variant *variants; /* variant */
    uint32_t count;                /* fields or variants; array: length; primitive: enum primitive */
    uint32_t of;                   /* sequence, array, compact */
};

/* The node of a descriptor, made when first asked for. */
uint32_t graph_type(const struct type_desc *type);
/* Fields of a struct, tuple or variant. */
struct node_field *graph_fields(const struct field_desc *fields, uint32_t count);
/* An enum made of a pallet's calls, events or errors (ended by name NULL); NO_NODE when there are none. */
uint32_t graph_variants(const char *path, const struct variant_desc *variants);
/* A node of one's own. */
uint32_t graph_add(const struct node *node);
uint32_t graph_tuple(const uint32_t *types, uint32_t count);
/* The node may be changed until graph_number. */
struct node *graph_at(uint32_t node);
/* The C type that a node was made from, or NULL; false behind the last node. */
bool graph_source(uint32_t node, const struct type_desc **type);

/* RuntimeCall, RuntimeEvent, RuntimeError; runtime_model.c fills them. */
extern uint32_t graph_runtime_call, graph_runtime_event, graph_runtime_error;

/* Merges equal types and numbers the rest, the most used first (ids below 64 take one byte). `visit` writes everything
 * else that refers to types, so that its references count. */
void graph_number(void (*visit)(struct buffer *));
uint32_t graph_type_count(void);
/* The node behind a type id, and the id of a node. */
const struct node *graph_by_id(uint32_t id);
uint32_t graph_id(uint32_t node);
/* Compact type id. */
void put_type(struct buffer *b, uint32_t node);
/* scale-info's PortableRegistry. */
void put_registry(struct buffer *b);

/* How wallets call a field's type ("T::Balance"); NULL: no name. */
const char *field_type_name(const struct field_desc *field);
const char *argument_type_name(const struct field_desc *field);
/* Gives the node the type parameters that its path has in FRAME and that tools read. */
void graph_add_params(struct node *node, const struct type_desc *type);

#endif
