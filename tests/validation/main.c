/* main.c - author, importer and validator agree over random blocks; what is altered is refused; memory is bounded.
 * SEED, BLOCKS, ALTERATIONS, TESTS (a pattern of names) in the environment; POVS names a file for the proofs of validity and what validators must answer
 * to each, for the blob's turn: what it is, parameters, answer, as length-prefixed byte strings; no answer to what must be
 * refused. */
#include "alter.h"
#include "large.h"
#include "random.h"
#include "world.h"

#include <dirent.h>
#include <time.h>

static uint64_t seed;
static FILE *file;

static void write_string(struct bytes b) {
    if (fwrite(&b.len, 4, 1, file) != 1 || (b.len && fwrite(b.at, b.len, 1, file) != 1))
        fail_msg("cannot write the proofs of validity");
}

/* For the blob: the same answer, or a refusal. */
static void hand_on(const char *what, struct bytes params, struct answer got) {
    if (!file)
        return;
    write_string((struct bytes){(const uint8_t *)what, (uint32_t)strlen(what)});
    write_string(params);
    write_string(got.returned ? got.bytes : (struct bytes){NULL, 0});
}

/* Small ones of each kind become inputs that a fuzzer starts from (tests/fuzz/fuzz_pov.c); CORPUS names the folder. */
static void add_to_corpus(const struct pov *pov, struct bytes params) {
    enum { MOST_FILES = 28, MOST_BYTES = 10000, MOST_BUNDLES = 3, MOST_BYTES_OF_BUNDLE = 32000 };
    static uint32_t written, bundles;
    const char *folder = getenv("CORPUS");
    char path[512];
    bool bundle = pov->count > 1;
    if (!folder || !*folder || written == MOST_FILES || params.len > (bundle ? MOST_BYTES_OF_BUNDLE : MOST_BYTES) ||
        (bundle && bundles++ >= MOST_BUNDLES))
        return;
    snprintf(path, sizeof path, "%s/pov-%02u-%u", folder, written++, pov->count);
    FILE *to = fopen(path, "wb");
    assert_non_null(to);
    assert_int_equal(fputc(3, to), 3); /* fuzz_pov.c: FIX_ROOT, FIX_LINKS */
    assert_int_equal(fwrite(params.at, 1, params.len, to), params.len);
    assert_int_equal(fclose(to), 0);
}

static void agree(const char *what, const struct pov *pov, enum pov_format format, struct bytes proof) {
    struct bytes params = pov_params(pov, pov_block_data(pov, format, proof)), expected = pov_expected(pov);
    world_counts.largest_proof = (uint32_t)max_u64(world_counts.largest_proof, proof.len);
    struct answer got = validate(params);
    if (!got.returned)
        fail_msg("block %u: validate_block: %s", chain.number, shim_trap_message());
    assert_bytes_equal(got.bytes, expected);
    hand_on(what, params, got);
    add_to_corpus(pov, params);
}

static enum pov_format random_format(const struct pov *pov) {
    return pov->count == 1 && random_chance(&seed, 40) ? POV_V0 : POV_V1;
}

static void random_blocks(void **state) {
    (void)state;
    static struct pov pov;
    uint32_t blocks = (uint32_t)world_number("BLOCKS", 300);
    world_start();
    for (uint32_t i = 1; world_counts.blocks < blocks; i++) {
        if (i % 40 == 20)
            world_full(&seed, &pov);
        else
            world_next(&seed, &pov, false);
        uint32_t style = random_chance(&seed, 80) ? RECORD_ONCE : 0;
        agree("random", &pov, random_format(&pov), chain_keep(record_compact(style, UINT32_MAX, NULL)));
    }
    const struct world_counts *c = &world_counts;
    world_count_models();
    print_message("%u blocks (%u empty, %u full) in %u proofs of validity (%u of several blocks, the largest proof %u bytes): "
                  "%u extrinsics, %u failed, %u refused; %u downward and %u channel messages, %u upgrades, %u aborted, %u models, %u of them active\n",
                  c->blocks, c->empty, c->full, c->povs, c->bundles, c->largest_proof, c->extrinsics, c->failed, c->refused,
                  c->downward, c->horizontal, c->upgrades, c->aborts, c->models, c->active);
    if (blocks >= 300)
        assert_true(c->empty && c->full && c->bundles && c->failed && c->downward && c->horizontal && c->upgrades && c->models);
    chain_stop(NULL);
}

/* Proofs of validity whose proofs the node's own recorder made: files in the folder REAL, where there is one. */
static void real_proofs(void **state) {
    static uint8_t bytes[16 << 20];
    const char *folder = getenv("REAL");
    char path[512];
    uint32_t count = 0;
    if (!folder || !*folder)
        return;
    chain_start(state);
    DIR *list = opendir(folder);
    assert_non_null(list);
    for (struct dirent *entry = readdir(list); entry; entry = readdir(list)) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        FILE *from = fopen(path, "rb");
        assert_non_null(from);
        struct bytes params = {bytes, (uint32_t)fread(bytes, 1, sizeof bytes, from)};
        assert_true(feof(from) && fclose(from) == 0);
        struct answer got = validate(params);
        if (!got.returned)
            fail_msg("%s: validate_block: %s", path, shim_trap_message());
        hand_on("by the node's recorder", params, got);
        count++;
    }
    closedir(list);
    assert_true(count > 0);
    print_message("%u proofs of validity by the node's own recorder\n", count);
    chain_stop(NULL);
}

