/* migrations.c - see migrations.h. */
#include "executive/migrations.h"

#include "aura_ext/aura_ext.h"
#include "collator_selection/collator_selection.h"
#include "host/host.h"
#include "parachain_system/parachain_system.h"
#include "session/session.h"
#include "state/overlay.h"

#define LITERAL(literal) {(const uint8_t *)"" literal, sizeof(literal) - 1}

const struct bytes migrations_cursor_key = LITERAL(":nalar_migration");

/* --- versions. polkadot-sdk stable2609 frame-support src/traits/metadata.rs#StorageVersion --- */

static struct bytes version_key(uint8_t key[static 32], struct bytes pallet) {
    static const uint8_t version_name[16] = {0x4e, 0x7b, 0x90, 0x12, 0x09, 0x6b, 0x41, 0xc4,
                                             0xeb, 0x3a, 0xaf, 0x94, 0x7f, 0x6e, 0xa4, 0x29};
    host_twox_128(key, pallet);
    memcpy(key + 16, version_name, sizeof version_name); /* twox_128(":__STORAGE_VERSION__:") */
    return (struct bytes){key, 32};
}

uint16_t migrations_state_version(struct bytes pallet) {
    uint8_t key[32];
    struct bytes value;
    return overlay_get(version_key(key, pallet), &value) && value.len == 2 ? load_u16(value.at) : 0;
}

void migrations_put_version(struct bytes pallet, uint16_t version) {
    uint8_t key[32], value[2];
    store_u16(value, version);
    overlay_put(version_key(key, pallet), (struct bytes){value, sizeof value});
}

/* The list's names are those of runtime.def. */
#define PALLET(index, name, pallet) index_of_##name = index,
#include "pallet/runtime_keywords.inc"
enum {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"

#define MIGRATION(pallet, from, to, keys, function)
#define STORAGE_VERSION(pallet, version)                                                                               \
    case index_of_##pallet:                                                                                            \
        return version;
uint16_t migrations_code_version(uint8_t pallet) {
    switch (pallet) {
#include MIGRATIONS_DEF
    default:
        return 0;
    }
}
#undef STORAGE_VERSION
#undef MIGRATION

/* --- running --- */

bool migration_next(struct migration_walk *walk, const struct storage_desc *item, struct bytes *key,
                    struct bytes *value) {
    const struct bytes prefix = {storage_prefix(item), STORAGE_PREFIX_SIZE};
    if (item->key_count == 0) { /* a value: its only key is the prefix itself */
        if (walk->at.len)
            return false;
        *key = prefix;
    } else if (!overlay_next_key(prefix, walk->at.len ? walk->at : prefix, key)) {
        return false;
    }
    if (walk->left == 0) {
        walk->stopped = true;
        return false;
    }
    if (!overlay_get(*key, value))
        return false;
    walk->left--;
    walk->at = *key;
    walk->used = weight_add(walk->used, (weight){READS(1) + WRITES(1), MIGRATION_KEY_PROOF + (uint64_t)value->len});
    return true;
}

struct migration {
    struct bytes pallet;
    uint16_t from, to;
    uint32_t keys;
    bool (*function)(struct migration_walk *walk);
};

/* True when nothing of it is left to do. */
UNUSED static bool run(struct migration m, weight *used) {
    struct migration_walk walk = {.left = m.keys, .used = {READS(1) + WRITES(2), MIGRATION_KEY_PROOF}};
    *used = weight_add(*used, (weight){READS(1), MIGRATION_KEY_PROOF}); /* the version */
    if (migrations_state_version(m.pallet) != m.from)
        return true;
    UNUSED bool goes_on = overlay_get(migrations_cursor_key, &walk.at);
    overlay_begin();
    bool fine = m.function(&walk);
    *used = weight_add(*used, walk.used);
    if (!fine) {
        overlay_rollback();
        LOG(HOST_LOG_ERROR, "a migration does not know the state; inherents alone until other code repairs it");
        return false;
    }
    overlay_commit();
    if (walk.stopped) {
        overlay_put(migrations_cursor_key, walk.at);
        return false;
    }
    overlay_remove(migrations_cursor_key);
    migrations_put_version(m.pallet, m.to);
    LOG(HOST_LOG_INFO, "a migration is done");
    return true;
}

#define STORAGE_VERSION(pallet, version)
#define MIGRATION(pallet, from, to, keys, function)                                                                    \
    _Static_assert(index_of_##pallet >= 0 && (to) == (from) + 1, "one layout a step, of a pallet in runtime.def");     \
    _Static_assert((keys) >= 1 && (keys) <= MIGRATION_MAX_KEYS, "a migration has a bound that a block can hold");
#include MIGRATIONS_DEF
#undef MIGRATION

#define MIGRATION(pallet, from, to, keys, function)                                                                    \
    &&run((struct migration){LITERAL(#pallet), from, to, keys, function}, used)
bool migrations_run(UNUSED weight *used) {
    return true
#include MIGRATIONS_DEF
        ;
}
#undef MIGRATION
#undef STORAGE_VERSION
