/* order_wasm.h - what the two halves of order_wasm share: the functions of a module, and the order to put them in. */
#ifndef NALAR_HOST_ORDER_WASM_H
#define NALAR_HOST_ORDER_WASM_H

#include "host/wasm_bytes.h"

enum { MAX_FUNCTIONS = 4096 };

struct function {
    uint64_t type;
    struct input body;  /* local declarations and code */
    struct buffer text; /* the same, settled, calls by old indices */
    uint32_t *grams, gram_count, calls;
};

/* The functions so that like stands beside like; the `front` most called ones come first. Fills in the grams. */
void order_functions(struct function *functions, uint32_t count, uint32_t front, uint32_t *order);

#endif
