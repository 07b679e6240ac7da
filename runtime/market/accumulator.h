/* accumulator.h - income shared by shares, each holder paid by pulling: acc is the income of one share since the start in
 * units of 2^-48, carry what did not divide. Nothing is ever paid twice or over; what floors leave stays behind.
 * Shares below 2^80 and incomes below 2^80 in sum keep acc within 128 bits; the functions say when they do not. */
#ifndef NALAR_MARKET_ACCUMULATOR_H
#define NALAR_MARKET_ACCUMULATOR_H

#include "core/ints.h"

/* Adds income. With shares = 0 all of it waits in carry. False, nothing changed: acc or carry would overflow, or income and
 * carry reach 2^80 with shares to share them. */
MUST_USE bool accumulator_add(u128 *acc, u128 *carry, u128 shares, u128 income);
/* floor(shares * (now - then) / 2^48): what `shares` earned since acc stood at `then` <= now. False on overflow. */
MUST_USE bool accumulator_due(u128 *due, u128 shares, u128 now, u128 then);

#endif
