/* assumptions.h - every implementation-defined fact the code relies on, checked at compile time.
 * Included by one file of each build (arena.c). */
#ifndef NALAR_CORE_ASSUMPTIONS_H
#define NALAR_CORE_ASSUMPTIONS_H

#include "core/platform.h"

_Static_assert((uint8_t)-1 == 255, "bytes have 8 bits");
_Static_assert(sizeof(u128) == 16 && _Alignof(u128) == 16, "u128 is 16 bytes, 16-aligned");
_Static_assert(sizeof(bool) == 1, "bool is one byte, so that its SCALE form is its memory form");
_Static_assert(_Alignof(uint64_t) == 8 && _Alignof(uint32_t) == 4, "natural alignment, equal in wasm32 and x86-64");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "little endian: SCALE integers are memory integers");
_Static_assert((-1 >> 1) == -1, "arithmetic right shift of negative values");
_Static_assert(sizeof(size_t) >= 4, "sizes fit 32 bits at least");

#endif
