/* price_tick.h - 256 price classes of the order book: 4 to an octave, each up to 25 % wide. */
#ifndef NALAR_MARKET_PRICE_TICK_H
#define NALAR_MARKET_PRICE_TICK_H

#include "core/platform.h"

/* The class of a price >= 1: 4 * floor(log2 price) + the two bits below the highest one. price_tick(1) = 0, 2 -> 4,
 * 3 -> 6, 5 -> 9, 10^9 -> 119, 10^12 -> 159, 2^64 - 1 -> 255. Never falls when the price rises. */
uint8_t price_tick(uint64_t price);

#endif
