/* prefixes.c - see prefixes.h. */
#include "metadata/prefixes.h"

#include <string.h>

#include <xxhash.h>

#include "metadata/model.h"

static void twox_128(uint8_t out[static 16], const char *name) {
    for (uint64_t seed = 0; seed < 2; seed++)
        store_u64(out + 8 * seed, XXH64(name, strlen(name), seed));
}

void storage_prefix(uint8_t out[static 32], const char *pallet, const char *item) {
    twox_128(out, pallet);
    twox_128(out + 16, item);
}

struct buffer prefixes_header(void) {
    struct buffer b = {0};
    put_text(&b, "/* Made by mkmetadata: twox128(pallet) ++ twox128(item) of every storage item. */\n"
                 "#ifndef NALAR_GEN_PREFIXES_H\n#define NALAR_GEN_PREFIXES_H\n\n");
    for (uint32_t i = 0; i < pallet_count; i++)
        for (const struct storage_desc *const *s = pallets[i].desc->storage; *s; s++) {
            uint8_t prefix[32];
            storage_prefix(prefix, pallets[i].name, (*s)->name);
            put_text(&b, "#define %s_%s_PREFIX {", pallets[i].c_name, (*s)->name);
            for (int byte = 0; byte < 32; byte++)
                put_text(&b, "%s0x%02x", byte ? ", " : "", prefix[byte]);
            put_text(&b, "}\n");
        }
    put_text(&b, "\n#endif\n");
    return b;
}
