/* check_wasm.c - build step: is this module what nodes, validators and light clients accept, and what we mean to ship?
 *   check-wasm IMPORTS MODULE [BYTES]    IMPORTS: runtime/host/imports.txt; BYTES: the most the module may have
 * One line per problem, exit code 1 when there was any. Rules: the node's executor, parity-wasm in PVF preparation,
 * smoldot (no start function, no exported mutable global, custom sections that reach the end of the file). */
#include "metadata/check_wasm.h"

#include <blake2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"

static uint32_t problems;
static const char *module_path = "";

void problem(const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "check-wasm: %s: ", module_path);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    problems++;
}

/* --- the written lists --- */

#define API(name, version, docs, ...) __VA_ARGS__
#define METHOD(api, name, docs, output, ...) #api "_" #name,
#define METHOD0(api, name, docs, output) #api "_" #name,
#include "pallet/runtime_keywords.inc"
static const char *const entry_points[] = {
#include "runtime.def"
    "validate_block",
};
#include "pallet/runtime_keywords_undef.inc"

#define API(n, v, docs, ...) {#n, v},
#include "pallet/runtime_keywords.inc"
static const struct {
    const char *name;
    uint32_t version;
} apis[] = {
#include "runtime.def"
};
#include "pallet/runtime_keywords_undef.inc"

enum { MAX_NAMES = 256 };
static char *import_names[MAX_NAMES], *import_types[MAX_NAMES];
static bool imported[MAX_NAMES], exported[MAX_NAMES];
static uint32_t import_count;

static uint8_t *read_file(const char *path, size_t *size) {
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "check-wasm: cannot read %s\n", path);
        exit(1);
    }
    uint8_t *at = NULL;
    size_t capacity = 0;
    for (*size = 0;;) {
        if (*size == capacity) {
            capacity = capacity * 2 + 65536;
            at = realloc(at, capacity + 1);
            if (!at)
                abort();
        }
        size_t n = fread(at + *size, 1, capacity - *size, f);
        if (n == 0)
            break;
        *size += n;
    }
    fclose(f);
    at[*size] = 0;
    return at;
}

/* Lines "name(i32 i64) -> i32", "memory", comments with '#'. */
static void read_imports(const char *path) {
    size_t size;
    char *text = (char *)read_file(path, &size);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (*line == '#' || !*line)
            continue;
        if (import_count == MAX_NAMES) {
            problem("%s is too long", path);
            return;
        }
        char *open = strchr(line, '(');
        import_types[import_count] = NULL;
        if (open) {
            size_t n = strlen(open) + 1;
            import_types[import_count] = malloc(n);
            if (!import_types[import_count])
                abort();
            memcpy(import_types[import_count], open, n);
            *open = 0;
        }
        import_names[import_count++] = line;
    }
}

/* --- sections --- */

static void check_import(struct cursor *c) {
    char *module = take_name(c), *name = take_name(c);
    uint8_t kind = take_u8(c);
    uint32_t known = 0;
    while (known < import_count && strcmp(import_names[known], name) != 0)
        known++;
    if (strcmp(module, "env") != 0)
        problem("import %s.%s is not from module env", module, name);
    else if (known == import_count)
        problem("import %s is not in the list", name);
    else
        imported[known] = true;
    if (kind == 0) {
        uint32_t type = (uint32_t)take_leb(c, 32);
        if (type >= type_count || function_count == MAX_FUNCTIONS) {
            problem("import %s has no type", name);
            return;
        }
        if (known < import_count && (!import_types[known] || strcmp(import_types[known], types[type]) != 0))
            problem("import %s has type %s", name, types[type]);
        function_types[function_count++] = type;
        imported_functions++;
    } else if (kind == 2) {
        if (strcmp(name, "memory") != 0)
            problem("the memory is imported as %s", name);
        if (take_leb(c, 32) != 0)
            problem("the memory has a maximum or is shared");
        take_leb(c, 32);
    } else {
        problem("import %s is a table or a global", name);
    }
}

static void check_imports(struct cursor c) {
    for (uint32_t n = (uint32_t)take_leb(&c, 32); n && !c.broken; n--)
        check_import(&c);
}