/* --- alterations --- */

enum { KINDS = 16 };
static struct tally {
    const char *what;
    uint32_t refused, same;
} tallies[KINDS];

static struct tally *tally_of(const char *what) {
    uint32_t i = 0;
    while (tallies[i].what && strcmp(tallies[i].what, what) != 0)
        assert_true(++i < KINDS);
    tallies[i].what = what;
    return &tallies[i];
}

/* Returns whether it was one that must be refused. */
static bool try_one(struct bytes expected) {
    struct altered altered;
    uint64_t began = seed;
    alter(&seed, &altered);
    struct answer got = validate(altered.params);
    if (got.returned && altered.verdict == MUST_REFUSE)
        fail_msg("accepted an altered %s (seed %llu of block %u)", altered.what, (unsigned long long)began, chain.number);
    if (!got.returned && altered.verdict == SAME)
        fail_msg("refused a harmless %s (seed %llu of block %u): %s", altered.what, (unsigned long long)began, chain.number,
                 shim_trap_message());
    if (got.returned)
        assert_bytes_equal(got.bytes, expected);
    /* Whatever an alteration announces, memory goes by the bytes that are there. */
    assert_true(validate_peak() <= (4 << 20) + 60 * (uint64_t)altered.params.len);
    hand_on(altered.what, altered.params, got);
    struct tally *tally = tally_of(altered.what);
    *(got.returned ? &tally->same : &tally->refused) += 1;
    return altered.verdict == MUST_REFUSE;
}

static void alterations(void **state) {
    (void)state;
    enum { OF_EACH = 60 };
    static struct pov pov;
    uint32_t wanted = (uint32_t)world_number("ALTERATIONS", 3000), refused = 0;
    world_start();
    while (refused < wanted) {
        world_next(&seed, &pov, true);
        enum pov_format format = random_format(&pov);
        struct bytes proof = author_proof();
        agree("random", &pov, format, proof);
        struct bytes expected = pov_expected(&pov);
        alter_begin(&pov, format, proof);
        for (uint32_t i = 0; i < OF_EACH && refused < wanted; i++)
            refused += try_one(expected);
    }
    print_message("%u alterations that must be refused, all were; of each kind (refused, harmless):", refused);
    for (uint32_t i = 0; i < KINDS && tallies[i].what; i++)
        print_message(" %s %u %u%s", tallies[i].what, tallies[i].refused, tallies[i].same, i + 1 < KINDS && tallies[i + 1].what ? "," : "\n");
    chain_stop(NULL);
}

/* --- memory --- */

static void large_proof(void **state) {
    (void)state;
    static struct pov pov;
    large_proof_of_many_nodes(&pov);
    agree("many nodes", &pov, POV_V1, author_proof());
    large_report("many nodes", &pov);
    large_stop();
}

static void large_values(void **state) {
    (void)state;
    static struct pov pov;
    large_proof_of_long_values(&pov);
    agree("long values", &pov, POV_V1, author_proof());
    large_report("long values", &pov);
    large_stop();
}

static void many_events(void **state) {
    (void)state;
    static struct pov pov;
    large_block_of_events(&pov);
    large_report_import();
    agree("events", &pov, POV_V1, author_proof());
    large_report("events", &pov);
    large_stop();
}

static void forged_proofs(void **state) {
    (void)state;
    for (uint32_t i = 0; i < LARGE_FORGERIES; i++) {
        struct bytes params = large_forgery(i);
        struct answer got = validate(params);
        assert_false(got.returned);
        hand_on("forged", params, got);
        large_report_forgery(i, params);
    }
    large_stop();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_blocks), cmocka_unit_test(alterations), cmocka_unit_test(large_proof),
        cmocka_unit_test(large_values),  cmocka_unit_test(many_events), cmocka_unit_test(forged_proofs),
        cmocka_unit_test(real_proofs),
    };
    const char *path = getenv("POVS");
    seed = world_number("SEED", 0);
    if (seed == 0)
        seed = ((uint64_t)time(NULL) << 20 ^ (uint64_t)(uintptr_t)&seed) & INT64_MAX;
    printf("SEED=%llu\n", (unsigned long long)seed);
    cmocka_set_test_filter(getenv("TESTS"));
    if (path && *path && !(file = fopen(path, "wb")))
        return 1;
    int failed = cmocka_run_group_tests_name("validation", tests, NULL, NULL);
    record_free();
    return file && fclose(file) != 0 ? 1 : failed;
}
