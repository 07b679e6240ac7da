/* json.c - see json.h: structure, path and errors. Strings and numbers: json_scalar.c. */
#include "genesis/json_internal.h"

struct json json_over(struct bytes text) {
    const uint8_t *end = text.at ? text.at + text.len : text.at;
    return (struct json){.start = text.at, .at = text.at, .end = end, .token = text.at};
}

NOINLINE void json_write_text(struct writer *out, const char *text) {
    while (*text)
        write_u8(out, (uint8_t)*text++);
}

static void write_number(struct writer *out, uint32_t value) {
    uint8_t digits[10];
    uint32_t len = 0;
    do {
        digits[len++] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value);
    while (len)
        write_u8(out, digits[--len]);
}

/* Foreign names are shown up to a length, control characters as '?'. */
static void write_name(struct writer *out, struct bytes name) {
    enum { SHOWN = 64 };
    for (uint32_t i = 0; i < min_u32(name.len, SHOWN); i++)
        write_u8(out, name.at[i] < 0x20 || name.at[i] > 0x7E ? '?' : name.at[i]);
    if (name.len > SHOWN)
        json_write_text(out, "...");
}

static void write_path(struct writer *out, const struct json *in) {
    for (uint32_t i = 0; i < in->depth; i++) {
        if (in->path[i].name.at) {
            if (i)
                write_u8(out, '.');
            write_name(out, in->path[i].name);
        } else {
            write_u8(out, '[');
            write_number(out, in->path[i].index);
            write_u8(out, ']');
        }
    }
    if (in->depth)
        json_write_text(out, ": ");
}

NOINLINE struct writer json_error_begin(struct json *in) {
    struct writer out = writer_over(arena_alloc(&arena_scratch, JSON_MAX_ERROR), JSON_MAX_ERROR);
    json_write_text(&out, "Invalid JSON blob: ");
    write_path(&out, in);
    return out;
}

NOINLINE bool json_error_end(struct json *in, struct writer *out) {
    uint32_t line = 1, column = 1;
    for (const uint8_t *p = in->start; p < in->token; p++) {
        column++;
        if (*p == '\n') {
            line++;
            column = 1;
        }
    }
    json_write_text(out, " at line ");
    write_number(out, line);
    json_write_text(out, " column ");
    write_number(out, column);
    in->error = writer_bytes(out);
    in->at = in->end;
    return false;
}

NOINLINE bool json_fail(struct json *in, const char *message) {
    if (in->error.len)
        return false;
    struct writer out = json_error_begin(in);
    json_write_text(&out, message);
    return json_error_end(in, &out);
}

static void skip_space(struct json *in) {
    while (in->at < in->end && (*in->at == ' ' || *in->at == '\t' || *in->at == '\n' || *in->at == '\r'))
        in->at++;
    in->token = in->at;
}

NOINLINE bool json_peek(struct json *in, uint8_t *c) {
    if (in->error.len)
        return false;
    skip_space(in);
    if (in->at == in->end)
        return json_fail(in, "the text ends too early");
    *c = *in->at;
    return true;
}

static const char *kind_of(uint8_t c) {
    switch (c) {
    case '{':
        return "an object";
    case '[':
        return "an array";
    case '"':
        return "a string";
    case 't':
    case 'f':
        return "a boolean";
    case 'n':
        return "null";
    default:
        return c == '-' || (c >= '0' && c <= '9') ? "a number" : NULL;
    }
}

NOINLINE bool json_expected(struct json *in, const char *what) {
    uint8_t c;
    if (!json_peek(in, &c))
        return false;
    if (!kind_of(c))
        return json_fail(in, "a character that begins no value");
    struct writer out = json_error_begin(in);
    json_write_text(&out, "expected ");
    json_write_text(&out, what);
    json_write_text(&out, ", found ");
    json_write_text(&out, kind_of(c));
    return json_error_end(in, &out);
}

/* Takes `open` of an object or array; what the caller expected otherwise goes into the error. */
static NOINLINE bool opened(struct json *in, uint8_t open, const char *what) {
    uint8_t c;
    if (!json_peek(in, &c))
        return false;
    if (c != open)
        return json_expected(in, what);
    if (in->depth == JSON_MAX_PATH)
        return json_fail(in, "nested too deep");
    in->at++;
    return true;
}

