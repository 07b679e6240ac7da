/* storage.h - typed storage over the overlay. A .def row makes a storage_desc and typed accessors (declare.inc):
 *   STORAGE_VALUE(N, t, ...)      bool  <pallet>_N_get(t *out)            true when present; else *out = the default
 *                                 void  <pallet>_N_put(const t *value),   <pallet>_N_kill(), bool <pallet>_N_exists()
 *   STORAGE_MAP(N, h, k, t, ...)  the same with the keys first: <pallet>_N_get(const k *key, t *out) ...
 * _put_now and _kill_now are for blind writes at the begin and the end of a block (overlay_put_now).
 * A stored value that does not decode reads as absent, as in FRAME. Decoded byte strings and vectors live in
 * arena_scratch. Key construction: polkadot-sdk stable2609 frame-support src/storage/types. */
#ifndef NALAR_PALLET_STORAGE_H
#define NALAR_PALLET_STORAGE_H

#include "pallet/types.h"

/* Metadata's numbers of the hashers. */
enum hasher { blake2_128_concat = 2, twox_64_concat = 5, identity = 6 };

enum { STORAGE_MAX_KEYS = 4, STORAGE_KEY_SIZE = 32 + STORAGE_MAX_KEYS * 80, STORAGE_PREFIX_SIZE = 32 };

struct storage_key_desc {
    const struct type_desc *type; /* at most 64 encoded bytes */
    uint8_t hasher;
};

struct overlay_entry;

/* Where a value's overlay entry is kept once it was asked for; generation as overlay_generation. */
struct storage_slot {
    struct overlay_entry *entry;
    uint32_t generation;
};

/* Hashes do not compress, so the blob holds those of the items that every transaction asks for; the others' are made from
 * their names, in place (metadata/prefixes.c says which). Native builds hold them all. */
#ifdef NATIVE
#define STORAGE_CONST const
#else
#define STORAGE_CONST
#endif
struct storage_desc {
    uint8_t prefix[STORAGE_PREFIX_SIZE]; /* twox128(pallet) ++ twox128(item): see storage_prefix */
    const struct type_desc *value;
    union {
#ifdef NATIVE
        struct storage_slot *slot; /* of a value */
#else
        struct storage_slot slot; /* itself, since the description can be written to */
#endif
        const struct storage_key_desc *keys; /* of a map: key_count of them */
    };
    const void *empty; /* the default when it is not all zeros; a C object of the value's type */
    uint8_t key_count;
    bool optional; /* metadata modifier: absent reads as None */
    bool named;    /* the second half of `prefix` is still the place of the item's name in metadata_pool */
#ifdef WITH_NAMES
    const char *name;
    const char *docs;
#endif
};

/* `keys`: NULL for a value; the key itself for a map of one key; else an array with a pointer to each key. */

/* The 32 bytes that all keys of an item begin with. */
const uint8_t *storage_prefix(const struct storage_desc *item);
/* The full key of an entry, or with fewer keys than declared a prefix of entries. `buffer` has STORAGE_KEY_SIZE bytes. */
struct bytes storage_key(const struct storage_desc *item, const void *keys, uint32_t key_count, uint8_t *buffer);
/* The overlay's place of an entry. */
struct overlay_entry *storage_entry(const struct storage_desc *item, const void *keys);
bool storage_get(const struct storage_desc *item, const void *keys, void *out);
/* The same for a value of type u32 without keys, whose default is 0. */
uint32_t storage_get_u32(const struct storage_desc *item);
void storage_put(const struct storage_desc *item, const void *keys, const void *value);
void storage_kill(const struct storage_desc *item, const void *keys);
void storage_put_now(const struct storage_desc *item, const void *keys, const void *value);
void storage_kill_now(const struct storage_desc *item, const void *keys);
bool storage_exists(const struct storage_desc *item, const void *keys);

/* XXH64 with seed 0, little endian: the twox_64 hasher, in wasm because a short key costs less than a host call. */
uint64_t twox_64(struct bytes in);

#endif
