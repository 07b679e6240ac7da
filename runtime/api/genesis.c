/* genesis.c - GenesisBuilder: the state of block 0 from JSON. */
#include "api/api.h"
#include "genesis/genesis.h"
#include "state/overlay.h"

/* Result<(), String>. */
void api_GenesisBuilder_build_state(struct reader *in, struct writer *out) {
    struct bytes json = read_bytes(in, UINT32_MAX), error;
    if (in->failed)
        PANIC("arguments do not decode");
    bool built = genesis_build_state(json, &error);
    write_u8(out, !built);
    if (built)
        overlay_flush();
    else
        write_bytes(out, error);
}

void api_GenesisBuilder_get_preset(struct reader *in, struct writer *out) {
    bool named = read_bool(in);
    struct bytes name = {NULL, 0}, json;
    if (named)
        name = read_bytes(in, UINT32_MAX);
    if (in->failed)
        PANIC("arguments do not decode");
    bool known = genesis_get_preset(named, name, &json);
    uint32_t size = known ? json.len + 6 : 1;
    *out = writer_over(arena_alloc(&arena_state, size), size);
    write_u8(out, known);
    if (known)
        write_bytes(out, json);
}

void api_GenesisBuilder_preset_names(UNUSED struct reader *in, struct writer *out) {
    write_compact_u32(out, genesis_preset_count);
    for (uint32_t i = 0; i < genesis_preset_count; i++)
        write_bytes(out, genesis_preset_names[i]);
}
