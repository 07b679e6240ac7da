/* rows_scale.c - scale.tsv and era.tsv: each value encodes to the row's bytes and the bytes decode to the value. */
#include "executive/era.h"
#include "scale/scale.h"
#include "vectors.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A decimal number of up to 256 bits, two's complement when negative, as two halves. */
struct wide {
    u128 low, high;
};

static bool parse_wide(struct wide *w, const char *text) {
    bool minus = text[0] == '-';
    text += minus;
    *w = (struct wide){0, 0};
    if (*text == 0)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        /* Times ten plus digit over four 64-bit limbs. */
        uint64_t limbs[4] = {(uint64_t)w->low, (uint64_t)(w->low >> 64), (uint64_t)w->high, (uint64_t)(w->high >> 64)};
        u128 carry = (u128)(*text - '0');
        for (int i = 0; i < 4; i++) {
            carry += (u128)limbs[i] * 10;
            limbs[i] = (uint64_t)carry;
            carry >>= 64;
        }
        *w = (struct wide){(u128)limbs[1] << 64 | limbs[0], (u128)limbs[3] << 64 | limbs[2]};
    }
    if (minus) {
        w->low = ~w->low + 1;
        w->high = ~w->high + (w->low == 0);
    }
    return true;
}

/* A JSON number or decimal string. */
static bool json_wide(struct wide *w, const json_t *v) {
    if (json_is_string(v))
        return parse_wide(w, json_string_value(v));
    if (!json_is_integer(v))
        return false;
    json_int_t n = json_integer_value(v);
    w->low = (u128)n;
    w->high = n < 0 ? ~(u128)0 : 0;
    return true;
}

static bool fixed(struct writer *out, struct reader *in, int bits, const json_t *v) {
    struct wide w;
    if (!json_wide(&w, v))
        return false;
    switch (bits) {
    case 8:
        write_u8(out, (uint8_t)w.low);
        return read_u8(in) == (uint8_t)w.low;
    case 16:
        write_u16(out, (uint16_t)w.low);
        return read_u16(in) == (uint16_t)w.low;
    case 32:
        write_u32(out, (uint32_t)w.low);
        return read_u32(in) == (uint32_t)w.low;
    case 64:
        write_u64(out, (uint64_t)w.low);
        return read_u64(in) == (uint64_t)w.low;
    case 128:
        write_u128(out, w.low);
        return read_u128(in) == w.low;
    case 256:
        write_u128(out, w.low);
        write_u128(out, w.high);
        return read_u128(in) == w.low && read_u128(in) == w.high;
    default:
        return false;
    }
}

static bool compact(struct writer *out, struct reader *in, bool u64_only, const json_t *v) {
    struct wide w;
    if (!json_wide(&w, v) || w.high)
        return false;
    write_compact(out, w.low);
    struct reader again = *in;
    bool good = u64_only ? read_compact_u64(in) == w.low : read_compact_u128(in) == w.low;
    /* The narrower readers agree or refuse. */
    struct reader narrow = again;
    uint32_t n = read_compact_u32(&narrow);
    good = good && (w.low >> 32 ? narrow.failed : n == w.low && !narrow.failed);
    if (w.low >> 64) {
        (void)read_compact_u64(&again);
        good = good && again.failed;
    }
    return good;
}

static bool vector(struct writer *out, struct reader *in, const json_t *v) {
    size_t count = json_array_size(v);
    write_compact_u32(out, (uint32_t)count);
    bool good = json_is_array(v) && read_compact_u32(in) == count;
    for (size_t i = 0; i < count; i++)
        good = good && fixed(out, in, 32, json_array_get(v, i));
    return good;
}

static bool option(struct writer *out, struct reader *in, const json_t *v) {
    bool some = !json_is_null(v);
    write_u8(out, some);
    return read_bool(in) == some && (!some || fixed(out, in, 16, v));
}