static void check_tables(struct cursor c) {
    uint32_t count = (uint32_t)take_leb(&c, 32);
    if (count > 1)
        problem("%u tables", count);
    for (; count && !c.broken; count--) {
        uint8_t type = take_u8(&c), flags = take_u8(&c);
        uint64_t least = take_leb(&c, 32);
        if (type != 0x70 || flags > 1 || least > 8192)
            problem("a table of type 0x%02x with %u elements", type, (unsigned)least);
        if (flags)
            take_leb(&c, 32);
    }
}

enum { MAX_GLOBALS = 64 };
static struct {
    uint8_t type;
    bool mutable;
} globals[MAX_GLOBALS];
static uint32_t global_count;

/* i32.const or i64.const, and end. */
static void check_constant(struct cursor *c) {
    uint8_t op = take_u8(c);
    if (op != 0x41 && op != 0x42)
        problem("an initial value is not a constant");
    skip_signed_leb(c, op == 0x41 ? 32 : 64);
    if (take_u8(c) != 0x0B)
        problem("an initial value is an expression");
}

static void check_globals(struct cursor c) {
    for (uint32_t n = (uint32_t)take_leb(&c, 32); n && !c.broken; n--) {
        if (global_count == MAX_GLOBALS) {
            problem("too many globals");
            return;
        }
        uint8_t type = take_u8(&c), mutable = take_u8(&c);
        if ((type != VALUE_I32 && type != VALUE_I64) || mutable > 1)
            problem("a global of type 0x%02x", type);
        globals[global_count].type = type;
        globals[global_count++].mutable = mutable != 0;
        check_constant(&c);
    }
}

static void check_exported_function(const char *name, uint32_t index) {
    uint32_t i = 0;
    while (i < COUNT_OF(entry_points) && strcmp(entry_points[i], name) != 0)
        i++;
    if (i == COUNT_OF(entry_points))
        problem("export %s is not in the list", name);
    else
        exported[i] = true;
    if (index >= function_count || strcmp(types[function_types[index]], "(i32 i32) -> i64") != 0)
        problem("export %s is not of type (i32 i32) -> i64", name);
}

static void check_exports(struct cursor c) {
    bool heap_base = false;
    for (uint32_t n = (uint32_t)take_leb(&c, 32); n && !c.broken; n--) {
        char *name = take_name(&c);
        uint8_t kind = take_u8(&c);
        uint32_t index = (uint32_t)take_leb(&c, 32);
        if (kind == 0) {
            check_exported_function(name, index);
        } else if (kind == 3 && strcmp(name, "__heap_base") == 0) {
            heap_base = true;
            if (index >= global_count || globals[index].type != VALUE_I32 || globals[index].mutable)
                problem("__heap_base is not an immutable i32");
        } else {
            problem("export %s is a table, a memory or a global", name);
        }
    }
    if (!heap_base)
        problem("__heap_base is not exported");
}

/* Element and data segments in their first form: table or memory 0 at a constant offset. */
static void check_segments(struct cursor c, bool elements) {
    for (uint32_t n = (uint32_t)take_leb(&c, 32); n && !c.broken; n--) {
        if (take_leb(&c, 32) != 0)
            problem("a segment is not in the MVP form");
        check_constant(&c);
        uint32_t count = (uint32_t)take_leb(&c, 32);
        if (!elements)
            take_block(&c, count);
        for (; elements && count && !c.broken; count--)
            if (take_leb(&c, 32) >= function_count)
                problem("the table holds a function that does not exist");
    }
}

/* --- custom sections --- */

static bool has_version, has_apis;

static struct cursor take_str(struct cursor *c) {
    uint8_t length = take_u8(c);
    if (length & 3)
        problem("runtime_version: a name is too long");
    return take_block(c, length >> 2);
}
static bool is_text(struct cursor c, const char *text) {
    return (size_t)(c.end - c.at) == strlen(text) && memcmp(c.at, text, strlen(text)) == 0;
}

