/* fixed.h - FixedU128: an amount times 10^18. Mirrors polkadot-sdk stable2609 sp-arithmetic src/fixed_point.rs; all its
 * products round down and saturate. */
#ifndef NALAR_CORE_FIXED_H
#define NALAR_CORE_FIXED_H

#include "core/ints.h"

#define FIXED_ONE ((u128)1000000000000000000u)

/* floor(a * b / 10^18), saturating: a product of two fixed numbers, or of a fixed number and an amount. */
u128 fixed_mul(u128 a, u128 b);

#endif
