/* large.c - see large.h. */
#include "large.h"

#include "balances/balances.h"
#include "random.h"

enum { MIB = 1 << 20, ROOM = 6 * MIB };
static uint8_t room[ROOM];

static void begin(void) {
    author_start();
    account_id alice = signer_id(ALICE);
    account_info info = chain_account(&alice);
    info.data.free += 100000000 * UNIT; /* the fees of whole blocks */
    chain_edit();
    system_account_put(&alice, &info);
    chain_edited();
}

static void apply(struct bytes call) {
    bool failed;
    assert_true(author_apply(tx_plain(ALICE, call), &failed));
    assert_false(failed);
}

/* Root dispatches it and says that it weighs nothing. */
static struct bytes unchecked(struct bytes call) {
    return call_bytes(pallet_index_sudo, 1, chain_join(call, TEXT("\0\0")));
}

/* --- many nodes --- */

enum { ACCOUNTS = 60000, TOUCHED = 31500, A_BATCH = 3500 };

static account_id holder(uint32_t n) {
    uint8_t number[8] = {0};
    account_id id;
    store_u32(number, n);
    shim_blake2(id.at, 32, (struct bytes){number, sizeof number});
    return id;
}

static struct bytes set_balances(uint32_t from) {
    struct writer out = writer_over(room, ROOM);
    write_compact_u32(&out, A_BATCH);
    for (uint32_t i = from; i < from + A_BATCH; i++) {
        account_id id = holder(i);
        write_u8(&out, pallet_index_balances);
        write_u8(&out, balances_call_index_force_set_balance);
        write_u8(&out, 0);
        write_raw(&out, id.at, 32);
        write_compact(&out, EXISTENTIAL_DEPOSIT * 3);
    }
    assert_false(out.overflow);
    return call_bytes(pallet_index_utility, 0, writer_bytes(&out));
}

void large_proof_of_many_nodes(struct pov *pov) {
    begin();
    const account_info info = {.providers = 1, .data = {.free = EXISTENTIAL_DEPOSIT * 2, .flags = (u128)1 << 127}};
    for (uint32_t from = 0; from < ACCOUNTS; from += 10000) {
        chain_edit();
        for (uint32_t i = from; i < from + 10000; i++) {
            account_id id = holder(i);
            system_account_put(&id, &info);
        }
        chain_edited();
    }
    author_genesis();
    author_begin(pov, AUTHOR_FROM_IMPORT);
    author_open(true);
    for (uint32_t i = 0; i < TOUCHED; i += A_BATCH)
        apply(unchecked(set_balances(i)));
    author_seal();
}

/* --- long values --- */

static struct bytes filled(uint32_t len, uint8_t byte) {
    memset(room, byte, len);
    return (struct bytes){room, len};
}

/* An upgrade is applied and the next one announced: the old code is read from the proof, written and replaced. */
void large_proof_of_long_values(struct pov *pov) {
    begin();
    struct bytes pending = tx_frame(filled(2 * MIB, 7));
    shim_put((struct bytes){parachain_system_PendingValidationCode_storage.prefix, 32}, pending);
    author_genesis();
    outside.go_ahead = 2;
    author_begin(pov, AUTHOR_FROM_IMPORT);
    author_open(true);
    apply(call_set_code(filled(2 * MIB, 9)));
    apply(call_remark(MIB - MIB / 8));
    author_seal();
}

/* --- events --- */

void large_block_of_events(struct pov *pov) {
    enum { CALLS = 10000 };
    bool failed = false;
    begin();
    author_genesis();
    author_begin(pov, AUTHOR_FROM_IMPORT);
    author_open(true);
    struct writer out = writer_over(room, ROOM);
    write_compact_u32(&out, CALLS);
    for (uint32_t i = 0; i < CALLS; i++)
        write_raw(&out, "\0\7\0", 3); /* System.remark_with_event of nothing */
    struct bytes call = call_bytes(pallet_index_utility, 0, writer_bytes(&out));
    while (author_apply(tx_plain(ALICE, call), &failed))
        assert_false(failed);
    print_message("%u events, ", chain_event_count());
    assert_true(chain_event_count() > 100000);
    author_seal();
}

/* --- forged ones --- */

struct forge {
    struct writer out;
    uint32_t items;
};

