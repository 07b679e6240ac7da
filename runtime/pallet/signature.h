/* signature.h - the four kinds of signatures that accounts make, for extrinsics and for consent inside a call. */
#ifndef NALAR_PALLET_SIGNATURE_H
#define NALAR_PALLET_SIGNATURE_H

#include "pallet/types.h"

/* Whether the bytes of a MultiSignature of that kind (tags of multi_signature; 64 bytes, 65 for the last two) sign
 * `message` for the account `who`. polkadot-sdk stable2609 sp-runtime src/lib.rs#MultiSignature. */
bool signature_verify(uint8_t kind, const uint8_t *signature, struct bytes message, const account_id *who);

#endif
