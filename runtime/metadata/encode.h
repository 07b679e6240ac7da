/* encode.h - the model as bytes: RuntimeMetadataPrefixed of versions 14, 15 and 16. */
#ifndef NALAR_METADATA_ENCODE_H
#define NALAR_METADATA_ENCODE_H

#include "metadata/buffer.h"

/* "meta", the version byte and the body. polkadot-sdk stable2609, frame-metadata 23 src/{v14,v15,v16}.rs. */
struct buffer encode_metadata(uint8_t version);
/* Where in V14 the name of pallet number `pallet`'s storage item number `item` begins with its length. */
uint32_t encode_name_place(uint32_t pallet, uint32_t item);
/* Everything but the registry, in all versions: what graph_number counts. */
void encode_references(struct buffer *b);

#endif
