/* tagged.h - H(tag, fields) of the market: blake2_256 over the tag's length as one byte, the tag and the fields. Every
 * use has its own tag, so that no hash can stand for another. */
#ifndef NALAR_COMMIT_TAGGED_H
#define NALAR_COMMIT_TAGGED_H

#include "scale/scale.h"

/* Starts the preimage in `buffer`; `tag` is a string literal of at most 255 letters. Write the fields, then finish. */
#define TAGGED(buffer, tag) tagged_begin(buffer, sizeof(buffer), "" tag, sizeof(tag) - 1)
struct writer tagged_begin(uint8_t *buffer, size_t size, const char *tag, size_t tag_len);
/* The hash. The fields must have fitted. */
void tagged_finish(uint8_t out[static 32], const struct writer *preimage);

#endif
