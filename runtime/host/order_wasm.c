/* order_wasm.c - build step, the last one over the blob: says the same code in the way that compresses best.
 *   - Alignment hints of loads and stores become 0. A hint changes no result (WebAssembly core specification, memory
 *     instructions), but as many spellings of one instruction are as many chances lost.
 *   - Locals are numbered by how often they are used, so that the usual ones have the same numbers everywhere.
 *   - Functions stand beside those that share most of their code. Those that are called most stay in front, where their
 *     index takes one byte.
 * Only integers decide, and ties fall to the lower index, so every machine gives the same bytes.
 * usage: order_wasm IN OUT */
#include "host/order_wasm.h"

enum {
    SECTION_TYPE = 1, SECTION_IMPORT = 2, SECTION_FUNCTION = 3, SECTION_EXPORT = 7, SECTION_START = 8, SECTION_ELEMENT = 9,
    SECTION_CODE = 10,
    MAX_TYPES = 1024, MAX_LOCALS = 4096,
    ONE_BYTE = 128, /* indices below take one byte */
};

void fail(const char *why) {
    fprintf(stderr, "order_wasm: %s\n", why);
    exit(1);
}

static uint32_t type_params[MAX_TYPES], type_count, import_count, function_count;
static struct function functions[MAX_FUNCTIONS];
static uint32_t place_of[MAX_FUNCTIONS]; /* old index among the module's own functions -> new one */

static uint64_t new_index(uint64_t old) {
    if (old < import_count)
        return old;
    if (old - import_count >= function_count)
        fail("a function index is out of range");
    return import_count + place_of[old - import_count];
}

/* --- one function body --- */

struct locals {
    uint32_t count, params;
    uint8_t type[MAX_LOCALS];
    uint32_t uses[MAX_LOCALS], to[MAX_LOCALS];
};

static uint64_t copy_unsigned(struct input *in, struct buffer *out) {
    uint64_t v = get_unsigned(in);
    put_unsigned(out, v);
    return v;
}

static void copy_signed(struct input *in, struct buffer *out) {
    uint8_t byte;
    do
        put_byte(out, byte = get_byte(in));
    while (byte & 0x80);
}

static uint64_t local_of(struct locals *locals, uint64_t index) {
    if (index >= locals->count)
        fail("a local index is out of range");
    locals->uses[index]++;
    return locals->to[index];
}

/* One instruction of the MVP. Calls keep their index when `old_calls`. */
static void copy_instruction(struct input *in, struct buffer *out, struct locals *locals, bool old_calls) {
    uint8_t op = get_byte(in);
    put_byte(out, op);
    if (op == 0x10) { /* call */
        uint64_t callee = get_unsigned(in);
        put_unsigned(out, old_calls ? callee : new_index(callee));
    } else if (op >= 0x20 && op <= 0x22) { /* local.get, .set, .tee */
        put_unsigned(out, local_of(locals, get_unsigned(in)));
    } else if (op >= 0x28 && op <= 0x3E) { /* loads and stores: alignment, offset */
        get_unsigned(in);
        put_byte(out, 0);
        copy_unsigned(in, out);
    } else if (op == 0x0E) { /* br_table */
        for (uint64_t n = copy_unsigned(in, out) + 1; n; n--)
            copy_unsigned(in, out);
    } else if (op == 0x0C || op == 0x0D || op == 0x23 || op == 0x24) { /* br, br_if, globals */
        copy_unsigned(in, out);
    } else if (op == 0x11) { /* call_indirect */
        copy_unsigned(in, out);
        put_byte(out, get_byte(in));
    } else if ((op >= 0x02 && op <= 0x04) || op == 0x3F || op == 0x40) { /* blocks: their type; memory.size, .grow */
        put_byte(out, get_byte(in));
    } else if (op == 0x41 || op == 0x42) {
        copy_signed(in, out);
    } else if (op > 0x01 && op != 0x05 && op != 0x0B && op != 0x0F && op != 0x1A && op != 0x1B && (op < 0x45 || op > 0xBF)) {
        fail("an instruction is not of the MVP without floating-point constants");
    }
}

static void copy_code(struct input code, struct buffer *out, struct locals *locals, bool old_calls) {
    while (code.at < code.end)
        copy_instruction(&code, out, locals, old_calls);
}

