/* text.h - the model as text: the interface that the golden file keeps, and docs/PALLETS.md. */
#ifndef NALAR_METADATA_TEXT_H
#define NALAR_METADATA_TEXT_H

#include "metadata/model.h"

/* A type on one line: "u32", "Vec<sp_core::crypto::AccountId32>", "Option<Weight>"; paths in full when `paths`. */
void put_type_text(struct buffer *b, uint32_t node, bool paths);
/* "(a: u32, b: Vec<u8>)" for named fields, "(u32)" for unnamed ones; nothing for none. */
void put_fields_text(struct buffer *b, const struct node_field *fields, uint32_t count, bool paths);
/* "Option<Weight>" of an item's value, "[blake2_128_concat AccountId32] -> AccountInfo" of a map. */
void put_storage_text(struct buffer *b, const struct storage_desc *item, bool paths);

/* Every index, type and shape that callers depend on; tests/golden/interface.txt. */
struct buffer interface_text(void);
/* What each pallet does, for readers. */
struct buffer pallets_page(void);

#endif
