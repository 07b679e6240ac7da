/* layout_probe.c - linked to the blob's own objects: on wasm32, do the descriptors agree with the compiler's layouts?
 * layout_failures() is 0 when they do; layout_checked() says how many were looked at. */
#include "metadata/tables.h"

#include "metadata/layout.c"

#define EXPORT(name) __attribute__((export_name(#name)))

static uint32_t checked;

static uint32_t failed(const struct type_desc *type) {
    checked++;
    return !layout_ok(type);
}

EXPORT(layout_failures) uint32_t layout_failures(void);
uint32_t layout_failures(void) {
    uint32_t failures = 0;
    checked = 0;
    for (size_t p = 0; p < COUNT_OF(pallet_rows); p++) {
        const struct pallet_row *row = &pallet_rows[p];
        for (const struct item_row *i = row->items; i->item; i++) {
            failures += failed(i->item->value);
            for (uint32_t k = 0; k < i->item->key_count; k++)
                failures += failed(i->item->keys[k].type);
        }
        for (const struct type_desc *const *e = row->events; *e; e++)
            failures += failed(*e);
        for (const int *c = row->calls; *c >= 0; c++)
            failures += failed(row->call_args((uint8_t)*c));
    }
    return failures;
}

EXPORT(layout_checked) uint32_t layout_checked(void);
uint32_t layout_checked(void) { return checked; }

/* A wrong size must be noticed. Of an array, whose description can be copied: a struct's goes on with its fields. */
EXPORT(layout_notices) uint32_t layout_notices(void);
uint32_t layout_notices(void) {
    struct type_desc wrong = bytes32_type;
    wrong.size += wrong.align;
    return layout_ok(&bytes32_type) && layout_ok(&account_info_type) && !layout_ok(&wrong);
}
