/* check_code.c - types and instructions of the blob: strict MVP without floats. Numbers: WebAssembly 1.0 spec, 5.4. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/check_wasm.h"

signature types[MAX_TYPES];
uint32_t type_count;
uint32_t function_types[MAX_FUNCTIONS];
uint32_t function_count, imported_functions;

uint8_t take_u8(struct cursor *c) {
    if (c->at == c->end) {
        if (!c->broken)
            problem("a section ends in the middle of something");
        c->broken = true;
        return 0;
    }
    return *c->at++;
}

uint32_t take_u32le(struct cursor *c) {
    uint32_t v = 0;
    for (int i = 0; i < 4; i++)
        v |= (uint32_t)take_u8(c) << (8 * i);
    return v;
}

uint64_t take_leb(struct cursor *c, int bits) {
    uint64_t v = 0;
    for (int shift = 0; shift < bits; shift += 7) {
        uint8_t byte = take_u8(c);
        v |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            if (bits - shift < 7 && byte >> (bits - shift))
                problem("a number is wider than %d bits", bits);
            return v;
        }
    }
    problem("a number is longer than %d bits", bits);
    c->broken = true;
    c->at = c->end;
    return 0;
}

void skip_signed_leb(struct cursor *c, int bits) {
    for (int shift = 0; shift < bits; shift += 7)
        if (take_u8(c) < 128)
            return;
    problem("a constant is longer than %d bits", bits);
    c->broken = true;
    c->at = c->end;
}

struct cursor take_block(struct cursor *c, uint32_t n) {
    struct cursor block = {c->at, c->at, false};
    if (n > (size_t)(c->end - c->at)) {
        problem("a length goes beyond the end");
        c->broken = true;
        c->at = c->end;
        return block;
    }
    c->at += n;
    block.end = c->at;
    return block;
}

char *take_name(struct cursor *c) {
    struct cursor text = take_block(c, (uint32_t)take_leb(c, 32));
    size_t n = (size_t)(text.end - text.at);
    char *name = malloc(n + 1);
    if (!name)
        abort();
    if (n)
        memcpy(name, text.at, n);
    name[n] = 0;
    return name;
}

static const char *value_name(uint8_t value) {
    if (value != VALUE_I32 && value != VALUE_I64)
        problem("a value type 0x%02x that is no integer", value);
    return value == VALUE_I32 ? "i32" : "i64";
}

void check_types(struct cursor c) {
    type_count = (uint32_t)take_leb(&c, 32);
    if (type_count > MAX_TYPES) {
        problem("%u function types", type_count);
        type_count = 0;
        return;
    }
    for (uint32_t i = 0; i < type_count; i++) {
        char *out = types[i];
        if (take_u8(&c) != 0x60)
            problem("type %u is no function type", i);
        uint32_t params = (uint32_t)take_leb(&c, 32);
        if (params > 12) {
            problem("type %u has %u parameters", i, params);
            return;
        }
        size_t n = (size_t)snprintf(out, MAX_SIGNATURE, "(");
        for (uint32_t p = 0; p < params; p++)
            n += (size_t)snprintf(out + n, MAX_SIGNATURE - n, "%s%s", p ? " " : "", value_name(take_u8(&c)));
        n += (size_t)snprintf(out + n, MAX_SIGNATURE - n, ")");
        uint32_t results = (uint32_t)take_leb(&c, 32);
        if (results > 1) {
            problem("type %u has %u results", i, results);
            return;
        }
        if (results)
            snprintf(out + n, MAX_SIGNATURE - n, " -> %s", value_name(take_u8(&c)));
    }
}

void check_functions(struct cursor c) {
    for (uint32_t n = (uint32_t)take_leb(&c, 32); n && !c.broken; n--) {
        uint32_t type = (uint32_t)take_leb(&c, 32);
        if (type >= type_count || function_count == MAX_FUNCTIONS) {
            problem("function %u has no type", function_count);
            return;
        }
        function_types[function_count++] = type;
    }
}

static void block_type(struct cursor *c, uint32_t function) {
    uint8_t type = take_u8(c);
    if (type != 0x40 && type != VALUE_I32 && type != VALUE_I64)
        problem("function %u: block type 0x%02x is not MVP or a float", function, type);
}

/* Operators without immediates that work on integers: comparisons, arithmetic, conversions between i32 and i64. */
static bool plain_operator(uint8_t op) {
    return op <= 0x01 || op == 0x05 || op == 0x0F || op == 0x1A || op == 0x1B || (op >= 0x45 && op <= 0x5A) ||
           (op >= 0x67 && op <= 0x8A) || op == 0xA7 || op == 0xAC || op == 0xAD;
}

static bool integer_memory_operator(uint8_t op) {
    return op >= 0x28 && op <= 0x3E && op != 0x2A && op != 0x2B && op != 0x38 && op != 0x39;
}

/* Immediates of one instruction; false when the rest cannot be read. */
static bool instruction(struct cursor *c, uint8_t op, uint32_t function, uint32_t *depth) {
    if (op == 0x02 || op == 0x03 || op == 0x04) {
        ++*depth;
        block_type(c, function);
    } else if (op == 0x0B) {
        --*depth;
    } else if (op == 0x0C || op == 0x0D || op == 0x10 || (op >= 0x20 && op <= 0x24)) {
        uint64_t index = take_leb(c, 32);
        if (op == 0x10 && index >= function_count)
            problem("function %u calls function %u that does not exist", function, (unsigned)index);
    } else if (op == 0x0E) {
        for (uint64_t n = take_leb(c, 32) + 1; n && !c->broken; n--)
            take_leb(c, 32);
    } else if (op == 0x11) {
        if (take_leb(c, 32) >= type_count || take_u8(c) != 0)
            problem("function %u: call_indirect is not MVP", function);
    } else if (integer_memory_operator(op)) {
        take_leb(c, 32);
        take_leb(c, 32);
    } else if (op == 0x41 || op == 0x42) {
        skip_signed_leb(c, op == 0x41 ? 32 : 64);
    } else if (op == 0x3F || op == 0x40) {
        problem("function %u uses memory.%s: the memory belongs to the host", function, op == 0x3F ? "size" : "grow");
        take_u8(c);
    } else if (!plain_operator(op)) {
        problem("function %u: opcode 0x%02x is a float or not MVP", function, op);
        return false;
    }
    return !c->broken;
}

static void check_body(struct cursor c, uint32_t function) {
    for (uint32_t groups = (uint32_t)take_leb(&c, 32); groups && !c.broken; groups--) {
        take_leb(&c, 32);
        value_name(take_u8(&c));
    }
    uint32_t depth = 1;
    while (depth && c.at < c.end)
        if (!instruction(&c, take_u8(&c), function, &depth))
            return;
    if (depth || c.at != c.end)
        problem("function %u does not end where its body ends", function);
}

void check_code(struct cursor c) {
    uint32_t count = (uint32_t)take_leb(&c, 32);
    if (count != function_count - imported_functions)
        problem("%u bodies for %u functions", count, function_count - imported_functions);
    for (uint32_t i = 0; i < count && !c.broken; i++)
        check_body(take_block(&c, (uint32_t)take_leb(&c, 32)), imported_functions + i);
    if (c.at != c.end)
        problem("the code section is longer than its functions");
}
