/* layout.h - do the descriptors' walked offsets end where the compiler's structs end? */
#ifndef NALAR_METADATA_LAYOUT_H
#define NALAR_METADATA_LAYOUT_H

#include "scale/codec.h"

/* True when size and alignment of the type, and of everything in it, are what the codec computes from its parts. */
bool layout_ok(const struct type_desc *type);
/* The same for the arguments of a call or the fields of an event; size 0 means unknown. */
bool layout_fields_ok(const struct field_desc *fields, uint32_t count);

#endif
