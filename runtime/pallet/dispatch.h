/* dispatch.h - calls: how one is decoded, weighed, dispatched, and what it answers. */
#ifndef NALAR_PALLET_DISPATCH_H
#define NALAR_PALLET_DISPATCH_H

#include "pallet/types.h"

/* pallet_index_<pallet>, from the runtime's list of pallets. */
#define PALLET(index, name, pallet) pallet_index_##pallet = index,
#include "pallet/runtime_keywords.inc"
enum pallet_index {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"

/* Outcome of a call: 0, or the SCALE DispatchError packed as kind and two payload bytes.
 * polkadot-sdk stable2609 sp-runtime src/lib.rs#DispatchError. */
typedef uint32_t dispatch_result;

#define DISPATCH_OK 0u
#define DISPATCH_FAILED (1u << 31)
/* Kinds and payloads carry the names of pallet/types.def: DISPATCH_ERROR(BadOrigin), TOKEN_ERROR(Frozen). */
#define DISPATCH_KIND(tag) (DISPATCH_FAILED | (uint32_t)(tag) << 16)
#define DISPATCH_ERROR(kind) DISPATCH_KIND(dispatch_error_##kind)
#define MODULE_ERROR(pallet, error) (DISPATCH_ERROR(Module) | (uint32_t)(pallet) << 8 | (uint32_t)(error))
#define TOKEN_ERROR(error) (DISPATCH_ERROR(Token) | (uint32_t)token_error_##error)
#define ARITHMETIC_ERROR(error) (DISPATCH_ERROR(Arithmetic) | (uint32_t)arithmetic_error_##error)
#define BAD_ORIGIN DISPATCH_ERROR(BadOrigin)
/* The error of a pallet by its declared name: PALLET_ERROR(balances, InsufficientBalance). */
#define PALLET_ERROR(pallet, name) MODULE_ERROR(pallet_index_##pallet, pallet##_error_##name)

/* The one macro with control flow: hands a failure to the caller. */
#define TRY(expression)                                                                                                \
    do {                                                                                                               \
        dispatch_result try_result_ = (expression);                                                                    \
        if (try_result_ != DISPATCH_OK)                                                                                \
            return try_result_;                                                                                        \
    } while (0)

/* SCALE form of a DispatchError (not of Ok). */
void write_dispatch_error(struct writer *out, dispatch_result error);
/* The metadata-typed form, for events that carry a DispatchError or a DispatchResult. */
dispatch_error dispatch_error_value(dispatch_result error);
dispatch_outcome dispatch_outcome_value(dispatch_result result);

enum origin_kind { ORIGIN_ROOT, ORIGIN_SIGNED, ORIGIN_NONE, ORIGIN_AUTHORIZED };
struct origin {
    account_id who;    /* valid when signed */
    uint8_t kind;      /* enum origin_kind */
    bool no_batch_all; /* filter that Utility.batch_all sets for what it dispatches; a new origin starts without */
};

MUST_USE dispatch_result ensure_signed(const struct origin *origin, account_id *who);
MUST_USE dispatch_result ensure_root(const struct origin *origin);
MUST_USE dispatch_result ensure_none(const struct origin *origin);
/* FRAME's AccountIdLookup: only MultiAddress::Id is known. */
MUST_USE dispatch_result lookup(const lookup_source *address, account_id *who);

enum dispatch_class { CLASS_NORMAL, CLASS_OPERATIONAL, CLASS_MANDATORY };
enum { PAYS_YES = 0, PAYS_NO = 1 };
struct dispatch_info {
    weight call_weight;
    uint8_t class; /* enum dispatch_class */
    uint8_t pays;  /* PAYS_YES or PAYS_NO */
};

/* What a .def writes as a call's weight: reference time in picoseconds and proof size in bytes. */
#define NORMAL(time, proof) ((struct dispatch_info){{(time), (proof)}, CLASS_NORMAL, PAYS_YES})
#define OPERATIONAL(time, proof) ((struct dispatch_info){{(time), (proof)}, CLASS_OPERATIONAL, PAYS_YES})
#define MANDATORY(time, proof) ((struct dispatch_info){{(time), (proof)}, CLASS_MANDATORY, PAYS_YES})
/* Database access of one call, for weights: FRAME's RocksDbWeight. */
#define READS(n) ((n) * 25000000ull)
#define WRITES(n) ((n) * 100000000ull)
/* Weight of a call from its distinct keys: 25 us of own work, about 2.8 KB of proof for a key. */
#define NORMAL_KEYS(reads, writes) dispatch_info_of_keys((reads), (writes))
struct dispatch_info dispatch_info_of_keys(uint64_t reads, uint64_t writes);

/* One running call. Handlers read `origin` and may lower the weight or waive the fee. */
struct dispatch {
    struct origin origin;
    weight actual;      /* valid when has_actual: what the call really used, at most the declared weight */
    bool has_actual;
    bool pays_no;       /* the call asks for its fee back */
};

/* Weight, class and fee of a call, nested calls included. */
struct dispatch_info call_info(const struct call *call);
/* Runs the call in its own storage transaction: everything it wrote is undone when it fails. */
MUST_USE dispatch_result call_dispatch(const struct call *call, struct dispatch *ctx);
/* The same without an own transaction, for callers that hold one. */
MUST_USE dispatch_result call_dispatch_bare(const struct call *call, struct dispatch *ctx);
/* Weight used by a finished call: actual when the handler said so, but never above the declared one. */
weight call_actual_weight(const struct dispatch *ctx, const struct dispatch_info *info);

weight weight_add(weight a, weight b); /* saturating, per part */
weight weight_sub(weight a, weight b); /* saturating, per part */

#endif