/* Before member number `count`: takes the comma, or the closing character and *closed is set. */
static NOINLINE bool next_member(struct json *in, uint8_t close, uint32_t count, bool *closed) {
    uint8_t c;
    if (!json_peek(in, &c))
        return false;
    *closed = c == close;
    if (*closed) {
        in->at++;
        return true;
    }
    if (count == 0)
        return true;
    if (c != ',')
        return json_fail(in, close == '}' ? "expected `,` or `}`" : "expected `,` or `]`");
    in->at++;
    if (!json_peek(in, &c))
        return false;
    return c != close || json_fail(in, "trailing comma");
}

static bool unknown_field(struct json *in, struct bytes name, const struct json_field *fields, uint32_t count) {
    struct writer out = json_error_begin(in);
    json_write_text(&out, "unknown field `");
    write_name(&out, name);
    json_write_text(&out, count ? "`, expected one of " : "`, there are no fields");
    for (uint32_t i = 0; i < count; i++) {
        json_write_text(&out, i ? ", `" : "`");
        json_write_text(&out, fields[i].name);
        write_u8(&out, '`');
    }
    return json_error_end(in, &out);
}

static bool same(struct bytes name, const char *text) {
    uint32_t i = 0;
    while (i < name.len && text[i] && (uint8_t)text[i] == name.at[i])
        i++;
    return i == name.len && !text[i];
}

/* `"name":` of an object; the field's number, or false. */
static bool member_name(struct json *in, const struct json_field *fields, uint32_t count, uint32_t seen,
                        uint32_t *field) {
    uint8_t c;
    struct bytes name;
    if (!json_peek(in, &c))
        return false;
    if (c != '"')
        return json_fail(in, "expected a field name in quotes");
    const uint8_t *token = in->token;
    if (!json_text(in, &name))
        return false;
    uint32_t i = 0;
    while (i < count && !same(name, fields[i].name))
        i++;
    in->token = token;
    if (i == count)
        return unknown_field(in, name, fields, count);
    in->path[in->depth++] = (struct json_step){name, 0};
    if (seen >> i & 1)
        return json_fail(in, "duplicate field");
    if (!json_peek(in, &c))
        return false;
    if (c != ':')
        return json_fail(in, "expected `:`");
    in->at++;
    *field = i;
    return true;
}

bool json_members(struct json *in, const struct json_field *fields, uint32_t count, void *context) {
    ASSERT(count <= JSON_MAX_FIELDS);
    if (!opened(in, '{', "an object"))
        return false;
    uint32_t seen = 0, field = 0;
    for (uint32_t i = 0;; i++) {
        bool closed;
        if (!next_member(in, '}', i, &closed))
            return false;
        if (closed)
            return true;
        if (!member_name(in, fields, count, seen, &field) || !fields[field].read(in, context))
            return false;
        seen |= 1u << field;
        in->depth--;
    }
}

bool json_items(struct json *in, json_read *read, void *context) {
    if (!opened(in, '[', "an array"))
        return false;
    for (uint32_t i = 0;; i++) {
        bool closed;
        if (!next_member(in, ']', i, &closed))
            return false;
        if (closed)
            return true;
        in->path[in->depth++] = (struct json_step){{NULL, 0}, i};
        if (!read(in, context))
            return false;
        in->depth--;
    }
}

bool json_tuple(struct json *in, json_read *const items[], uint32_t count, const char *shape, void *context) {
    if (!opened(in, '[', shape))
        return false;
    const uint8_t *token = in->token;
    for (uint32_t i = 0;; i++) {
        bool closed;
        if (!next_member(in, ']', i, &closed))
            return false;
        if (closed && i == count)
            return true;
        if (closed || i == count) {
            in->token = token;
            struct writer out = json_error_begin(in);
            json_write_text(&out, closed ? "too few items, expected " : "too many items, expected ");
            json_write_text(&out, shape);
            return json_error_end(in, &out);
        }
        in->path[in->depth++] = (struct json_step){{NULL, 0}, i};
        if (!items[i](in, context))
            return false;
        in->depth--;
    }
}

bool json_end(struct json *in) {
    if (in->error.len)
        return false;
    skip_space(in);
    return in->at == in->end || json_fail(in, "characters after the end");
}
