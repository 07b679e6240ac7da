/* json_scalar.c - see json.h: strings, numbers, booleans, null. */
#include "core/ints.h"
#include "genesis/json_internal.h"

static int hex_digit(uint8_t c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* Four hex digits of an escape at in->at. */
static bool unicode_unit(struct json *in, uint32_t *out) {
    *out = 0;
    for (int i = 0; i < 4; i++, in->at++) {
        int digit = in->at < in->end ? hex_digit(*in->at) : -1;
        if (digit < 0)
            return json_fail(in, "invalid \\u escape in a string");
        *out = *out << 4 | (uint32_t)digit;
    }
    return true;
}

static NOINLINE void write_utf8(struct writer *out, uint32_t point) {
    if (point < 0x80) {
        write_u8(out, (uint8_t)point);
    } else if (point < 0x800) {
        write_u8(out, (uint8_t)(0xC0 | point >> 6));
        write_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
    } else if (point < 0x10000) {
        write_u8(out, (uint8_t)(0xE0 | point >> 12));
        write_u8(out, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
        write_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
    } else {
        write_u8(out, (uint8_t)(0xF0 | point >> 18));
        write_u8(out, (uint8_t)(0x80 | (point >> 12 & 0x3F)));
        write_u8(out, (uint8_t)(0x80 | (point >> 6 & 0x3F)));
        write_u8(out, (uint8_t)(0x80 | (point & 0x3F)));
    }
}

/* After "\u": one unit, or two that are a surrogate pair. */
static bool unicode_escape(struct json *in, struct writer *out) {
    uint32_t unit, low;
    if (!unicode_unit(in, &unit))
        return false;
    if (unit >= 0xDC00 && unit <= 0xDFFF)
        return json_fail(in, "lone surrogate in a string");
    if (unit >= 0xD800 && unit <= 0xDBFF) {
        if (in->end - in->at < 2 || in->at[0] != '\\' || in->at[1] != 'u')
            return json_fail(in, "lone surrogate in a string");
        in->at += 2;
        if (!unicode_unit(in, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return json_fail(in, "lone surrogate in a string");
        unit = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF);
    }
    write_utf8(out, unit);
    return true;
}

/* After the backslash. */
static bool escape(struct json *in, struct writer *out) {
    static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    uint8_t c = in->at < in->end ? *in->at++ : 0;
    if (c == 'u')
        return unicode_escape(in, out);
    for (uint32_t i = 0; names[i]; i++)
        if ((uint8_t)names[i] == c) {
            write_u8(out, (uint8_t)values[i]);
            return true;
        }
    return json_fail(in, "invalid escape in a string");
}

/* The end of the string that begins after in->at's quote, or NULL and failed. *escapes: it has some. */
static const uint8_t *string_end(struct json *in, bool *escapes) {
    *escapes = false;
    for (const uint8_t *p = in->at + 1; p < in->end; p++) {
        if (*p == '"')
            return p;
        if (*p < 0x20) {
            json_fail(in, "control character in a string");
            return NULL;
        }
        if (*p == '\\') {
            *escapes = true;
            p++;
        }
    }
    json_fail(in, "a string without end");
    return NULL;
}

bool json_text(struct json *in, struct bytes *out) {
    uint8_t c;
    bool escapes;
    if (!json_peek(in, &c))
        return false;
    if (c != '"')
        return json_expected(in, "a string");
    const uint8_t *end = string_end(in, &escapes);
    if (!end)
        return false;
    in->at++;
    *out = (struct bytes){in->at, (uint32_t)(end - in->at)};
    if (escapes) {
        /* Resolved escapes are never longer than their text. */
        struct writer text = writer_over(arena_alloc(&arena_scratch, out->len), out->len);
        while (in->at < end)
            if (*in->at != '\\') {
                write_u8(&text, *in->at++);
            } else {
                in->at++;
                if (!escape(in, &text))
                    return false;
            }
        *out = writer_bytes(&text);
    }
    in->at = end + 1;
    return true;
}

static bool is_digit(const struct json *in) { return in->at < in->end && *in->at >= '0' && *in->at <= '9'; }

/* A number as value * 10^scale. Trailing zeros of the digits go into the scale, so that only large values overflow. */
struct number {
    u128 value;
    int64_t scale;
    uint64_t zeros; /* zeros seen after the last other digit */
    bool overflow;
};

/* value * 10^times + digit */
static NOINLINE void scale_up(struct number *n, uint64_t times, uint8_t digit) {
    for (; times && n->value && !n->overflow; times--)
        n->overflow = !checked_mul_u128(&n->value, n->value, 10);
    n->overflow = n->overflow || !checked_add_u128(&n->value, n->value, digit);
}

static void add_digit(struct number *n, uint8_t digit) {
    if (digit == 0) {
        n->zeros++;
        return;
    }
    scale_up(n, n->zeros + 1, digit);
    n->zeros = 0;
}

/* The digits at in->at; at least one. */
static bool digits(struct json *in, struct number *n) {
    if (!is_digit(in))
        return json_fail(in, "invalid number");
    while (is_digit(in))
        add_digit(n, (uint8_t)(*in->at++ - '0'));
    return true;
}

static bool exponent(struct json *in, struct number *n) {
    enum { EXPONENT_MAX = 100000 };
    bool negative = in->at < in->end && *in->at == '-';
    if (in->at < in->end && (*in->at == '-' || *in->at == '+'))
        in->at++;
    if (!is_digit(in))
        return json_fail(in, "invalid number");
    int64_t value = 0;
    for (; is_digit(in); in->at++)
        value = value < EXPONENT_MAX ? value * 10 + (*in->at - '0') : value;
    n->scale += negative ? -value : value;
    return true;
}

static bool number(struct json *in, struct number *n) {
    bool zero = *in->at == '0';
    if (!digits(in, n))
        return false;
    if (zero && in->at - in->token > 1)
        return json_fail(in, "a number with leading zeros");
    if (in->at < in->end && *in->at == '.') {
        const uint8_t *from = ++in->at;
        if (!digits(in, n))
            return false;
        n->scale = -(int64_t)(in->at - from);
    }
    if (in->at < in->end && (*in->at == 'e' || *in->at == 'E')) {
        in->at++;
        if (!exponent(in, n))
            return false;
    }
    n->scale += (int64_t)n->zeros;
    return true;
}

static NOINLINE bool bad_number(struct json *in, const char *what, const char *type) {
    struct writer out = json_error_begin(in);
    json_write_text(&out, what);
    json_write_text(&out, ", expected ");
    json_write_text(&out, type);
    return json_error_end(in, &out);
}

bool json_uint(struct json *in, u128 max, const char *type, u128 *out) {
    uint8_t c;
    if (!json_peek(in, &c))
        return false;
    if (c == '-')
        return bad_number(in, "a negative number", type);
    if (c < '0' || c > '9')
        return json_expected(in, type);
    struct number n = {0};
    if (!number(in, &n))
        return false;
    if (n.value == 0 && !n.overflow)
        n.scale = 0;
    if (n.scale < 0)
        return bad_number(in, "a number with a fraction", type);
    scale_up(&n, (uint64_t)n.scale, 0);
    if (n.overflow || n.value > max)
        return bad_number(in, "the number is too large", type);
    *out = n.value;
    return true;
}

static bool take_word(struct json *in, const char *word) {
    uint32_t len = 0;
    while (word[len])
        len++;
    if ((uint64_t)(in->end - in->at) < len || memcmp(in->at, word, len) != 0)
        return false;
    in->at += len;
    return true;
}

bool json_take_null(struct json *in) {
    uint8_t c;
    return json_peek(in, &c) && take_word(in, "null");
}

bool json_bool(struct json *in, bool *out) {
    uint8_t c;
    if (!json_peek(in, &c))
        return false;
    *out = take_word(in, "true");
    return *out || take_word(in, "false") || json_expected(in, "a boolean");
}

bool json_digits(struct bytes text, u128 *out) {
    struct number n = {0};
    for (uint32_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        scale_up(&n, 1, (uint8_t)(text.at[i] - '0'));
    }
    *out = n.value;
    return text.len > 0 && !n.overflow;
}