static void read_locals(struct input *body, struct locals *locals, uint32_t params) {
    memset(locals, 0, sizeof *locals);
    locals->params = locals->count = params;
    for (uint64_t groups = get_unsigned(body); groups; groups--) {
        uint64_t n = get_unsigned(body);
        uint8_t type = get_byte(body);
        if (n > MAX_LOCALS - locals->count)
            fail("a function has too many locals");
        for (; n; n--)
            locals->type[locals->count++] = type;
    }
    for (uint32_t i = 0; i < locals->count; i++)
        locals->to[i] = i;
}

/* Types descending, as i32 before i64; within one the most used first. Parameters stay. */
static bool goes_before(const struct locals *locals, uint32_t a, uint32_t b) {
    if (locals->type[a] != locals->type[b])
        return locals->type[a] > locals->type[b];
    return locals->uses[a] != locals->uses[b] ? locals->uses[a] > locals->uses[b] : a < b;
}

static void settle(struct function *f, struct locals *locals) {
    struct input code = f->body;
    struct buffer none = {NULL, 0, 0};
    read_locals(&code, locals, type_params[f->type]);
    copy_code(code, &none, locals, true);
    free(none.at);
    for (uint32_t i = locals->params; i < locals->count; i++) {
        uint32_t place = locals->params;
        for (uint32_t j = locals->params; j < locals->count; j++)
            place += j != i && goes_before(locals, j, i);
        locals->to[i] = place;
    }
    uint32_t order[MAX_LOCALS], groups = 0;
    for (uint32_t i = locals->params; i < locals->count; i++)
        order[locals->to[i]] = i;
    struct buffer declared = {NULL, 0, 0};
    for (uint32_t i = locals->params, n; i < locals->count; i += n, groups++) {
        for (n = 1; i + n < locals->count && locals->type[order[i + n]] == locals->type[order[i]]; n++)
            ;
        put_unsigned(&declared, n);
        put_byte(&declared, locals->type[order[i]]);
    }
    put_unsigned(&f->text, groups);
    put(&f->text, declared.at, declared.len);
    free(declared.at);
    copy_code(code, &f->text, locals, true);
}

/* --- the module --- */

static void skip_name(struct input *in) { get_part(in, get_unsigned(in)); }

static void read_types(struct input in) {
    type_count = (uint32_t)get_unsigned(&in);
    if (type_count > MAX_TYPES)
        fail("too many types");
    for (uint32_t i = 0; i < type_count; i++) {
        get_byte(&in);
        type_params[i] = (uint32_t)get_unsigned(&in);
        get_part(&in, type_params[i]);
        skip_name(&in); /* results: a count and as many bytes */
    }
}

static void read_imports(struct input in) {
    for (uint64_t n = get_unsigned(&in); n; n--) {
        skip_name(&in);
        skip_name(&in);
        uint8_t kind = get_byte(&in);
        if (kind == 0) {
            get_unsigned(&in);
            import_count++;
        } else if (kind == 2) {
            if (get_byte(&in) & 1)
                get_unsigned(&in);
            get_unsigned(&in);
        } else {
            fail("an import is neither function nor memory");
        }
    }
}

static void read_functions(struct input in) {
    uint64_t n = get_unsigned(&in);
    if (n > MAX_FUNCTIONS)
        fail("too many functions");
    for (function_count = 0; function_count < n; function_count++) {
        functions[function_count].type = get_unsigned(&in);
        if (functions[function_count].type >= type_count)
            fail("a function has no type");
    }
}

static void read_code(struct input in) {
    static struct locals locals;
    if (get_unsigned(&in) != function_count)
        fail("functions without code");
    for (uint32_t i = 0; i < function_count; i++) {
        functions[i].body = get_part(&in, get_unsigned(&in));
        settle(&functions[i], &locals);
    }
}