static bool text(struct writer *out, struct reader *in, const json_t *v) {
    struct bytes b = {(const uint8_t *)json_string_value(v), (uint32_t)json_string_length(v)};
    write_bytes(out, b);
    return json_is_string(v) && bytes_equal(read_bytes(in, UINT32_MAX), b);
}

static bool tuple(struct writer *out, struct reader *in, const json_t *v) {
    bool flag = json_is_true(json_array_get(v, 1));
    bool good = json_array_size(v) == 3 && fixed(out, in, 8, json_array_get(v, 0));
    write_u8(out, flag);
    good = good && read_bool(in) == flag;
    return good && fixed(out, in, 64, json_array_get(v, 2));
}

static bool one_value(const char *type, struct writer *out, struct reader *in, const json_t *v) {
    if ((type[0] == 'u' || type[0] == 'i') && type[1] >= '1' && type[1] <= '8')
        return fixed(out, in, atoi(type + 1), v);
    if (strncmp(type, "Compact<u", 9) == 0)
        return compact(out, in, type[9] == '6', v);
    if (strcmp(type, "Vec<u32>") == 0)
        return vector(out, in, v);
    if (strcmp(type, "Option<u16>") == 0)
        return option(out, in, v);
    if (strcmp(type, "Text") == 0)
        return text(out, in, v);
    return strcmp(type, "(u8,bool,u64)") == 0 && tuple(out, in, v);
}

/* type, JSON value, hex. Big numbers stand bare in the second column, past what a JSON reader keeps exact. */
void row_scale(struct tally *t, char *line) {
    char *c[3];
    struct bytes expect;
    if (split_tabs(line, c, 3) != 3 || !hex_bytes(&expect, c[2])) {
        tally_row(t, false, "not type, value, hex");
        return;
    }
    bool digits = c[1][0] == '-' || (c[1][0] >= '0' && c[1][0] <= '9');
    json_t *v = digits ? json_string(c[1]) : json_loads(c[1], JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    uint8_t buffer[4096];
    struct writer out = writer_over(buffer, sizeof buffer);
    struct reader in = reader_over(expect, NULL);
    bool good = v && one_value(c[0], &out, &in, v) && reader_done(&in) && !out.overflow;
    good = good && bytes_equal(writer_bytes(&out), expect);
    /* No proper prefix of an encoding is one. */
    for (uint32_t cut = 0; good && cut < expect.len; cut++) {
        struct writer scratch = writer_over(buffer, sizeof buffer);
        in = reader_over((struct bytes){expect.at, cut}, NULL);
        (void)one_value(c[0], &scratch, &in, v);
        good = in.failed;
    }
    tally_row(t, good, c[0]);
    json_decref(v);
    free_bytes(expect);
}

/* asked period, current block, hex, period, phase, birth, death. The bytes hold the phase in steps of period / 4096;
 * the table's phase, birth and death are those before that rounding (its maker prints the value that it was asked for).
 */
void row_era(struct tally *t, char *line) {
    char *c[7];
    uint8_t bytes[2];
    if (split_tabs(line, c, 7) != 7) {
        tally_row(t, false, "not seven columns");
        return;
    }
    uint32_t len = hex_decode(bytes, 2, c[2]);
    if (len == UINT32_MAX) {
        tally_row(t, false, "no hex");
        return;
    }
    struct reader in = reader_over((struct bytes){bytes, len}, NULL);
    struct era era = era_decode(&in);
    uint64_t current = strtoull(c[1], NULL, 10), phase = strtoull(c[4], NULL, 10);
    uint64_t rounded = era.period > 4096 ? phase % (era.period / 4096) : 0;
    bool good = reader_done(&in) && era.period == strtoull(c[3], NULL, 10) && era.phase + rounded == phase &&
                era_birth(era, current) + rounded == strtoull(c[5], NULL, 10) &&
                era_death(era, current) + rounded == strtoull(c[6], NULL, 10);
    tally_row(t, good, c[2]);
}
