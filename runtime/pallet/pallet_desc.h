/* pallet_desc.h - the tables of one pallet that mkmetadata reads. Native builds with names only. */
#ifndef NALAR_PALLET_PALLET_DESC_H
#define NALAR_PALLET_PALLET_DESC_H

#include "pallet/storage.h"

struct constant_desc {
    const char *name, *docs;
    const struct type_desc *type;
    const void *value; /* C object of that type */
};

struct pallet_desc {
    const char *docs;
    const struct variant_desc *calls, *events, *errors; /* each ends with name NULL */
    const struct storage_desc *const *storage;          /* ends with NULL */
    const struct constant_desc *constants;              /* ends with name NULL */
};

#endif
