/* migrations.h - what new code does once to the state that old code left. The list is migrations.def.
 *
 * A migration runs when its pallet's version in state is its `from`; then the version becomes `to`, so none runs
 * twice. One that stops at its bound goes on in the next block, from a cursor in state; until the whole list is done
 * the blocks hold inherents alone, and the state counts as that of the old code (System.LastRuntimeUpgrade). What
 * hooks and inherents read must therefore be done in the first block: the bound of such a migration is at least what
 * its storage can hold. One that fails changes nothing, and the chain stays at inherents alone: calls must not meet a
 * layout they do not know. polkadot-sdk stable2609 frame-support src/migrations.rs#VersionedMigration,
 * #SteppedMigration. */
#ifndef NALAR_EXECUTIVE_MIGRATIONS_H
#define NALAR_EXECUTIVE_MIGRATIONS_H

#include "pallet/dispatch.h"
#include "pallet/storage.h"

#ifndef MIGRATIONS_DEF
#define MIGRATIONS_DEF "executive/migrations.def"
#endif

/* The largest bound: with a leaf and its path for each key well below what a block may prove. */
#define MIGRATION_MAX_KEYS 1024
/* Weight of one key: read and written, and proved with about 4 KiB besides its value. */
#define MIGRATION_KEY_PROOF 4096u

struct migration_walk {
    struct bytes at; /* the key handled last, empty before the first */
    uint32_t left;   /* how many more keys this block may handle */
    bool stopped;    /* there are more */
    weight used;
};

/* The next key of `item` and its value as it is stored; false at the end, and when the block's share is used up. A
 * migration does all its work in `while (migration_next(walk, &pallet_Item_storage, &key, &value))`, each turn on its
 * own key only, and walks one item. The value lasts until its key is written. */
MUST_USE bool migration_next(struct migration_walk *walk, const struct storage_desc *item, struct bytes *key,
                             struct bytes *value);

/* False: the state is not what the migration knows; what it wrote is undone. */
#define STORAGE_VERSION(pallet, version)
#define MIGRATION(pallet, from, to, keys, function) MUST_USE bool function(struct migration_walk *walk);
#include MIGRATIONS_DEF
#undef STORAGE_VERSION
#undef MIGRATION

/* Runs what is due of the list, at the beginning of a block. True when the whole state has this code's layout. Adds to
 * *used. */
MUST_USE bool migrations_run(weight *used);

/* The version of a pallet's storage that this code has; `pallet` is its index. */
uint16_t migrations_code_version(uint8_t pallet);
/* The one in state, 0 when there is none; `pallet` is its name. */
uint16_t migrations_state_version(struct bytes pallet);
void migrations_put_version(struct bytes pallet, uint16_t version);

/* Where the cursor is while a migration goes on: the key handled last. */
extern const struct bytes migrations_cursor_key;

#endif
