/* inherents.h - access to SCALE inherent data: a sorted list of (8-byte id, bytes). */
#ifndef NALAR_EXECUTIVE_INHERENTS_H
#define NALAR_EXECUTIVE_INHERENTS_H

#include "core/platform.h"

/* The data under `id`; false when it is absent. Panics when the list does not decode. */
bool inherent_find(struct bytes inherent_data, const char id[static 8], struct bytes *data);

#endif
