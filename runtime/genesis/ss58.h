/* ss58.h - addresses as text: base58 of prefix, 32-byte account and a 2-byte checksum.
 * polkadot-sdk stable2609 sp-core src/crypto.rs#Ss58Codec. */
#ifndef NALAR_GENESIS_SS58_H
#define NALAR_GENESIS_SS58_H

#include "core/platform.h"

enum ss58_result {
    SS58_OK,
    SS58_BAD_BASE58,         /* a character that base58 does not have */
    SS58_BAD_LENGTH,         /* not an account with a checksum */
    SS58_INVALID_PREFIX,     /* first byte 128 or more */
    SS58_FORMAT_NOT_ALLOWED, /* the reserved prefixes 46 and 47 */
    SS58_INVALID_CHECKSUM,
};

enum { SS58_MAX_PREFIX = 16383, SS58_MAX_TEXT = 50 };

/* Decodes an address with any prefix, which goes to *prefix. `account` and *prefix are written on SS58_OK only. */
MUST_USE enum ss58_result ss58_decode(struct bytes text, uint8_t account[static 32], uint16_t *prefix);
/* Writes the address, at most SS58_MAX_TEXT characters without a final zero, and returns its length.
 * Upper bits of a prefix over SS58_MAX_PREFIX are ignored. */
uint32_t ss58_encode(uint8_t text[static SS58_MAX_TEXT], const uint8_t account[static 32], uint16_t prefix);
/* One clause for an error message. */
const char *ss58_message(enum ss58_result result);

#endif
