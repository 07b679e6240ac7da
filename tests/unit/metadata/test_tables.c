/* test_tables.c - what the tables say must be what the compiler and the hashes say: struct layouts, storage prefixes,
 * defaults, and the runtime version against the list of APIs. */
#include "unit.h"

#include "tables.h"

#include "api/metadata.h"
#include "host/host.h"
#include "metadata/layout.c"

static void layouts_end_at_sizeof(void **state) {
    (void)state;
    unsigned checked = 0;
    for (size_t p = 0; p < COUNT_OF(pallet_rows); p++) {
        const struct pallet_row *row = &pallet_rows[p];
        for (const struct item_row *i = row->items; i->item; i++, checked++) {
            if (!layout_ok(i->item->value))
                fail_msg("value of %s.%s", row->name, i->name);
            for (int k = 0; k < i->item->key_count; k++)
                if (!layout_ok(i->item->keys[k].type))
                    fail_msg("key %d of %s.%s", k, row->name, i->name);
        }
        for (const struct type_desc *const *e = row->events; *e; e++, checked++)
            if (!layout_ok(*e))
                fail_msg("event %d of %s", (int)(e - row->events), row->name);
        for (const int *c = row->calls; *c >= 0; c++, checked++)
            if (!layout_ok(row->call_args((uint8_t)*c)))
                fail_msg("call %d of %s", *c, row->name);
    }
    assert_in_range(checked, 200, 2000);
}

/* The check itself notices a wrong size and a wrong alignment. */
static void layout_check_fails(void **state) {
    (void)state;
    struct type_desc wrong = account_info_type;
    wrong.size += 16;
    assert_true(layout_ok(&account_info_type));
    assert_false(layout_ok(&wrong));
    wrong = account_info_type;
    wrong.align = 4;
    assert_false(layout_ok(&wrong));
    wrong = lookup_source_type;
    wrong.size--;
    assert_true(layout_ok(&lookup_source_type));
    assert_false(layout_ok(&wrong));
    wrong = option_weight_type;
    wrong.size -= 8;
    assert_true(layout_ok(&option_weight_type));
    assert_false(layout_ok(&wrong));
}

static struct bytes c_string(const char *s) { return (struct bytes){(const uint8_t *)s, (uint32_t)strlen(s)}; }

static void prefixes_are_hashes_of_names(void **state) {
    (void)state;
    unsigned checked = 0;
    for (size_t p = 0; p < COUNT_OF(pallet_rows); p++)
        for (const struct item_row *i = pallet_rows[p].items; i->item; i++, checked++) {
            uint8_t expected[32];
            host_twox_128(expected, c_string(pallet_rows[p].name));
            host_twox_128(expected + 16, c_string(i->name));
            assert_memory_equal(i->item->prefix, expected, sizeof expected);
        }
    assert_in_range(checked, 80, 1000);
}

/* "... default 0xHEX at 0xPREFIX" of the committed interface, found by the prefix. */
static bool default_in(const char *interface, const uint8_t *prefix, char *hex, size_t size) {
    char wanted[80] = " at 0x";
    for (int i = 0; i < 32; i++)
        sprintf(wanted + 6 + 2 * i, "%02x", prefix[i]);
    const char *end = strstr(interface, wanted), *start = end;
    if (!end)
        return false;
    while (start > interface && start[-1] != ' ')
        start--;
    snprintf(hex, size, "%.*s", (int)(end - start), start);
    return true;
}

