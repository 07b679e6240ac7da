/* price_tick.c - see price_tick.h. */
#include "market/price_tick.h"

uint8_t price_tick(uint64_t price) {
    uint32_t shift = (uint32_t)__builtin_clzll(price);
    return (uint8_t)(4 * (63 - shift) + (price << shift >> 61 & 3));
}
