/* model.h - the runtime as metadata sees it: runtime.def with every type resolved to a node. */
#ifndef NALAR_METADATA_MODEL_H
#define NALAR_METADATA_MODEL_H

#include "metadata/graph.h"
#include "pallet/pallet_desc.h"

struct pallet_model {
    const char *name, *c_name;
    const char *path; /* "pallet_balances::pallet" */
    const struct pallet_desc *desc;
    uint32_t calls, events, errors; /* nodes or NO_NODE */
    uint32_t storage_count, constant_count;
    uint8_t index;
};

struct extension_model {
    const char *name;
    const struct type_desc *explicit_type, *implicit_type;
};

struct input_model {
    const char *name;
    const struct type_desc *type;
};
struct method_model {
    const char *name, *docs;
    const struct type_desc *output;
    const struct input_model *inputs;
    uint32_t input_count;
};
struct api_model {
    const char *name, *docs;
    const struct method_model *methods;
    uint32_t method_count, version;
};

/* A type that a pallet is configured with; in V16 only. */
struct associated_type {
    const char *pallet, *name;
    uint32_t type;
};

extern struct pallet_model pallets[];
extern const uint32_t pallet_count;
extern const struct extension_model extensions[];
extern const uint32_t extension_count;
extern const struct api_model apis[];
extern const uint32_t api_count;
extern struct associated_type associated_types[];
extern const uint32_t associated_type_count;

/* Nodes of the extrinsic. */
struct extrinsic_model {
    uint32_t extrinsic, address, signature, extra;
};
extern struct extrinsic_model extrinsic_model;

/* Makes every node; call it first, once. */
void model_build(void);
/* The node of a storage item's key: the key type, or a tuple of several. */
uint32_t storage_key_node(const struct storage_desc *item);
/* SCALE bytes of a C object of `type`; NULL stands for all zeros. A RuntimeVersion gets the list of APIs. */
struct buffer model_encode(const struct type_desc *type, const void *value);
/* What an absent item reads as: 00 (None) when it is optional, else its default value. */
struct buffer storage_default(const struct storage_desc *item);
/* SCALE RuntimeVersion, with the list of APIs or with an empty one. */
struct buffer model_runtime_version(bool with_apis);
/* blake2b-64 of the API's name. */
void api_id(uint8_t id[static 8], const char *name);

#endif
