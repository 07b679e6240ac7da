/* ints.c - 128- and 256-bit arithmetic over 32-bit digits (Knuth, The Art of Computer Programming vol. 2, 4.3.1,
 * algorithm D): wasm has 64-bit multiply and divide, compiler-rt's 128-bit division works bit by bit. */
#include "core/ints.h"

/* Digits of a number, least significant first. */
struct digits {
    uint32_t d[9];
    int n; /* used digits, no leading zero; 0 for zero */
};

static void trim(struct digits *x) {
    while (x->n > 0 && x->d[x->n - 1] == 0)
        x->n--;
}

static void from_u128(struct digits *x, u128 v) {
    for (int i = 0; i < 4; i++, v >>= 32)
        x->d[i] = (uint32_t)v;
    x->n = 4;
    trim(x);
}

static u128 to_u128(const struct digits *x) {
    u128 v = 0;
    for (int i = x->n; i-- > 0;)
        v = v << 32 | x->d[i];
    return v;
}

static void multiply(struct digits *out, const struct digits *a, const struct digits *b) {
    memset(out, 0, sizeof *out);
    for (int i = 0; i < a->n; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < b->n; j++) {
            uint64_t t = (uint64_t)a->d[i] * b->d[j] + out->d[i + j] + carry;
            out->d[i + j] = (uint32_t)t;
            carry = t >> 32;
        }
        out->d[i + b->n] = (uint32_t)carry;
    }
    out->n = a->n + b->n;
    trim(out);
}

/* Divides by one digit in place; returns the remainder. */
static uint32_t divide_small(struct digits *x, uint32_t by) {
    uint64_t rest = 0;
    for (int i = x->n; i-- > 0;) {
        uint64_t t = rest << 32 | x->d[i];
        x->d[i] = (uint32_t)(t / by);
        rest = t % by;
    }
    trim(x);
    return (uint32_t)rest;
}

static void shift_left(struct digits *x, int bits) {
    uint64_t carry = 0;
    for (int i = 0; i < x->n; i++) {
        uint64_t t = (uint64_t)x->d[i] << bits | carry;
        x->d[i] = (uint32_t)t;
        carry = t >> 32;
    }
    x->d[x->n] = (uint32_t)carry;
}

/* One quotient digit: subtracts q * v from the window u[0..n] and corrects q when it was one too large. */
static uint32_t quotient_digit(uint32_t *u, const struct digits *v) {
    int n = v->n;
    uint64_t top = (uint64_t)u[n] << 32 | u[n - 1], lead = v->d[n - 1];
    uint64_t q = top / lead, r = top % lead;
    while (q >> 32 || q * v->d[n - 2] > (r << 32 | u[n - 2])) {
        q--;
        r += lead;
        if (r >> 32)
            break;
    }
    uint64_t borrow = 0, carry = 0;
    for (int i = 0; i < n; i++) {
        uint64_t p = q * v->d[i] + carry;
        carry = p >> 32;
        uint64_t t = (uint64_t)u[i] - (uint32_t)p - borrow;
        u[i] = (uint32_t)t;
        borrow = t >> 63;
    }
    uint64_t t = (uint64_t)u[n] - carry - borrow;
    u[n] = (uint32_t)t;
    if (t >> 63) {
        q--;
        uint64_t c = 0;
        for (int i = 0; i < n; i++) {
            c += (uint64_t)u[i] + v->d[i];
            u[i] = (uint32_t)c;
            c >>= 32;
        }
        u[n] += (uint32_t)c;
    }
    return (uint32_t)q;
}

/* u := u mod v, *q := u div v; v is not zero, u has at most 8 digits. */
static void divide(struct digits *q, struct digits *u, const struct digits *divisor) {
    struct digits v = *divisor;
    memset(q, 0, sizeof *q);
    if (v.n == 1) {
        *q = *u;
        uint32_t rest = divide_small(q, v.d[0]);
        u->d[0] = rest;
        u->n = rest != 0;
        return;
    }
    if (u->n < v.n)
        return;
    int bits = __builtin_clz(v.d[v.n - 1]);
    shift_left(&v, bits);
    shift_left(u, bits); /* sets the extra top digit u->d[u->n] */
    for (int j = u->n - v.n; j >= 0; j--)
        q->d[j] = quotient_digit(u->d + j, &v);
    q->n = u->n - v.n + 1;
    trim(q);
    u->n = v.n;
    for (int i = 0; bits && i < u->n; i++) {
        uint64_t two = (uint64_t)(i + 1 < u->n ? u->d[i + 1] : 0) << 32 | u->d[i];
        u->d[i] = (uint32_t)(two >> bits);
    }
    trim(u);
}

