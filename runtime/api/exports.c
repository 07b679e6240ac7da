/* exports.c - runtime.def's METHOD rows as exported functions of the blob, natively as a table.
 * polkadot-sdk stable2609 sp-api-proc-macro src/impl_runtime_apis.rs: methods without parameters refuse any input. */
#include "api/api.h"
#include "pvf/pvf.h"

static struct bytes enter_without_input(api_body *body, struct bytes input) {
    if (input.len != 0)
        PANIC("this runtime API takes no input");
    return api_enter(body, input);
}

/* The one export that is no runtime API: validators look it up by name. */
static void api_validate_block(struct reader *in, struct writer *out) {
    api_answer(out, pvf_validate_block((struct bytes){in->at, reader_left(in)}));
}

#define API(name, version, docs, ...) __VA_ARGS__

#ifdef __wasm__

/* The node reads the answer's address from the low half and its length from the high half. Out of line, so that an
 * export costs a dozen bytes. */
static uint64_t fat_pointer(struct bytes answer) {
    return (uint64_t)answer.len << 32 | (uint32_t)(uintptr_t)answer.at;
}
NOINLINE static uint64_t run(api_body *body, const uint8_t *at, uint32_t len) {
    return fat_pointer(api_enter(body, (struct bytes){at, len}));
}
NOINLINE static uint64_t run_without_input(api_body *body, const uint8_t *at, uint32_t len) {
    return fat_pointer(enter_without_input(body, (struct bytes){at, len}));
}

#define EXPORT(symbol, run_it)                                                                                         \
    __attribute__((export_name(#symbol))) uint64_t symbol(const uint8_t *at, uint32_t len);                            \
    uint64_t symbol(const uint8_t *at, uint32_t len) { return run_it(api_##symbol, at, len); }
#define METHOD(api, name, docs, output, ...) EXPORT(api##_##name, run)
#define METHOD0(api, name, docs, output) EXPORT(api##_##name, run_without_input)
#include "pallet/runtime_keywords.inc"
#include "runtime.def"
#include "pallet/runtime_keywords_undef.inc"
EXPORT(validate_block, run)

#else

#define METHOD(api, name, docs, output, ...) {#api "_" #name, api_##api##_##name, false},
#define METHOD0(api, name, docs, output) {#api "_" #name, api_##api##_##name, true},
#include "pallet/runtime_keywords.inc"
const struct api_export api_exports[] = {
#include "runtime.def"
    {"validate_block", api_validate_block, false},
    {NULL, NULL, false}};
#include "pallet/runtime_keywords_undef.inc"

static bool same_name(const char *a, const char *b) {
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

bool api_call(const char *name, struct bytes input, struct bytes *answer) {
    for (const struct api_export *e = api_exports; e->name; e++)
        if (same_name(e->name, name)) {
            *answer = e->no_input ? enter_without_input(e->body, input) : api_enter(e->body, input);
            return true;
        }
    return false;
}

#endif
