/* json_state.h - the state as JSON: {"0x<key>":"0x<value>", ...}, or a raw chain spec that holds such an object at
 * genesis.raw.top. */
#ifndef NALAR_SHIM_JSON_STATE_H
#define NALAR_SHIM_JSON_STATE_H

#include "core/platform.h"
#include <jansson.h>

/* Adds every pair of `top` to the state; NULL, or what is wrong (a static text). */
MUST_USE const char *json_state_load(const json_t *top);
/* The object of pairs inside a state file or raw chain spec; NULL when there is none. Borrowed. */
const json_t *json_state_top(const json_t *file);
/* The whole state, keys in order. A new reference. */
json_t *json_state_dump(void);

/* "0x..." text of some bytes, to be freed. */
char *json_hex(struct bytes b);
/* Decodes "0x..." or bare hex into fresh memory (to be freed through *memory); false when it is not hex. */
MUST_USE bool json_unhex(uint8_t **memory, uint32_t *len, const char *text);

#endif