bool checked_mul_u128(u128 *out, u128 a, u128 b) {
    uint64_t a1 = (uint64_t)(a >> 64), a0 = (uint64_t)a, b1 = (uint64_t)(b >> 64), b0 = (uint64_t)b;
    if ((a1 | b1) == 0) {
        *out = (u128)a0 * b0;
        return true;
    }
    if (a1 && b1)
        return false;
    u128 cross = (u128)a1 * b0 + (u128)a0 * b1; /* one of the two is zero */
    if (cross >> 64)
        return false;
    return checked_add_u128(out, cross << 64, (u128)a0 * b0);
}

u128 saturating_mul_u128(u128 a, u128 b) {
    u128 product;
    return checked_mul_u128(&product, a, b) ? product : U128_MAX;
}

static MUST_USE bool mul_div(u128 *out, u128 a, u128 b, u128 c, bool round_up) {
    if (c == 0)
        return false;
    u128 narrow;
    if (checked_mul_u128(&narrow, a, b)) {
        u128 rest;
        *out = div_u128(narrow, c, &rest);
        if (round_up && rest)
            *out += 1; /* cannot wrap: rest > 0 means c > 1, so the quotient is below 2^127 */
        return true;
    }
    struct digits x, y, product, quotient, by;
    from_u128(&x, a);
    from_u128(&y, b);
    from_u128(&by, c);
    multiply(&product, &x, &y);
    divide(&quotient, &product, &by);
    if (quotient.n > 4)
        return false;
    *out = to_u128(&quotient);
    return !(round_up && product.n) || checked_add_u128(out, *out, 1);
}

bool mul_div_floor(u128 *out, u128 a, u128 b, u128 c) { return mul_div(out, a, b, c, false); }
bool mul_div_ceil(u128 *out, u128 a, u128 b, u128 c) { return mul_div(out, a, b, c, true); }

/* (high, low) / by for high < by: two digits of algorithm D without its loops over digits. Most divisors are so small. */
static uint64_t divide_by_u64(uint64_t high, uint64_t low, uint64_t by, uint64_t *remainder) {
    int bits = __builtin_clzll(by);
    by <<= bits;
    high = high << bits | low >> 1 >> (63 - bits);
    low <<= bits;
    uint64_t lead = by >> 32, quotient = 0;
    for (int i = 0; i < 2; i++, low <<= 32) {
        uint64_t next = low >> 32, q = high / lead, r = high % lead;
        while (q >> 32 || q * (uint32_t)by > (r << 32 | next)) {
            q--;
            r += lead;
            if (r >> 32)
                break;
        }
        high = (high << 32 | next) - q * by; /* below `by`, so right modulo 2^64 */
        quotient = quotient << 32 | q;
    }
    *remainder = high >> bits;
    return quotient;
}

u128 div_u128(u128 a, u128 b, u128 *remainder) {
    if (b >> 64 == 0) {
        uint64_t low = (uint64_t)a, high = (uint64_t)(a >> 64), by = (uint64_t)b, rest = low % by, q = low / by;
        if (high)
            q = divide_by_u64(high % by, low, by, &rest);
        *remainder = rest;
        return (u128)(high / by) << 64 | q;
    }
    struct digits u, v, q;
    from_u128(&u, a);
    from_u128(&v, b);
    ASSERT(v.n > 0);
    divide(&q, &u, &v);
    *remainder = to_u128(&u);
    return to_u128(&q);
}

u128 isqrt_u128(u128 x) {
    if (x < 2)
        return x;
    int bits = x >> 64 ? 128 - __builtin_clzll((uint64_t)(x >> 64)) : 64 - __builtin_clzll((uint64_t)x);
    /* Newton from above: the start is at least the root, each step falls until it reaches the floor. */
    u128 guess = (u128)1 << ((bits + 1) / 2);
    for (;;) {
        u128 rest, next = div_u128(x, guess, &rest);
        next = (next + guess) >> 1;
        if (next >= guess)
            return guess;
        guess = next;
    }
}
