/* test_json.c - the JSON reader: every token at its borders, every error with its text and place. */
#include "unit.h"

#include "genesis/json.h"

static struct bytes of(const char *text) { return (struct bytes){(const uint8_t *)text, (uint32_t)strlen(text)}; }

static void assert_error(const struct json *in, const char *text) {
    struct bytes expected = of(text);
    if (in->error.len != expected.len || memcmp(in->error.at, expected.at, expected.len) != 0)
        fail_msg("'%.*s' instead of '%s'", (int)in->error.len, (const char *)in->error.at, text);
}

/* --- numbers --- */
static void numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        uint64_t high, low;
    } good[] = {
        {"0", 0, 0},
        {"7", 0, 7},
        {" \t\r\n42 ", 0, 42},
        {"18446744073709551615", 0, UINT64_MAX},
        {"18446744073709551616", 1, 0},
        {"340282366920938463463374607431768211455", UINT64_MAX, UINT64_MAX},
        {"9007199254740993", 0, 9007199254740993},
        {"1e3", 0, 1000},
        {"1E+3", 0, 1000},
        {"12.50e2", 0, 1250},
        {"1.000", 0, 1},
        {"1000e-3", 0, 1},
        {"10000.0e-3", 0, 10},
        {"0e99999999999999999999", 0, 0},
        {"0.000e5", 0, 0},
        {"0e-5", 0, 0},
        {"1.152921504606846976e18", 0, 1152921504606846976},
        {"34028236692093846346337460743176821145.5e1", UINT64_MAX, UINT64_MAX},
        {"340282366920938463463374607431768211455.000000000000000000000000000000000000000000", UINT64_MAX, UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct json in = json_over(of(good[i].text));
        u128 value = 0;
        if (!json_uint(&in, U128_MAX, "a u128", &value) || !json_end(&in))
            fail_msg("%s: %.*s", good[i].text, (int)in.error.len, (const char *)in.error.at);
        if (value != ((u128)good[i].high << 64 | good[i].low))
            fail_msg("%s has another value", good[i].text);
    }
}

static void wrong_numbers(void **state) {
    (void)state;
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"", "Invalid JSON blob: the text ends too early at line 1 column 1"},
        {"  \n ", "Invalid JSON blob: the text ends too early at line 2 column 2"},
        {"-1", "Invalid JSON blob: a negative number, expected a u32 at line 1 column 1"},
        {"-0", "Invalid JSON blob: a negative number, expected a u32 at line 1 column 1"},
        {"4294967296", "Invalid JSON blob: the number is too large, expected a u32 at line 1 column 1"},
        {"340282366920938463463374607431768211456", "Invalid JSON blob: the number is too large, expected a u32 at line 1 column 1"},
        {"1e39", "Invalid JSON blob: the number is too large, expected a u32 at line 1 column 1"},
        {"1e999999999999999999999", "Invalid JSON blob: the number is too large, expected a u32 at line 1 column 1"},
        {"1.5", "Invalid JSON blob: a number with a fraction, expected a u32 at line 1 column 1"},
        {"15e-1", "Invalid JSON blob: a number with a fraction, expected a u32 at line 1 column 1"},
        {"1e-999999999999999999999", "Invalid JSON blob: a number with a fraction, expected a u32 at line 1 column 1"},
        {"01", "Invalid JSON blob: a number with leading zeros at line 1 column 1"},
        {"1.", "Invalid JSON blob: invalid number at line 1 column 1"},
        {"1e", "Invalid JSON blob: invalid number at line 1 column 1"},
        {"1e+", "Invalid JSON blob: invalid number at line 1 column 1"},
        {"\"1\"", "Invalid JSON blob: expected a u32, found a string at line 1 column 1"},
        {"null", "Invalid JSON blob: expected a u32, found null at line 1 column 1"},
        {"true", "Invalid JSON blob: expected a u32, found a boolean at line 1 column 1"},
        {"[1]", "Invalid JSON blob: expected a u32, found an array at line 1 column 1"},
        {"{}", "Invalid JSON blob: expected a u32, found an object at line 1 column 1"},
        {"+1", "Invalid JSON blob: a character that begins no value at line 1 column 1"},
        {".5", "Invalid JSON blob: a character that begins no value at line 1 column 1"},
        {"NaN", "Invalid JSON blob: a character that begins no value at line 1 column 1"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct json in = json_over(of(bad[i].text));
        u128 value;
        assert_false(json_uint(&in, UINT32_MAX, "a u32", &value));
        assert_error(&in, bad[i].error);
        assert_false(json_end(&in));
    }
    struct json in = json_over(of("1x"));
    u128 value;
    assert_true(json_uint(&in, UINT32_MAX, "a u32", &value));
    assert_false(json_end(&in));
    assert_error(&in, "Invalid JSON blob: characters after the end at line 1 column 2");
}

