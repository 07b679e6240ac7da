/* json_internal.h - what the files of the JSON reader share. */
#ifndef NALAR_GENESIS_JSON_INTERNAL_H
#define NALAR_GENESIS_JSON_INTERNAL_H

#include "genesis/json.h"
#include "scale/scale.h"

/* Skips white space and shows the next character, which begins the value that errors point at. */
MUST_USE bool json_peek(struct json *in, uint8_t *c);
/* Fails with "expected <what>, found <kind>" at the next value. */
bool json_expected(struct json *in, const char *what);
void json_write_text(struct writer *out, const char *text);
/* An error text up to its path, and its end with the position. */
struct writer json_error_begin(struct json *in);
bool json_error_end(struct json *in, struct writer *out);

#endif