static void check_version(struct cursor c) {
    has_version = true;
    bool right = is_text(take_str(&c), SPEC_NAME) && is_text(take_str(&c), IMPL_NAME);
    right = take_u32le(&c) == AUTHORING_VERSION && right;
    right = take_u32le(&c) == SPEC_VERSION && right;
    right = take_u32le(&c) == IMPL_VERSION && right;
    right = take_u8(&c) == 0 && right;
    right = take_u32le(&c) == TRANSACTION_VERSION && right;
    right = take_u8(&c) == SYSTEM_VERSION && right;
    if (!right || c.at != c.end)
        problem("runtime_version is not the version of runtime/config.h");
}

static void check_apis(struct cursor c) {
    has_apis = true;
    for (size_t i = 0; i < COUNT_OF(apis); i++) {
        uint8_t id[8] = {0};
        struct cursor record = take_block(&c, 8);
        if (blake2b(id, apis[i].name, NULL, 8, strlen(apis[i].name), 0) != 0 || record.end - record.at != 8 ||
            memcmp(record.at, id, 8) != 0 || take_u32le(&c) != apis[i].version)
            problem("runtime_apis: record %zu is not %s %u", i, apis[i].name, apis[i].version);
    }
    if (c.at != c.end)
        problem("runtime_apis is too long");
}

static void check_custom(struct cursor c) {
    char *name = take_name(&c);
    if (strcmp(name, "runtime_version") == 0 && !has_version)
        check_version(c);
    else if (strcmp(name, "runtime_apis") == 0 && !has_apis)
        check_apis(c);
    else
        problem("an unexpected custom section %s", name);
}

static void check_section(uint8_t id, struct cursor c) {
    switch (id) {
    case 0:
        check_custom(c);
        break;
    case 1:
        check_types(c);
        break;
    case 2:
        check_imports(c);
        break;
    case 3:
        check_functions(c);
        break;
    case 4:
        check_tables(c);
        break;
    case 6:
        check_globals(c);
        break;
    case 7:
        check_exports(c);
        break;
    case 9:
        check_segments(c, true);
        break;
    case 10:
        check_code(c);
        break;
    case 11:
        check_segments(c, false);
        break;
    default:
        problem("section %u: %s", id, id == 5 ? "an own memory" : id == 8 ? "a start function" : "not MVP");
    }
}

static void check_module(struct cursor c) {
    static const uint8_t magic[8] = {0, 'a', 's', 'm', 1, 0, 0, 0};
    struct cursor head = take_block(&c, sizeof magic);
    if (head.end - head.at != sizeof magic || memcmp(head.at, magic, sizeof magic) != 0) {
        problem("no wasm module of version 1");
        return;
    }
    uint8_t last = 0;
    while (c.at < c.end && !c.broken) {
        uint8_t id = take_u8(&c);
        if (id && id <= last)
            problem("section %u out of order", id);
        last = id ? id : last;
        check_section(id, take_block(&c, (uint32_t)take_leb(&c, 32)));
    }
    for (uint32_t i = 0; i < import_count; i++)
        if (!imported[i])
            problem("import %s of the list is not used", import_names[i]);
    for (size_t i = 0; i < COUNT_OF(entry_points); i++)
        if (!exported[i])
            problem("export %s is missing", entry_points[i]);
    if (!has_version || !has_apis)
        problem("custom section %s is missing", has_version ? "runtime_apis" : "runtime_version");
}

int main(int argc, char **argv) {
    if (argc != 3 && argc != 4) {
        fputs("usage: check-wasm IMPORTS MODULE [BYTES]\n", stderr);
        return 2;
    }
    module_path = argv[2];
    read_imports(argv[1]);
    size_t size;
    const uint8_t *at = read_file(argv[2], &size);
    check_module((struct cursor){at, at + size, false});
    if (argc == 4 && size > strtoull(argv[3], NULL, 10))
        problem("%zu bytes, more than the budget of %s", size, argv[3]);
    if (problems == 0)
        printf("check-wasm: %zu bytes, %u functions, %u imports, %zu entry points: all right\n", size,
               function_count - imported_functions, import_count, COUNT_OF(entry_points));
    return problems != 0;
}