/* A complete tree of 16 children a branch, without their hashes, `levels` high. */
static void forge_tree(struct forge *f, uint32_t levels, bool values) {
    static const uint8_t branch[] = {19 << 2, 0x80, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    if (levels == 0 && values)
        write_raw(&f->out, "\14\1\100\0\4v", 6); /* a leaf whose value follows */
    else if (levels == 0)
        write_raw(&f->out, "\10\100\0", 3);
    else
        write_raw(&f->out, branch, sizeof branch);
    f->items += levels == 0 && values ? 2 : 1;
    for (uint32_t i = 0; levels && i < 16; i++)
        forge_tree(f, levels - 1, values);
}

/* Header of a block on `parent`, with nothing in it. */
static void write_header(struct writer *out, struct bytes parent, uint32_t number) {
    uint8_t hash[32] = {0};
    if (parent.len)
        shim_blake2(hash, 32, parent);
    write_raw(out, hash, 32);
    write_compact_u32(out, number);
    write_raw(out, (const uint8_t[64]){1}, 64);
    write_u8(out, 0);
}

struct bytes large_forgery(uint32_t index) {
    enum { DEEP = LARGE_POV / 5 - 100 };
    static uint8_t head[128], proof[ROOM];
    struct forge f = {writer_over(proof, ROOM), 0};
    switch (index) {
    case 0: /* about a million leaves of two bytes */
        forge_tree(&f, 5, false);
        break;
    case 1:
        memset(proof, 0, LARGE_POV);
        f.out.at += LARGE_POV;
        f.items = LARGE_POV;
        break;
    case 2: /* one branch in another, a million times */
        for (f.items = 0; f.items < DEEP; f.items++)
            write_raw(&f.out, "\20\200\1\0\0", 5);
        break;
    default:
        forge_tree(&f, 4, true);
        for (uint32_t i = 0; i < 12; i++)
            forge_tree(&f, 4, true); /* and more than the root needs */
        break;
    }
    assert_false(f.out.overflow);
    struct writer parent = writer_over(head, sizeof head), out = writer_over(room, ROOM);
    write_header(&parent, (struct bytes){NULL, 0}, 1);
    uint8_t *block_data = malloc(ROOM);
    struct writer data = writer_over(block_data, ROOM);
    write_raw(&data, "VERSIONEDPBD\1\4", 14);
    write_header(&data, writer_bytes(&parent), 2);
    write_u8(&data, 0);
    write_compact_u32(&data, f.items);
    write_slice(&data, writer_bytes(&f.out));
    write_bytes(&out, writer_bytes(&parent));
    write_bytes(&out, writer_bytes(&data));
    write_raw(&out, (const uint8_t[36]){0}, 36);
    assert_false(data.overflow || out.overflow || parent.overflow);
    struct bytes params = chain_keep(writer_bytes(&out));
    free(block_data);
    return params;
}

/* --- bounds --- */

/* Native ones: pointers are twice as long as in the blob, whose pages tests/validation/validation.mjs counts. */
enum { MOST = 64 * MIB, MOST_FORGED = 400 * MIB, MOST_IMPORT = 32 * MIB };

static void print_mib(const char *what, uint64_t bytes) {
    print_message("%s %u.%u MiB", what, (uint32_t)(bytes >> 20), (uint32_t)(bytes >> 10 & 1023) * 10 / 1024);
}

void large_report(const char *what, const struct pov *pov) {
    uint32_t len = pov_block_data(pov, POV_V1, author_proof()).len;
    print_mib(what, len);
    print_mib(": a proof of validity of which validation needs", validate_peak());
    print_message("\n");
    assert_true(len <= LARGE_POV + LARGE_POV / 100);
    assert_true(validate_peak() <= MOST);
}

void large_report_import(void) {
    print_mib("import needs", author_import_peak());
    print_message("\n");
    assert_true(author_import_peak() <= MOST_IMPORT);
}

void large_report_forgery(uint32_t index, struct bytes params) {
    print_message("forgery %u,", index);
    print_mib("", params.len);
    print_mib(": refused, needs", validate_peak());
    print_message(" (%s)\n", shim_trap_message());
    assert_true(validate_peak() <= MOST_FORGED);
}

void large_stop(void) { chain_stop(NULL); }
