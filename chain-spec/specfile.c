/* specfile.c - see specfile.h. */
#include "specfile.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

NORETURN void spec_quit(const char *what, const char *file) {
    fprintf(stderr, "mkspec: %s %s%s%s\n", what, file, errno ? ": " : "", errno ? strerror(errno) : "");
    exit(1);
}

static void *memory(size_t size) {
    void *at = malloc(size ? size : 1);
    if (!at)
        spec_quit("out of", "memory");
    return at;
}

struct bytes spec_read_file(const char *path) {
    errno = 0;
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        spec_quit("cannot read", path);
    long size = ftell(file);
    rewind(file);
    if (size <= 0 || size > INT32_MAX)
        spec_quit("nothing, or too much, to read in", path);
    uint8_t *at = memory((size_t)size);
    if (fread(at, 1, (size_t)size, file) != (size_t)size)
        spec_quit("cannot read", path);
    fclose(file);
    return (struct bytes){at, (uint32_t)size};
}

/* ---- the text ---- */

static void skip_space(struct spec_members *in) {
    while (in->at < in->end && strchr(" \t\r\n", *in->at) && *in->at)
        in->at++;
}

static bool take(struct spec_members *in, char c) {
    skip_space(in);
    if (in->at == in->end || *in->at != (uint8_t)c)
        return false;
    in->at++;
    return true;
}

/* From the opening quote to behind the closing one. */
static bool skip_string(struct spec_members *in) {
    for (in->at++; in->at < in->end; in->at++) {
        if (*in->at == '"') {
            in->at++;
            return true;
        }
        if (*in->at == '\\' && ++in->at == in->end)
            break;
    }
    return false;
}

/* One value: a string, a number or word, or brackets with all that is in them. */
static bool skip_value(struct spec_members *in) {
    enum { DEEPEST = 64 };
    char open[DEEPEST];
    uint32_t depth = 0;
    skip_space(in);
    const uint8_t *start = in->at;
    while (in->at < in->end) {
        char c = (char)*in->at;
        if (c == '"') {
            if (!skip_string(in))
                return false;
            if (!depth)
                return true;
            continue;
        }
        if (c == '{' || c == '[') {
            if (depth == DEEPEST)
                return false;
            open[depth++] = c;
        } else if (c == '}' || c == ']') {
            if (!depth)
                return in->at > start;
            if (open[--depth] != (c == '}' ? '{' : '['))
                return false;
            in->at++;
            if (!depth)
                return true;
            continue;
        } else if (!depth && strchr(", \t\r\n", c))
            return in->at > start;
        in->at++;
    }
    return !depth && in->at > start;
}

struct spec_members spec_members_of(struct bytes object) {
    struct spec_members in = {.at = object.at, .end = object.at + object.len, .first = true, .broken = false};
    in.broken = !take(&in, '{');
    return in;
}

bool spec_next_member(struct spec_members *in, struct bytes *name, struct bytes *value) {
    if (in->broken || take(in, '}'))
        return false;
    bool ok = in->first || take(in, ',');
    in->first = false;
    skip_space(in);
    const uint8_t *start = in->at + 1;
    ok = ok && in->at < in->end && *in->at == '"' && skip_string(in);
    if (ok) {
        *name = (struct bytes){start, (uint32_t)(in->at - start) - 1};
        ok = take(in, ':');
    }
    skip_space(in);
    start = in->at;
    ok = ok && skip_value(in);
    *value = (struct bytes){start, (uint32_t)(in->at - start)};
    in->broken = !ok;
    return ok;
}

bool spec_member(struct bytes object, const char *name, struct bytes *value) {
    struct spec_members in = spec_members_of(object);
    struct bytes found;
    while (spec_next_member(&in, &found, value))
        if (found.len == strlen(name) && memcmp(found.at, name, found.len) == 0)
            return true;
    return false;
}

bool spec_is_object(struct bytes text) {
    struct spec_members in = spec_members_of(text);
    struct bytes name, value;
    while (spec_next_member(&in, &name, &value))
        ;
    skip_space(&in);
    return !in.broken && in.at == in.end;
}

bool spec_string(struct bytes value, struct bytes *out) {
    if (value.len < 2 || value.at[0] != '"')
        return false;
    *out = (struct bytes){value.at + 1, value.len - 2};
    return true;
}

static int digit(uint8_t c) {
    const char *digits = "0123456789abcdef0123456789ABCDEF", *at = c ? strchr(digits, c) : NULL;
    return at ? (int)((at - digits) % 16) : -1;
}

bool spec_unhex(struct bytes text, struct bytes *out) {
    if (text.len < 2 || text.len % 2 || text.at[0] != '0' || text.at[1] != 'x')
        return false;
    uint32_t len = text.len / 2 - 1;
    uint8_t *at = memory(len);
    for (uint32_t i = 0; i < len; i++) {
        int high = digit(text.at[2 + 2 * i]), low = digit(text.at[3 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        at[i] = (uint8_t)(high << 4 | low);
    }
    *out = (struct bytes){at, len};
    return true;
}
