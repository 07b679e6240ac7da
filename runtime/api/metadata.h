/* metadata.h - constants that describe the runtime, made at build time by runtime/metadata. */
#ifndef NALAR_API_METADATA_H
#define NALAR_API_METADATA_H

#include "core/platform.h"

/* SCALE RuntimeVersion with the list of APIs: what Core_version answers. */
extern const struct bytes runtime_version_bytes;

#endif
