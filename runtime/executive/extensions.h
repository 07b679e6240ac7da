/* extensions.h - the transaction extensions of runtime.def as one pipeline: signature, then the checks in FRAME's
 * order, then what they change, then the refund. polkadot-sdk stable2609 frame-system src/extensions/,
 * pallet-transaction-payment src/lib.rs#ChargeTransactionPayment, frame-metadata-hash-extension. */
#ifndef NALAR_EXECUTIVE_EXTENSIONS_H
#define NALAR_EXECUTIVE_EXTENSIONS_H

#include "balances/balances.h"
#include "executive/extrinsic.h"
#include "executive/validity.h"

/* Call and extension weight together, what limits and fees count. */
struct dispatch_info extrinsic_info(const struct extrinsic *x);

/* Looks the signer up and verifies the signature over call, extensions and implicit data. */
MUST_USE validity extensions_check_signature(const struct extrinsic *x);
/* What validate found out and prepare goes on with: the fee that prepare withdraws, tip included, and the signer's record. */
struct signer_state {
    u128 fee;
    struct balances_edit account;
};
/* Signed: every check, nothing changed. `out`, when not NULL and the answer is VALID, is what the pool asks for. */
MUST_USE validity extensions_validate(const struct extrinsic *x, const struct dispatch_info *info,
                                      struct valid_transaction *out, struct signer_state *signer);
/* Signed, after validate: takes nonce, weight, length and fee. */
MUST_USE validity extensions_prepare(const struct extrinsic *x, const struct dispatch_info *info,
                                     struct signer_state *signer);
/* Signed, after dispatch: gives back unspent weight and fee. */
void extensions_post_dispatch(const struct extrinsic *x, const struct dispatch_info *info, u128 fee,
                              const struct dispatch *ctx);
/* General: no extension here authorises an origin, so the answer is never VALID. */
MUST_USE validity extensions_validate_general(const struct extrinsic *x, const struct dispatch_info *info);
/* Bare: block limits only. */
MUST_USE validity extensions_validate_bare(const struct extrinsic *x, const struct dispatch_info *info);
MUST_USE validity extensions_prepare_bare(const struct extrinsic *x, const struct dispatch_info *info);

#endif