static void digits(void **state) {
    (void)state;
    u128 value;
    assert_true(json_digits(of("1000000000000000000"), &value) && value == 1000000000000000000u);
    assert_true(json_digits(of("340282366920938463463374607431768211455"), &value) && value == U128_MAX);
    assert_false(json_digits(of("340282366920938463463374607431768211456"), &value));
    assert_false(json_digits(of("3402823669209384634633746074317682114550"), &value));
    assert_false(json_digits(of(""), &value));
    assert_false(json_digits(of("1 "), &value));
    assert_false(json_digits(of("-1"), &value));
    assert_false(json_digits(of("1e3"), &value));
}

/* --- strings --- */
static void strings(void **state) {
    (void)state;
    static const struct {
        const char *text, *value;
    } good[] = {
        {"\"\"", ""},
        {"\"abc\"", "abc"},
        {" \"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20AC\"", "A\xC3\xA9\xE2\x82\xAC"},
        {"\"\\ud83d\\ude00!\"", "\xF0\x9F\x98\x80!"},
        {"\"\\uD800\\uDC00\\uDBFF\\uDFFF\"", "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        {"\"\xC3\xA9\"", "\xC3\xA9"},
        {"\"a\\\\\"", "a\\"},
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        struct json in = json_over(of(good[i].text));
        struct bytes value;
        assert_true(json_text(&in, &value));
        assert_true(json_end(&in));
        assert_bytes_equal(value, of(good[i].value));
    }
    struct json in = json_over(of("\"\\u0000\""));
    struct bytes value;
    assert_true(json_text(&in, &value));
    assert_int_equal(value.len, 1);
    assert_int_equal(value.at[0], 0);
}

static void wrong_strings(void **state) {
    (void)state;
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"\"", "Invalid JSON blob: a string without end at line 1 column 1"},
        {"\"abc", "Invalid JSON blob: a string without end at line 1 column 1"},
        {"\"abc\\\"", "Invalid JSON blob: a string without end at line 1 column 1"},
        {"\"\\", "Invalid JSON blob: a string without end at line 1 column 1"},
        {"\"a\nb\"", "Invalid JSON blob: control character in a string at line 1 column 1"},
        {"\"\\x\"", "Invalid JSON blob: invalid escape in a string at line 1 column 1"},
        {"\"\\u12\"", "Invalid JSON blob: invalid \\u escape in a string at line 1 column 1"},
        {"\"\\u12G4\"", "Invalid JSON blob: invalid \\u escape in a string at line 1 column 1"},
        {"\"\\ud800\"", "Invalid JSON blob: lone surrogate in a string at line 1 column 1"},
        {"\"\\ud800\\u0041\"", "Invalid JSON blob: lone surrogate in a string at line 1 column 1"},
        {"\"\\ud800\\n\"", "Invalid JSON blob: lone surrogate in a string at line 1 column 1"},
        {"\"\\udc00\"", "Invalid JSON blob: lone surrogate in a string at line 1 column 1"},
        {"12", "Invalid JSON blob: expected a string, found a number at line 1 column 1"},
        {"-12", "Invalid JSON blob: expected a string, found a number at line 1 column 1"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct json in = json_over(of(bad[i].text));
        struct bytes value;
        assert_false(json_text(&in, &value));
        assert_error(&in, bad[i].error);
    }
}

/* --- words --- */
static void words(void **state) {
    (void)state;
    bool value = false;
    struct json in = json_over(of("true"));
    assert_true(json_bool(&in, &value) && value && json_end(&in));
    in = json_over(of(" false "));
    assert_true(json_bool(&in, &value) && !value && json_end(&in));
    in = json_over(of("null"));
    assert_true(json_take_null(&in) && json_end(&in));
    in = json_over(of("nul"));
    assert_false(json_take_null(&in));
    assert_int_equal(in.error.len, 0); /* only asked */
    assert_false(json_bool(&in, &value));
    assert_error(&in, "Invalid JSON blob: expected a boolean, found null at line 1 column 1");
    in = json_over(of("tru"));
    assert_false(json_bool(&in, &value));
    in = json_over(of("truex"));
    assert_true(json_bool(&in, &value));
    assert_false(json_end(&in));
}

