/* extrinsic.c - see extrinsic.h. */
#include "executive/extrinsic.h"

#include "parachain_system/parachain_system.h"
#include "timestamp/timestamp.h"

enum { FORMAT_BARE_4 = 0x04, FORMAT_BARE_5 = 0x05, FORMAT_SIGNED_4 = 0x84, FORMAT_GENERAL_5 = 0x45 };

static void decode_extensions(struct reader *in, struct extension_data *out) {
    const uint8_t *from = in->at;
    /* AuthorizeCall, CheckNonZeroSender, CheckSpecVersion, CheckTxVersion, CheckGenesis: no bytes. */
    out->era = era_decode(in);
    out->nonce = read_compact_u32(in);
    /* CheckWeight: no bytes. */
    out->tip = read_compact_u128(in);
    uint8_t mode = read_u8(in);
    if (mode > 1)
        reader_fail(in);
    out->metadata_hash = mode == 1;
    out->raw = (struct bytes){from, in->failed ? 0 : (uint32_t)(in->at - from)};
}

static bool decode_body(struct reader *in, struct extrinsic *out) {
    switch (read_u8(in)) {
    case FORMAT_BARE_4:
    case FORMAT_BARE_5:
        out->kind = EXTRINSIC_BARE;
        break;
    case FORMAT_SIGNED_4:
        out->kind = EXTRINSIC_SIGNED;
        if (!scale_decode(&lookup_source_type, in, &out->signer))
            return false;
        out->signature_kind = read_u8(in);
        if (out->signature_kind > 3)
            return reader_fail(in);
        out->signature = read_raw(in, out->signature_kind < 2 ? 64 : 65);
        decode_extensions(in, &out->extensions);
        break;
    case FORMAT_GENERAL_5:
        out->kind = EXTRINSIC_GENERAL;
        if (read_u8(in) != 0) /* the only extension version */
            return reader_fail(in);
        decode_extensions(in, &out->extensions);
        break;
    default:
        return reader_fail(in);
    }
    return !in->failed && call_decode(in, &out->call);
}

bool extrinsic_decode(struct reader *in, struct extrinsic *out) {
    const uint8_t *from = in->at;
    *out = (struct extrinsic){.kind = EXTRINSIC_BARE};
    uint32_t len = read_compact_u32(in);
    const uint8_t *body = read_raw(in, len);
    if (!body)
        return false;
    out->whole = (struct bytes){from, (uint32_t)(in->at - from)};
    struct reader inner = reader_over((struct bytes){body, len}, in->arena);
    return decode_body(&inner, out) && reader_done(&inner);
}

bool extrinsic_is_inherent(const struct extrinsic *x) {
    return x->kind == EXTRINSIC_BARE &&
           ((x->call.pallet == pallet_index_parachain_system &&
             x->call.index == parachain_system_call_index_set_validation_data) ||
            (x->call.pallet == pallet_index_timestamp && x->call.index == timestamp_call_index_set));
}
