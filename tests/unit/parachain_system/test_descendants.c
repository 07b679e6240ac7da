/* test_descendants.c - headers of the relay chain after the relay parent: the chain, the seals, changes of epoch, and
 * each way in which they are refused. Headers are encoded and sealed here by hand. */
#include "relay.h"

#include "parachain_system/descendants.h"

enum { R = RELAY_NUMBER, KEYS = 5, MOST = 6, ITEMS = 4 };

static uint8_t secrets[KEYS][64], keys[KEYS][32];

/* The chain that a case makes, before relay_build gives the state root. */
struct link {
    uint32_t author;          /* index in the epoch's list */
    uint32_t key;             /* signs */
    uint8_t kind;             /* of the pre-digest */
    bool no_author;           /* no pre-digest */
    uint32_t epoch;           /* announces this list when not 0: see encode_list */
};
static struct {
    struct link links[MOST];
    uint32_t count, offset;
    bool other_root, broken_chain, no_seal, other_seal_engine, short_seal, bad_signature;
} chain;

static digest_item items[MOST][ITEMS];
static uint8_t data[MOST][ITEMS][256];
static relay_header headers[MOST];

/* List 1: keys 0, 1. List 2: keys 2, 3. List 3: key 4. */
static struct bytes encode_list(uint8_t *out, uint32_t list) {
    static const uint8_t first[] = {0, 0, 2, 4}, count[] = {0, 2, 2, 1};
    struct writer to = writer_over(out, 128);
    write_compact_u32(&to, count[list]);
    for (uint32_t i = 0; i < count[list]; i++) {
        write_raw(&to, keys[first[list] + i], 32);
        write_u64(&to, 1);
    }
    return writer_bytes(&to);
}

static void put_list(const char *item, uint32_t list) {
    uint8_t value[128];
    relay_put("Babe", item, encode_list(value, list));
}

static struct bytes encode_header(uint8_t *out, const relay_header *header) {
    struct writer to = writer_over(out, 2048);
    write_raw(&to, header->parent_hash.at, 32);
    write_compact_u32(&to, header->number);
    write_raw(&to, header->state_root.at, 32);
    write_raw(&to, header->extrinsics_root.at, 32);
    write_compact_u32(&to, header->digest.logs.len);
    for (uint32_t i = 0; i < header->digest.logs.len; i++) {
        const digest_item *item = &header->digest.logs.items[i];
        write_u8(&to, item->tag);
        write_raw(&to, item->as.Seal.engine.at, 4);
        write_bytes(&to, item->as.Seal.data);
    }
    assert_false(to.overflow);
    return writer_bytes(&to);
}
static void header_hash(uint8_t out[32], const relay_header *header) {
    uint8_t encoded[2048];
    shim_blake2(out, 32, encode_header(encoded, header));
}

/* The three kinds that are used have one layout. */
static void add_item(relay_header *header, uint32_t at, uint8_t tag, const char *engine, struct bytes payload) {
    uint32_t i = header->digest.logs.len++;
    memcpy(data[at][i], payload.at, payload.len);
    digest_item *item = &items[at][i];
    item->tag = tag;
    byte_vec held = {data[at][i], payload.len};
    switch (tag) {
    case digest_item_PreRuntime:
        memcpy(item->as.PreRuntime.engine.at, engine, 4), item->as.PreRuntime.data = held;
        break;
    case digest_item_Consensus:
        memcpy(item->as.Consensus.engine.at, engine, 4), item->as.Consensus.data = held;
        break;
    default:
        memcpy(item->as.Seal.engine.at, engine, 4), item->as.Seal.data = held;
        break;
    }
}

static void make_header(uint32_t at) {
    const struct link *link = &chain.links[at];
    relay_header *header = &headers[at];
    *header = (relay_header){.number = R + at, .digest.logs = {items[at], 0}};
    memset(header->extrinsics_root.at, (int)at, 32);
    memcpy(header->state_root.at, relay.trie.root, 32);
    header->state_root.at[0] ^= at || chain.other_root;
    if (at)
        header_hash(header->parent_hash.at, &headers[at - 1]);
    header->parent_hash.at[31] ^= at == 1 && chain.broken_chain;
    uint8_t payload[256] = {link->kind};
    store_u32(payload + 1, link->author);
    if (!link->no_author)
        add_item(header, at, digest_item_PreRuntime, "BABE", (struct bytes){payload, link->kind == 2 ? 13 : 13 + 96});
    if (link->epoch) {
        payload[0] = 1;
        uint32_t size = encode_list(payload + 1, link->epoch).len;
        memset(payload + 1 + size, 0x55, 32);
        add_item(header, at, digest_item_Consensus, "BABE", (struct bytes){payload, 1 + size + 32});
    }
    if (chain.no_seal)
        return;
    uint8_t hash[32], seal[64];
    header_hash(hash, header);
    shim_sr25519_sign(seal, secrets[link->key], keys[link->key], (struct bytes){hash, 32});
    seal[3] ^= chain.bad_signature;
    add_item(header, at, digest_item_Seal, chain.other_seal_engine ? "aura" : "BABE",
             (struct bytes){seal, chain.short_seal ? 63 : 64});
}

