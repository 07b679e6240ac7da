/* accumulator.c - see accumulator.h. */
#include "market/accumulator.h"

bool accumulator_add(u128 *acc, u128 *carry, u128 shares, u128 income) {
    u128 total, sum, rest;
    if (!checked_add_u128(&total, income, *carry))
        return false;
    if (shares) {
        if (total >> 80 || !checked_add_u128(&sum, *acc, div_u128(total << 48, shares, &rest)))
            return false;
        *acc = sum;
        /* total - ceil(step * shares / 2^48), for what was not shared is (total << 48) - step * shares. */
        total = rest >> 48;
    }
    *carry = total;
    return true;
}

bool accumulator_due(u128 *due, u128 shares, u128 now, u128 then) {
    u128 product;
    if (now < then)
        return false;
    if (!checked_mul_u128(&product, shares, now - then))
        return mul_div_floor(due, shares, now - then, (u128)1 << 48);
    *due = product >> 48;
    return true;
}