/* --- structure: {"name": string, "list": [u32...], "pair": [u32, string], "deep": {...}} --- */
struct record {
    u128 list[4], first;
    uint32_t list_len;
    struct bytes name, second;
    bool has_deep;
};
static bool read_name(struct json *in, void *context) { return json_text(in, &((struct record *)context)->name); }
static bool read_item(struct json *in, void *context) {
    struct record *record = context;
    if (record->list_len == COUNT_OF(record->list))
        return json_fail(in, "more than 4 items");
    return json_uint(in, UINT32_MAX, "a u32", &record->list[record->list_len++]);
}
static bool read_list(struct json *in, void *context) { return json_items(in, read_item, context); }
static bool read_first(struct json *in, void *context) {
    return json_uint(in, UINT32_MAX, "a u32", &((struct record *)context)->first);
}
static bool read_second(struct json *in, void *context) { return json_text(in, &((struct record *)context)->second); }
static bool read_pair(struct json *in, void *context) {
    static json_read *const items[] = {read_first, read_second};
    return json_tuple(in, items, COUNT_OF(items), "[number, text]", context);
}
static bool read_record(struct json *in, void *context);
static bool read_deep(struct json *in, void *context) {
    ((struct record *)context)->has_deep = true;
    return read_record(in, context);
}
static bool read_record(struct json *in, void *context) {
    static const struct json_field fields[] = {
        {"name", read_name}, {"list", read_list}, {"pair", read_pair}, {"deep", read_deep}};
    return json_members(in, fields, COUNT_OF(fields), context);
}

static struct json parse(const char *text, struct record *record) {
    memset(record, 0, sizeof *record);
    struct json in = json_over(of(text));
    if (read_record(&in, record) && json_end(&in))
        assert_int_equal(in.error.len, 0);
    else
        assert_int_not_equal(in.error.len, 0);
    return in;
}

static void structure(void **state) {
    (void)state;
    struct record record;
    struct json in = parse("{}", &record);
    assert_int_equal(in.error.len, 0);
    in = parse(" { \"list\" : [ 1 , 2,3 ] ,\n\"pair\":[4,\"x\"],\"na\\u006de\":\"n\", \"deep\": {\"list\":[9]}}\n", &record);
    assert_int_equal(in.error.len, 0);
    assert_int_equal(record.list_len, 4);
    assert_true(record.list[2] == 3 && record.list[3] == 9 && record.first == 4 && record.has_deep);
    assert_bytes_equal(record.second, of("x"));
    assert_bytes_equal(record.name, of("n"));
    in = parse("{\"list\":[]}", &record);
    assert_int_equal(in.error.len, 0);
}

static void wrong_structure(void **state) {
    (void)state;
    static const struct {
        const char *text, *error;
    } bad[] = {
        {"[]", "expected an object, found an array at line 1 column 1"},
        {"{", "the text ends too early at line 1 column 2"},
        {"{]", "expected a field name in quotes at line 1 column 2"},
        {"{name:1}", "expected a field name in quotes at line 1 column 2"},
        {"{\"name\"}", "name: expected `:` at line 1 column 8"},
        {"{\"name\" \"x\"}", "name: expected `:` at line 1 column 9"},
        {"{\"name\":}", "name: a character that begins no value at line 1 column 9"},
        {"{\"name\":\"x\" \"list\":[]}", "expected `,` or `}` at line 1 column 13"},
        {"{\"name\":\"x\",}", "trailing comma at line 1 column 13"},
        {"{,}", "expected a field name in quotes at line 1 column 2"},
        {"{\"name\":\"x\"}}", "characters after the end at line 1 column 13"},
        {"{\"name\":\"x\",\"name\":\"y\"}", "name: duplicate field at line 1 column 13"},
        {"{\n  \"title\": 1}", "unknown field `title`, expected one of `name`, `list`, `pair`, `deep` at line 2 column 3"},
        {"{\"nam\": 1}", "unknown field `nam`, expected one of `name`, `list`, `pair`, `deep` at line 1 column 2"},
        {"{\"names\": 1}", "unknown field `names`, expected one of `name`, `list`, `pair`, `deep` at line 1 column 2"},
        {"{\"\": 1}", "unknown field ``, expected one of `name`, `list`, `pair`, `deep` at line 1 column 2"},
        {"{\"a\\n\xC3\xA9\": 1}", "unknown field `a???`, expected one of `name`, `list`, `pair`, `deep` at line 1 column 2"},
        {"{\"list\":[1 2]}", "list: expected `,` or `]` at line 1 column 12"},
        {"{\"list\":[1,]}", "list: trailing comma at line 1 column 12"},
        {"{\"list\":[1,\"2\"]}", "list[1]: expected a u32, found a string at line 1 column 12"},
        {"{\"list\":[1,2,3,4,5]}", "list[4]: more than 4 items at line 1 column 18"},
        {"{\"list\":{}}", "list: expected an array, found an object at line 1 column 9"},
        {"{\"pair\":[1]}", "pair: too few items, expected [number, text] at line 1 column 9"},
        {"{\"pair\":[]}", "pair: too few items, expected [number, text] at line 1 column 9"},
        {"{\"pair\":[1,\"x\",2]}", "pair: too many items, expected [number, text] at line 1 column 9"},
        {"{\"pair\":[1,2]}", "pair[1]: expected a string, found a number at line 1 column 12"},
        {"{\"pair\":7}", "pair: expected [number, text], found a number at line 1 column 9"},
        {"{\"deep\":{\"deep\":{\"list\":[-1]}}}", "deep.deep.list[0]: a negative number, expected a u32 at line 1 column 26"},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct record record;
        char expected[JSON_MAX_ERROR];
        snprintf(expected, sizeof expected, "Invalid JSON blob: %s", bad[i].error);
        struct json in = parse(bad[i].text, &record);
        assert_error(&in, expected);
    }
}

