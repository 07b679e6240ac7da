/* blob_version.h - the RuntimeVersion that a wasm blob carries in its custom sections. */
#ifndef NALAR_SHIM_BLOB_VERSION_H
#define NALAR_SHIM_BLOB_VERSION_H

#include "core/platform.h"

/* Reads a blob, zstd-compressed with the node's magic or not, and encodes the RuntimeVersion into fresh memory
 * (*version, to be freed). False when the blob is no wasm module or has no readable `runtime_version` section.
 * Mirrors polkadot-sdk stable2609 substrate/client/executor/src/wasm_runtime.rs#read_embedded_version. */
MUST_USE bool blob_version(uint8_t **version, uint32_t *len, struct bytes blob);

#endif
