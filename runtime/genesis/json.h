/* json.h - reading JSON of a known shape (RFC 8259). The reader is driven by what the caller expects, so nesting is as
 * deep as the caller goes and no deeper. The first error is kept as text that names path, line and column; after it
 * every read fails. Values live in arena_scratch or are borrowed from the input. */
#ifndef NALAR_GENESIS_JSON_H
#define NALAR_GENESIS_JSON_H

/* Names keep clear of libjansson (json_object, json_array, json_string), which native tools link beside this. */

#include "core/platform.h"

enum { JSON_MAX_PATH = 8, JSON_MAX_FIELDS = 32, JSON_MAX_ERROR = 512 };

struct json_step {
    struct bytes name; /* a field, or with at == NULL an array's item */
    uint32_t index;
};

struct json {
    const uint8_t *start, *at, *end;
    const uint8_t *token; /* where the value being read begins: errors point here */
    struct json_step path[JSON_MAX_PATH];
    uint32_t depth;
    struct bytes error; /* empty: none */
};

/* Reads one value; false when it failed (json.error says why). */
typedef bool json_read(struct json *in, void *context);
struct json_field {
    const char *name;
    json_read *read;
};

struct json json_over(struct bytes text);
/* Fails with `message` at the value being read. Returns false. */
bool json_fail(struct json *in, const char *message);
/* True when nothing failed and nothing but white space is left. */
MUST_USE bool json_end(struct json *in);

/* An object: each member goes to the reader of its field. Unknown and repeated fields fail; fields may be absent. */
MUST_USE bool json_members(struct json *in, const struct json_field *fields, uint32_t count, void *context);
/* An array: each item goes to `read`. */
MUST_USE bool json_items(struct json *in, json_read *read, void *context);
/* An array of exactly `count` items, read by `items` in order. `shape` describes it for the error message. */
MUST_USE bool json_tuple(struct json *in, json_read *const items[], uint32_t count, const char *shape, void *context);
/* A string with its escapes resolved. */
MUST_USE bool json_text(struct json *in, struct bytes *out);
/* An integer from 0 to `max`; `type` names the range for the error message. Exponents and fractions are fine as long as
 * the value is whole: 1e18, 2.50e3. */
MUST_USE bool json_uint(struct json *in, u128 max, const char *type, u128 *out);
MUST_USE bool json_bool(struct json *in, bool *out);
/* Takes a null; false, and nothing taken, when the value is another. */
bool json_take_null(struct json *in);

/* Decimal digits as a u128: false for anything else and for larger values. */
MUST_USE bool json_digits(struct bytes text, u128 *out);

#endif
