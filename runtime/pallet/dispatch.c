/* dispatch.c - see dispatch.h. The runtime's list of pallets becomes three switches. */
#include "pallet/dispatch.h"

#include "core/ints.h"
#include "state/overlay.h"

/* What each pallet's describe.inc defines. */
#define PALLET(i, name, pallet)                                                                                        \
    const struct type_desc *pallet##_call_args(uint8_t index);                                                         \
    struct dispatch_info pallet##_call_info(uint8_t index, const void *args);                                          \
    dispatch_result pallet##_call_dispatch(uint8_t index, struct dispatch *ctx, const void *args);
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#undef PALLET

#define PALLET(i, name, pallet)                                                                                        \
    case i:                                                                                                            \
        return pallet##_call_args(index);
static const struct type_desc *args_type(uint8_t pallet_index, uint8_t index) {
    switch (pallet_index) {
#include "runtime.def"
    default:
        return NULL;
    }
}
#undef PALLET

#define PALLET(i, name, pallet)                                                                                        \
    case i:                                                                                                            \
        return pallet##_call_info(call->index, call->args);
struct dispatch_info call_info(const struct call *call) {
    switch (call->pallet) {
#include "runtime.def"
    default:
        PANIC("unknown call");
    }
}
#undef PALLET

#define PALLET(i, name, pallet)                                                                                        \
    case i:                                                                                                            \
        return pallet##_call_dispatch(call->index, ctx, call->args);
dispatch_result call_dispatch_bare(const struct call *call, struct dispatch *ctx) {
    switch (call->pallet) {
#include "runtime.def"
    default:
        PANIC("unknown call");
    }
}
#include "pallet/runtime_keywords_undef.inc"

/* Two small numbers a call instead of two large ones. */
NOINLINE struct dispatch_info dispatch_info_of_keys(uint64_t reads, uint64_t writes) {
    return NORMAL(25000000 + READS(reads) + WRITES(writes), reads * 2800);
}

/* polkadot-sdk stable2609 frame-support src/storage/transactional.rs#TRANSACTIONAL_LIMIT. */
enum { MAX_LAYERS = 255 };

dispatch_result call_dispatch(const struct call *call, struct dispatch *ctx) {
    if (overlay_depth() >= MAX_LAYERS)
        return DISPATCH_ERROR(Transactional) | transactional_error_LimitReached;
    overlay_begin();
    dispatch_result result = call_dispatch_bare(call, ctx);
    if (result == DISPATCH_OK)
        overlay_commit();
    else
        overlay_rollback();
    return result;
}

bool call_decode(struct reader *in, void *out) {
    struct call *call = out;
    const uint8_t *start = in->at;
    memset(call, 0, sizeof *call);
    call->pallet = read_u8(in);
    call->index = read_u8(in);
    const struct type_desc *type = in->failed ? NULL : args_type(call->pallet, call->index);
    if (!type)
        return reader_fail(in);
    if (type->kind != TYPE_UNIT) {
        void *args = read_alloc(in, 1, type->size);
        if (!args || !scale_decode(type, in, args))
            return reader_fail(in);
        call->args = args;
    }
    call->raw = (struct bytes){start, (uint32_t)(in->at - start)};
    return true;
}

struct bytes call_raw_bytes(const void *call) { return ((const struct call *)call)->raw; }

weight call_actual_weight(const struct dispatch *ctx, const struct dispatch_info *info) {
    weight declared = info->call_weight;
    if (!ctx->has_actual)
        return declared;
    return (weight){min_u64(ctx->actual.ref_time, declared.ref_time), min_u64(ctx->actual.proof_size, declared.proof_size)};
}

weight weight_add(weight a, weight b) {
    return (weight){saturating_add_u64(a.ref_time, b.ref_time), saturating_add_u64(a.proof_size, b.proof_size)};
}

weight weight_sub(weight a, weight b) {
    return (weight){saturating_sub_u64(a.ref_time, b.ref_time), saturating_sub_u64(a.proof_size, b.proof_size)};
}

dispatch_result ensure_signed(const struct origin *origin, account_id *who) {
    if (origin->kind != ORIGIN_SIGNED)
        return BAD_ORIGIN;
    *who = origin->who;
    return DISPATCH_OK;
}

dispatch_result ensure_root(const struct origin *origin) {
    return origin->kind == ORIGIN_ROOT ? DISPATCH_OK : BAD_ORIGIN;
}

dispatch_result ensure_none(const struct origin *origin) {
    return origin->kind == ORIGIN_NONE ? DISPATCH_OK : BAD_ORIGIN;
}

dispatch_result lookup(const lookup_source *address, account_id *who) {
    if (address->tag != lookup_source_Id)
        return DISPATCH_ERROR(CannotLookup);
    *who = address->as.Id.id;
    return DISPATCH_OK;
}

dispatch_error dispatch_error_value(dispatch_result error) {
    dispatch_error value = {.tag = (uint8_t)(error >> 16 & 0xFF)};
    uint8_t detail = (uint8_t)error;
    switch (value.tag) {
    case dispatch_error_Module:
        value.as.Module.module.index = (uint8_t)(error >> 8);
        value.as.Module.module.error.at[0] = detail;
        break;
    case dispatch_error_Token:
        value.as.Token.token = detail;
        break;
    case dispatch_error_Arithmetic:
        value.as.Arithmetic.arithmetic = detail;
        break;
    case dispatch_error_Transactional:
        value.as.Transactional.transactional = detail;
        break;
    case dispatch_error_Trie:
        value.as.Trie.trie = detail;
        break;
    default:
        break;
    }
    return value;
}

dispatch_outcome dispatch_outcome_value(dispatch_result result) {
    dispatch_outcome value = {.tag = result == DISPATCH_OK ? dispatch_outcome_Ok : dispatch_outcome_Err};
    if (result != DISPATCH_OK)
        value.as.Err.err = dispatch_error_value(result);
    return value;
}

void write_dispatch_error(struct writer *out, dispatch_result error) {
    dispatch_error value = dispatch_error_value(error);
    scale_encode(&dispatch_error_type, &value, out);
}