static void nesting_is_bounded(void **state) {
    (void)state;
    static char text[100000];
    uint32_t len = 0;
    while (len + 9 < sizeof text)
        len += (uint32_t)snprintf(text + len, 9, "{\"deep\":");
    struct record record;
    struct json in = parse(text, &record);
    assert_error(&in, "Invalid JSON blob: deep.deep.deep.deep.deep.deep.deep.deep: nested too deep at line 1 column 65");
    in = parse("{\"deep\":{\"deep\":{\"deep\":{\"deep\":{\"deep\":{\"deep\":{\"deep\":{\"name\":\"x\"}}}}}}}}", &record);
    assert_int_equal(in.error.len, 0);
}

static void long_names_are_cut(void **state) {
    (void)state;
    char text[2100] = "{\"";
    memset(text + 2, 'x', 2000);
    strcpy(text + 2002, "\":1}");
    struct record record;
    struct json in = parse(text, &record);
    assert_true(in.error.len < 250);
    char shown[80];
    memset(shown, 'x', 64);
    strcpy(shown + 64, "...`");
    assert_non_null(strstr((const char *)in.error.at, shown));
}

/* Any cut and any changed byte of a good text is read without harm, and gives an error or a value. */
static void no_input_harms(void **state) {
    (void)state;
    static const char good[] = "{\"list\":[1,2.0e1],\"pair\":[4,\"\\u0041\\n\"],\"name\":\"n\",\"deep\":{\"list\":[9]}}";
    struct record record;
    for (uint32_t len = 0; len + 1 < sizeof good; len++) {
        memset(&record, 0, sizeof record);
        char *cut = malloc(len ? len : 1); /* its end is the sanitizer's border */
        memcpy(cut, good, len);
        struct json in = json_over((struct bytes){(const uint8_t *)cut, len});
        assert_false(read_record(&in, &record) && json_end(&in));
        assert_int_not_equal(in.error.len, 0);
        free(cut);
    }
    uint64_t seed = 99;
    uint32_t errors = 0;
    for (int i = 0; i < 20000; i++) {
        char changed[sizeof good];
        memcpy(changed, good, sizeof good);
        for (int j = 0; j < 1 + i % 3; j++)
            changed[next_random(&seed) % (sizeof good - 1)] = (char)(1 + next_random(&seed) % 127);
        struct json in = parse(changed, &record);
        errors += in.error.len > 0;
    }
    assert_true(errors > 10000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(numbers, fresh),         cmocka_unit_test_setup(wrong_numbers, fresh),
        cmocka_unit_test_setup(digits, fresh),          cmocka_unit_test_setup(strings, fresh),
        cmocka_unit_test_setup(wrong_strings, fresh),   cmocka_unit_test_setup(words, fresh),
        cmocka_unit_test_setup(structure, fresh),       cmocka_unit_test_setup(wrong_structure, fresh),
        cmocka_unit_test_setup(nesting_is_bounded, fresh), cmocka_unit_test_setup(long_names_are_cut, fresh),
        cmocka_unit_test_setup(no_input_harms, fresh),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
