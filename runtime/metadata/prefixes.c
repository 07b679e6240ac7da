/* prefixes.c - see prefixes.h. */
#include "metadata/prefixes.h"

#include <string.h>

#include <xxhash.h>

#include "metadata/encode.h"
#include "metadata/model.h"

static void twox_128(uint8_t out[static 16], const char *name) {
    for (uint64_t seed = 0; seed < 2; seed++)
        store_u64(out + 8 * seed, XXH64(name, strlen(name), seed));
}

void name_prefix(uint8_t out[static 32], const char *pallet, const char *item) {
    twox_128(out, pallet);
    twox_128(out + 16, item);
}

/* What every transaction and the beginning of every block read: their prefixes are in the blob as they are. Making one
 * takes some 300 instructions. A pallet, or one of its items. */
static bool is_hot(const char *pallet, const char *item) {
    static const char *const hot[][2] = {{"System", NULL},     {"Timestamp", NULL}, {"Balances", NULL},
                                         {"Authorship", NULL}, {"Aura", NULL},      {"TransactionPayment", NULL},
                                         {"AuraExt", "Authorities"}, {"ParachainSystem", "ValidationData"},
                                         {"Clock", "Time"}, {"Models", "Models"}, {"Compute", "Providers"},
                                         {"Compute", "OperatorOf"}, {"Compute", "Pools"}, {"Compute", "Ads"},
                                         {"Compute", "AskTick"}, {"Compute", "Due"}, {"Compute", "Books"},
                                         {"Jobs", NULL}, {"Rewards", "Points"},
                                         {"Rewards", "EpochBooks"}, {"Rewards", "Outstanding"}, {"Rewards", "Due"},
                                         {"Rewards", "Books"}};
    /* Of those pallets, what only an upgrade, genesis or a rare call asks for. */
    static const char *const cold[] = {"EventTopics", "BlocksTillUpgrade", "UpgradedToU32RefCount", "UpgradedToTripleRefCount",
                                       "AuthorizedUpgrade", "ExtrinsicWeightReclaimed", "InactiveIssuance", "Locks", "Reserves",
                                       "Freezes", "StorageVersion", "Bids", "Outcomes", "NextJob"};
    for (size_t i = 0; i < COUNT_OF(cold); i++)
        if (strcmp(cold[i], item) == 0)
            return false;
    for (size_t i = 0; i < COUNT_OF(hot); i++)
        if (strcmp(hot[i][0], pallet) == 0 && (!hot[i][1] || strcmp(hot[i][1], item) == 0))
            return true;
    return false;
}

static void put_define(struct buffer *b, const char *pallet, const char *item, const char *what, const uint8_t *prefix) {
    put_text(b, "#define %s_%s_%s {", pallet, item, what);
    for (int byte = 0; byte < 32; byte++)
        put_text(b, "%s0x%02x", byte ? ", " : "", prefix[byte]);
    put_text(b, "}\n");
}

/* Bytes before V14 in metadata_pool: Some, and the length of more than 2^14. */
enum { BEFORE_V14 = 5 };

struct buffer prefixes_header(void) {
    struct buffer b = {0};
    put_text(&b, "/* Made by mkmetadata: twox128(pallet) ++ twox128(item) of every storage item, and what the blob holds. */\n"
                 "#ifndef NALAR_GEN_PREFIXES_H\n#define NALAR_GEN_PREFIXES_H\n\n");
    for (uint32_t i = 0; i < pallet_count; i++)
        for (const struct storage_desc *const *s = pallets[i].desc->storage; *s; s++) {
            uint8_t prefix[32];
            bool hot = is_hot(pallets[i].name, (*s)->name);
            name_prefix(prefix, pallets[i].name, (*s)->name);
            put_define(&b, pallets[i].c_name, (*s)->name, "PREFIX", prefix);
            if (!hot) {
                memset(prefix + 16, 0, 16);
                store_u32(prefix + 16, BEFORE_V14 + encode_name_place(i, (uint32_t)(s - pallets[i].desc->storage)));
            }
            put_define(&b, pallets[i].c_name, (*s)->name, "STORED", prefix);
            put_text(&b, "#define %s_%s_NAMED %s\n", pallets[i].c_name, (*s)->name, hot ? "false" : "true");
        }
    put_text(&b, "\n#endif\n");
    return b;
}
