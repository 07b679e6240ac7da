/* prefixes.h - storage prefixes from names. */
#ifndef NALAR_METADATA_PREFIXES_H
#define NALAR_METADATA_PREFIXES_H

#include "metadata/buffer.h"

/* twox128(pallet) ++ twox128(item). */
void name_prefix(uint8_t out[static 32], const char *pallet, const char *item);
/* build/gen/prefixes.h: one <pallet>_<Item>_PREFIX for each item. */
struct buffer prefixes_header(void);

#endif
