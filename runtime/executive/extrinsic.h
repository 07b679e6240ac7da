/* extrinsic.h - the extrinsic on the wire: formats 4 (bare, signed) and 5 (bare, general).
 * polkadot-sdk stable2609 sp-runtime src/generic/unchecked_extrinsic.rs. */
#ifndef NALAR_EXECUTIVE_EXTRINSIC_H
#define NALAR_EXECUTIVE_EXTRINSIC_H

#include "executive/era.h"
#include "pallet/dispatch.h"

enum extrinsic_kind { EXTRINSIC_BARE, EXTRINSIC_SIGNED, EXTRINSIC_GENERAL };

/* What the transaction extensions carry, in the order of runtime.def. */
struct extension_data {
    struct bytes raw; /* as signed */
    u128 tip;
    struct era era;
    uint32_t nonce;
    bool metadata_hash; /* CheckMetadataHash mode 1 */
};

struct extrinsic {
    struct bytes whole; /* with the compact length prefix: what is hashed, counted and paid for */
    struct call call;
    struct extension_data extensions; /* signed and general only */
    lookup_source signer;             /* signed only */
    const uint8_t *signature;         /* signed only: without its kind byte */
    uint8_t signature_kind;           /* 0 ed25519, 1 sr25519, 2 ecdsa, 3 eth */
    uint8_t kind;                     /* enum extrinsic_kind */
};

/* Reads one extrinsic with its length prefix from `in` (in may hold more). False when it is not canonical: the prefix
 * does not match, an unknown version, a call that does not decode. */
MUST_USE bool extrinsic_decode(struct reader *in, struct extrinsic *out);

/* Only set_validation_data and Timestamp.set are inherents, and only as bare extrinsics. */
bool extrinsic_is_inherent(const struct extrinsic *x);

#endif
