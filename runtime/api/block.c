/* block.c - Core, BlockBuilder, TaggedTransactionQueue, OffchainWorkerApi: what authors, importers and pools call. */
#include "api/api.h"
#include "api/metadata.h"
#include "executive/executive.h"
#include "state/overlay.h"

void api_Core_version(UNUSED struct reader *in, struct writer *out) { api_answer(out, runtime_version_bytes); }

static void read_header(struct reader *in, struct header *header) {
    if (!header_decode(in, header))
        PANIC("header does not decode");
}

void api_Core_initialize_block(struct reader *in, struct writer *out) {
    struct header header;
    read_header(in, &header);
    write_u8(out, !executive_initialize_block(&header)); /* ExtrinsicInclusionMode: all, or inherents alone */
}

void api_Core_execute_block(struct reader *in, UNUSED struct writer *out) { executive_execute_block(in); }

/* Result<Result<(), DispatchError>, TransactionValidityError>. */
void api_BlockBuilder_apply_extrinsic(struct reader *in, struct writer *out) {
    struct extrinsic x;
    struct applied answer = {INVALID(CALL), DISPATCH_OK};
    if (extrinsic_decode(in, &x))
        answer = executive_apply_extrinsic(&x);
    if (answer.valid != VALID) {
        write_u8(out, 1);
        write_validity_error(out, answer.valid);
        return; /* nothing is flushed */
    }
    overlay_flush();
    write_u8(out, 0);
    write_u8(out, answer.result != DISPATCH_OK);
    if (answer.result != DISPATCH_OK)
        write_dispatch_error(out, answer.result);
}

void api_BlockBuilder_finalize_block(UNUSED struct reader *in, struct writer *out) {
    api_answer(out, executive_finalize_block());
}

void api_BlockBuilder_inherent_extrinsics(struct reader *in, struct writer *out) {
    executive_inherent_extrinsics((struct bytes){in->at, reader_left(in)}, out);
}

/* Block, then InherentData. The block's end is found by walking its extrinsics. */
void api_BlockBuilder_check_inherents(struct reader *in, struct writer *out) {
    struct reader block = *in;
    struct header header;
    read_header(in, &header);
    uint32_t count = read_compact_u32(in);
    for (uint32_t i = 0; i < count && !in->failed; i++)
        read_bytes(in, UINT32_MAX);
    if (in->failed)
        PANIC("block does not decode");
    executive_check_inherents(&block, (struct bytes){in->at, reader_left(in)}, out);
}

static void write_tag(struct writer *out, const uint8_t *tag, uint8_t len) {
    write_compact_u32(out, len != 0);
    if (len)
        write_bytes(out, (struct bytes){tag, len});
}

void api_TaggedTransactionQueue_validate_transaction(struct reader *in, struct writer *out) {
    struct extrinsic x;
    struct valid_transaction valid = {0};
    h256 at;
    if (read_u8(in) > 2) /* TransactionSource */
        PANIC("arguments do not decode");
    struct reader whole = *in;
    uint32_t len = read_compact_u32(in);
    read_raw(in, len);
    read_into(in, &at, 32);
    if (in->failed)
        PANIC("arguments do not decode");
    validity why = extrinsic_decode(&whole, &x) ? executive_validate_transaction(&x, &at, &valid) : INVALID(CALL);
    write_u8(out, why != VALID);
    if (why != VALID) {
        write_validity_error(out, why);
        return;
    }
    write_u64(out, valid.priority);
    write_tag(out, valid.requires, valid.requires_len);
    write_tag(out, valid.provides, valid.provides_len);
    write_u64(out, valid.longevity);
    write_u8(out, valid.propagate);
}

/* No pallet has off-chain work. */
void api_OffchainWorkerApi_offchain_worker(struct reader *in, UNUSED struct writer *out) {
    struct header header;
    read_header(in, &header);
}
