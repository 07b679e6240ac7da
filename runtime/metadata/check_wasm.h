/* check_wasm.h - a strict reader of wasm modules: it knows what a node's validator accepts (parity-wasm: the MVP, no
 * floats here) and fails on everything else. */
#ifndef NALAR_METADATA_CHECK_WASM_H
#define NALAR_METADATA_CHECK_WASM_H

#include "core/platform.h"

/* One line on stderr; the check goes on to find more. */
void problem(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A cursor over bytes. Reading past the end reports once and yields zeros. */
struct cursor {
    const uint8_t *at, *end;
    bool broken;
};
uint8_t take_u8(struct cursor *c);
uint32_t take_u32le(struct cursor *c);
/* LEB128 of at most `bits` bits, by wasm's rules: not longer than needed for the width. */
uint64_t take_leb(struct cursor *c, int bits);
void skip_signed_leb(struct cursor *c, int bits);
struct cursor take_block(struct cursor *c, uint32_t n);
/* A name; NULL-terminated copy. */
char *take_name(struct cursor *c);

enum { VALUE_I32 = 0x7F, VALUE_I64 = 0x7E };
enum { MAX_TYPES = 512, MAX_SIGNATURE = 64, MAX_FUNCTIONS = 65536 };

/* "(i32 i32) -> i64". */
typedef char signature[MAX_SIGNATURE];
extern signature types[MAX_TYPES];
extern uint32_t type_count;
extern uint32_t function_types[MAX_FUNCTIONS]; /* imported ones first */
extern uint32_t function_count, imported_functions;

/* Sections. */
void check_types(struct cursor c);
void check_functions(struct cursor c);
void check_code(struct cursor c);

#endif
