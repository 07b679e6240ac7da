/* digest.h - RFC-78: the hash of the merkleized metadata, which CheckMetadataHash lets wallets sign over. */
#ifndef NALAR_METADATA_DIGEST_H
#define NALAR_METADATA_DIGEST_H

#include "core/platform.h"

/* After model_build and graph_number. Facts beside the types: spec name and version, SS58 prefix, token. */
void metadata_digest(uint8_t out[static 32]);

#endif