static void verify(UNUSED void *context) {
    struct relay_state state;
    h256 root;
    relay_build();
    for (uint32_t i = 0; i < chain.count; i++)
        make_header(i);
    memcpy(root.at, relay.trie.root, 32);
    uint8_t proof[8192];
    struct writer out = writer_over(proof, sizeof proof);
    write_compact_u32(&out, relay.trie.count);
    for (uint32_t i = 0; i < relay.trie.count; i++)
        write_bytes(&out, (struct bytes){relay.trie.nodes[i].at, relay.trie.nodes[i].len});
    assert_false(out.overflow);
    relay_state_open(&state, writer_bytes(&out), &root, PARA);
    descendants_verify(&state, &(relay_headers){headers, chain.count}, chain.offset);
}
static void must_pass(void) { verify(NULL); }
static void must_trap(const char *message) { assert_traps(verify, NULL, message); }

/* `count` headers by the two authors of list 1 in turn, all kinds of pre-digests. */
static int plain(uint32_t count) {
    relay_setup(NULL);
    put_list("Authorities", 1);
    memset(&chain, 0, sizeof chain);
    chain.count = count;
    chain.offset = count - 1;
    for (uint32_t i = 0; i < count; i++)
        chain.links[i] = (struct link){.author = i % 2, .key = i % 2, .kind = (uint8_t)(1 + i % 3)};
    return 0;
}
static int setup(void **state) {
    static const char *const names[KEYS] = {"//Alice", "//Bob", "//Charlie", "//Dave", "//Eve"};
    (void)state;
    for (uint32_t i = 0; i < KEYS; i++)
        assert_true(shim_sr25519_pair(secrets[i], keys[i],
                                      (struct bytes){(const uint8_t *)names[i], (uint32_t)strlen(names[i])}));
    return plain(2);
}

static void accepts_sealed_chains(void **state) {
    (void)state;
    for (uint32_t count = 1; count <= MOST; count++) {
        plain(count);
        must_pass();
    }
}

static void needs_as_many_as_the_offset_says(void **state) {
    (void)state;
    chain.offset = 2;
    must_trap("number of relay parent descendants");
    chain.offset = 0;
    must_trap("number of relay parent descendants");
    chain.count = 0;
    must_trap("number of relay parent descendants");
    chain.offset = UINT32_MAX;
    must_trap("number of relay parent descendants");
}

static void needs_the_authorities(void **state) {
    (void)state;
    static const uint8_t short_list[41] = {4 << 1};
    relay_remove("Babe", "Authorities");
    must_trap("shows no authorities");
    relay_setup(NULL);
    relay_put("Babe", "Authorities", (struct bytes){short_list, sizeof short_list});
    must_trap("shows no authorities");
}

static void must_start_from_the_relay_parent(void **state) {
    (void)state;
    chain.other_root = true;
    must_trap("another state root");
}

static void must_be_a_chain(void **state) {
    (void)state;
    chain.broken_chain = true;
    must_trap("do not form a chain");
}

static void needs_an_author(void **state) {
    (void)state;
    chain.links[1].no_author = true;
    must_trap("names no author");
    plain(2);
    chain.links[1].kind = 0;
    must_trap("names no author");
    plain(2);
    chain.links[1].kind = 4;
    must_trap("names no author");
    plain(2);
    chain.links[1].author = 2;
    must_trap("author is unknown");
}

static void needs_the_authors_seal(void **state) {
    (void)state;
    chain.links[1].key = 0;
    must_trap("seal is wrong");
    plain(2);
    chain.links[0].key = 1;
    must_trap("seal is wrong");
    plain(2);
    chain.bad_signature = true;
    must_trap("seal is wrong");
    plain(2);
    chain.no_seal = true;
    must_trap("does not end with its seal");
    plain(2);
    chain.other_seal_engine = true;
    must_trap("does not end with its seal");
    plain(2);
    chain.short_seal = true;
    must_trap("does not end with its seal");
}

static void a_new_epoch_changes_the_authors(void **state) {
    (void)state;
    /* From the announcing header on, that one included. */
    plain(4);
    put_list("NextAuthorities", 2);
    chain.links[2].epoch = 3;
    chain.links[2].key = 2;
    chain.links[3].key = 3;
    must_pass();
    chain.links[2].key = 0;
    must_trap("seal is wrong");
    /* Twice: the second one is signed by those that the first announced. */
    plain(4);
    put_list("NextAuthorities", 2);
    chain.links[1].epoch = 3;
    chain.links[1].key = 3;
    chain.links[2].key = 2;
    chain.links[3] = (struct link){.author = 0, .key = 4, .kind = 2, .epoch = 1};
    must_pass();
    chain.links[3].author = 1;
    must_trap("author is unknown");
    /* The relay parent's own is in the state already. */
    plain(3);
    chain.links[0].epoch = 3;
    must_pass();
    chain.links[1].epoch = 3;
    must_trap("no authorities of the next epoch");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(accepts_sealed_chains, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(needs_as_many_as_the_offset_says, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(needs_the_authorities, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(must_start_from_the_relay_parent, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(must_be_a_chain, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(needs_an_author, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(needs_the_authors_seal, setup, relay_teardown),
        cmocka_unit_test_setup_teardown(a_new_epoch_changes_the_authors, setup, relay_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