/* Calls are counted in the settled text, where the old indices still stand. */
static void count_calls(void) {
    struct buffer none = {NULL, 0, 0};
    static struct locals locals;
    for (uint32_t i = 0; i < function_count; i++) {
        struct input code = {functions[i].text.at, functions[i].text.at + functions[i].text.len};
        read_locals(&code, &locals, type_params[functions[i].type]);
        while (code.at < code.end) {
            struct input call = code;
            if (get_byte(&call) == 0x10) {
                uint64_t callee = get_unsigned(&call);
                if (callee >= import_count && callee - import_count < function_count)
                    functions[callee - import_count].calls++;
            }
            none.len = 0;
            copy_instruction(&code, &none, &locals, true);
        }
    }
    free(none.at);
}

static void put_functions(struct buffer *out, const uint32_t *order) {
    put_unsigned(out, function_count);
    for (uint32_t i = 0; i < function_count; i++)
        put_unsigned(out, functions[order[i]].type);
}

static void put_exports(struct buffer *out, struct input in) {
    for (uint64_t n = copy_unsigned(&in, out); n; n--) {
        struct input name = get_part(&in, copy_unsigned(&in, out));
        put(out, name.at, (size_t)(name.end - name.at));
        uint8_t kind = get_byte(&in);
        put_byte(out, kind);
        uint64_t index = get_unsigned(&in);
        put_unsigned(out, kind == 0 ? new_index(index) : index);
    }
}

static void put_elements(struct buffer *out, struct input in) {
    for (uint64_t n = copy_unsigned(&in, out); n; n--) {
        if (copy_unsigned(&in, out) != 0 || get_byte(&in) != 0x41)
            fail("an element segment is not active with a constant offset");
        put_byte(out, 0x41);
        copy_signed(&in, out);
        put_byte(out, get_byte(&in)); /* end */
        for (uint64_t items = copy_unsigned(&in, out); items; items--)
            put_unsigned(out, new_index(get_unsigned(&in)));
    }
}

static void put_code(struct buffer *out, const uint32_t *order) {
    static struct locals locals;
    put_unsigned(out, function_count);
    for (uint32_t i = 0; i < function_count; i++) {
        const struct function *f = &functions[order[i]];
        struct input text = {f->text.at, f->text.at + f->text.len};
        struct buffer body = {NULL, 0, 0};
        read_locals(&text, &locals, type_params[f->type]);
        put(&body, f->text.at, (size_t)(text.at - f->text.at));
        copy_code(text, &body, &locals, false);
        put_unsigned(out, body.len);
        put(out, body.at, body.len);
        free(body.at);
    }
}

static void put_one(struct buffer *out, uint8_t id, struct input in, const uint32_t *order) {
    struct buffer body = {NULL, 0, 0};
    if (id == SECTION_FUNCTION)
        put_functions(&body, order);
    else if (id == SECTION_EXPORT)
        put_exports(&body, in);
    else if (id == SECTION_ELEMENT)
        put_elements(&body, in);
    else if (id == SECTION_CODE)
        put_code(&body, order);
    else
        put(&body, in.at, (size_t)(in.end - in.at));
    put_section(out, id, body.at, body.len);
    free(body.at);
}

int main(int argc, char **argv) {
    if (argc != 3)
        fail("usage: order_wasm IN OUT");
    struct buffer whole = read_module(argv[1]), out = {NULL, 0, 0};
    struct input in = {whole.at + 8, whole.at + whole.len};
    while (in.at < in.end) {
        uint8_t id = get_byte(&in);
        struct input section = get_part(&in, get_unsigned(&in));
        if (id == SECTION_TYPE)
            read_types(section);
        else if (id == SECTION_IMPORT)
            read_imports(section);
        else if (id == SECTION_FUNCTION)
            read_functions(section);
        else if (id == SECTION_CODE)
            read_code(section);
        else if (id == SECTION_START)
            fail("a start function");
    }
    static uint32_t order[MAX_FUNCTIONS];
    count_calls();
    order_functions(functions, function_count, import_count < ONE_BYTE ? ONE_BYTE - import_count : 0, order);
    for (uint32_t i = 0; i < function_count; i++)
        place_of[order[i]] = i;
    put(&out, whole.at, 8);
    for (in.at = whole.at + 8; in.at < in.end;) {
        uint8_t id = get_byte(&in);
        put_one(&out, id, get_part(&in, get_unsigned(&in)), order);
    }
    write_module(argv[2], &out);
    free(whole.at);
    free(out.at);
    return 0;
}