static void defaults_are_those_of_the_interface(void **state) {
    (void)state;
    static char interface[1 << 20], hex[1 << 14], ours[1 << 14];
    FILE *f = fopen("tests/golden/interface.txt", "rb");
    if (!f)
        fail_msg("tests/golden/interface.txt is not there");
    interface[fread(interface, 1, sizeof interface - 1, f)] = 0;
    fclose(f);
    unsigned checked = 0;
    for (size_t p = 0; p < COUNT_OF(pallet_rows); p++)
        for (const struct item_row *i = pallet_rows[p].items; i->item; i++, checked++) {
            const struct storage_desc *item = i->item;
            if (!default_in(interface, item->prefix, hex, sizeof hex))
                fail_msg("%s.%s is not in the interface", pallet_rows[p].name, i->name);
            struct bytes value = {(const uint8_t *)"", 1}; /* None, and an empty list of events */
            if (!item->optional && item->value->kind != TYPE_SPECIAL) {
                const void *zero = arena_zalloc(&arena_scratch, item->value->size);
                value = scale_encode_in(&arena_scratch, item->value, item->empty ? item->empty : zero);
            }
            sprintf(ours, "0x");
            for (uint32_t n = 0; n < value.len; n++)
                sprintf(ours + 2 + 2 * n, "%02x", value.at[n]);
            if (strcmp(ours, hex) != 0)
                fail_msg("%s.%s: %s, the interface says %s", pallet_rows[p].name, i->name, ours, hex);
        }
    assert_in_range(checked, 80, 1000);
}

static void version_names_every_api(void **state) {
    (void)state;
    runtime_version version;
    struct reader in = reader_over(runtime_version_bytes, &arena_scratch);
    assert_true(scale_decode(&runtime_version_type, &in, &version));
    assert_true(reader_done(&in));
    assert_bytes_equal(version.spec_name, TEXT(SPEC_NAME));
    assert_bytes_equal(version.impl_name, TEXT(IMPL_NAME));
    assert_int_equal(version.spec_version, SPEC_VERSION);
    assert_int_equal(version.transaction_version, TRANSACTION_VERSION);
    assert_int_equal(version.system_version, SYSTEM_VERSION);
#define API(name, version_number, docs, ...) version_number,
#include "pallet/runtime_keywords.inc"
    static const uint32_t expected[] = {
#include "runtime.def"
    };
#include "pallet/runtime_keywords_undef.inc"
    assert_int_equal(version.apis.len, COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++)
        assert_int_equal(version.apis.items[i].version, expected[i]);
    static const uint8_t core[8] = {0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b};
    assert_memory_equal(&version.apis.items[0].id, core, 8);
}

static void call_export(void *context) {
    struct bytes answer, *input = context;
    (void)!api_call("Metadata_metadata", *input, &answer);
}

static void metadata_answers(void **state) {
    (void)state;
    struct bytes plain, some;
    uint8_t version[4] = {14};
    struct bytes input = {version, 4};
    assert_true(api_call("Metadata_metadata", (struct bytes){NULL, 0}, &plain));
    assert_true(api_call("Metadata_metadata_at_version", input, &some));
    assert_int_equal(some.at[0], 1);
    assert_bytes_equal(((struct bytes){some.at + 1, some.len - 1}), plain);
    for (uint8_t v = 13; v <= 17; v++) {
        version[0] = v;
        assert_true(api_call("Metadata_metadata_at_version", input, &some));
        assert_int_equal(some.at[0], v >= 14 && v <= 16);
        if (some.at[0]) {
            assert_memory_equal(some.at + 5, "meta", 4);
            assert_int_equal(some.at[9], v);
        } else {
            assert_int_equal(some.len, 1);
        }
    }
    assert_true(api_call("Metadata_metadata_versions", (struct bytes){NULL, 0}, &some));
    static const uint8_t versions[] = {12, 14, 0, 0, 0, 15, 0, 0, 0, 16, 0, 0, 0};
    assert_bytes_equal(some, ((struct bytes){versions, sizeof versions}));
    /* A method without parameters refuses any; one with parameters refuses a short argument. */
    struct bytes one = {version, 1};
    assert_traps(call_export, &one, "takes no input");
    assert_false(api_call("Metadata_nothing", one, &some));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(layouts_end_at_sizeof, fresh),
        cmocka_unit_test_setup(layout_check_fails, fresh),
        cmocka_unit_test_setup(prefixes_are_hashes_of_names, fresh),
        cmocka_unit_test_setup(defaults_are_those_of_the_interface, fresh),
        cmocka_unit_test_setup(version_names_every_api, fresh),
        cmocka_unit_test_setup(metadata_answers, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
