#!/usr/bin/env python3
"""Writes fee_vectors.h: fees, fixed-point products, multiplier updates and priorities, computed with whole numbers
straight from FRAME's formulas (pallet-transaction-payment, sp-arithmetic, the parachain template), not from the C code.
Usage: make_fee_vectors.py > fee_vectors.h"""
import random

ONE, MAX = 10**18, 2**128 - 1
BASE_TIME, MAX_TIME, MAX_PROOF, MAX_LEN = 108_157_000, 2 * 10**12, 10 * 2**20, 5 * 2**20
NORMAL_TIME, NORMAL_PROOF, NORMAL_LEN = MAX_TIME * 3 // 4, MAX_PROOF * 3 // 4, MAX_LEN * 3 // 4
PARTS = 10**8 % (100 * BASE_TIME) * 10**9 // (100 * BASE_TIME)  # MILLI_UNIT / 10 over 100 base weights, as a Perbill
MINIMUM = ONE // 10


def weight_to_fee(time):
    whole, rest = divmod(min(time, MAX_TIME) * PARTS, 10**9)
    return whole + (rest > 10**9 // 2)


def fixed(a, b):
    return min(a * b // ONE, MAX)


def details(length, time, multiplier):
    return weight_to_fee(BASE_TIME), length * 10_000_000, fixed(multiplier, weight_to_fee(time))


def next_multiplier(previous, time, proof):
    previous, time, proof = max(previous, MINIMUM), min(time, NORMAL_TIME), min(proof, NORMAL_PROOF)
    by_proof = time * 10**9 // NORMAL_TIME < proof * 10**9 // NORMAL_PROOF
    used, most = (proof, NORMAL_PROOF) if by_proof else (time, NORMAL_TIME)
    target = most // 4
    diff = abs(used - target) * ONE // most
    v = ONE * 75 // 10**6
    first, second = fixed(v, diff), fixed(fixed(v, v) // 2, fixed(diff, diff))
    if used >= target:
        return min(previous + fixed(first + second, previous), MAX)
    return max(previous - fixed(first - second, previous), MINIMUM)


def priority(length, time, proof, klass, tip, fee):
    most = NORMAL_LEN if klass == 0 else MAX_LEN
    fit = min(most // min(max(length, 1), most), MAX_TIME // min(max(time, 1), MAX_TIME),
              MAX_PROOF // min(max(proof, 1), MAX_PROOF))
    result = min(min(tip + 1, MAX) * fit, MAX)
    if klass == 1:
        result = min(result + min(min(fee * 5, MAX) * fit, MAX), MAX)
    return min(result, 2**64 - 1)


def wide(n):
    return "W(0x%xu, 0x%xu)" % (n >> 64, n & (2**64 - 1))


def table(name, fields, rows):
    print("\nstatic const struct { %s } %s[] = {" % (fields, name))
    for row in rows:
        print("    {%s}," % ", ".join(row))
    print("};")


def some(rows, count):
    """The first rows (borders) and a sample of the others."""
    return rows[:count // 4] + random.sample(rows[count // 4:], min(count - count // 4, len(rows) - count // 4))


def main():
    random.seed(20260917)
    around = lambda *marks: sorted({max(0, m + d) for m in marks for d in (-1, 0, 1)})
    bits = lambda n: random.getrandbits(random.randint(1, n))
    times = around(0, 54, 109, 10**9, BASE_TIME, 164051000 + 35979000, MAX_TIME // 4, MAX_TIME) + [2**63, 2**64 - 1]
    times += [bits(42) for _ in range(20)]
    multipliers = [0, 1, MINIMUM, ONE - 1, ONE, ONE + 1, 3 * ONE // 2, 2**64 - 1, 2**64, 10**30, MAX]
    print("/* fee_vectors.h - written by make_fee_vectors.py: whole-number results of FRAME's fee formulas. */")
    print("#ifndef NALAR_TESTS_FEE_VECTORS_H\n#define NALAR_TESTS_FEE_VECTORS_H\n\n#include \"core/ints.h\"\n")
    print("#define W(high, low) ((u128)(high) << 64 | (low))")
    table("weight_fees", "uint64_t time; u128 fee;", [["0x%xu" % t, wide(weight_to_fee(t))] for t in times])
    products = [(a, b) for a in multipliers for b in [0, 1, 10**9, 18491636000, 2**64 - 1, 2**64, MAX - 1, MAX]]
    products += [(bits(128), bits(128)) for _ in range(150)] + [(bits(64), bits(64)) for _ in range(150)]
    table("products", "u128 a, b, result;", [[wide(a), wide(b), wide(fixed(a, b))] for a, b in some(products, 100)])
    fees = [(n, t, m) for n in (0, 1, 143, 3932160, 2**32 - 1) for t in (0, BASE_TIME, 200030000, MAX_TIME, 2**64 - 1)
            for m in multipliers]
    table("fees", "uint32_t len; uint64_t time; u128 multiplier, base, length, weight;",
          [["0x%xu" % n, "0x%xu" % t, wide(m)] + [wide(x) for x in details(n, t, m)] for n, t, m in some(fees, 60)])
    spots = [0, 1, NORMAL_TIME // 4 - 1, NORMAL_TIME // 4, NORMAL_TIME // 4 + 1, NORMAL_TIME // 2, NORMAL_TIME - 1,
             NORMAL_TIME, NORMAL_TIME + 1, 2**64 - 1]
    proofs = [0, 1, NORMAL_PROOF // 4 - 1, NORMAL_PROOF // 4, NORMAL_PROOF // 4 + 1, NORMAL_PROOF, 2**64 - 1]
    updates = [(m, t, p) for m in multipliers for t in spots for p in proofs]
    updates += [(bits(66), random.randint(0, NORMAL_TIME), random.randint(0, NORMAL_PROOF)) for _ in range(200)]
    table("updates", "u128 previous; uint64_t time, proof; u128 next;",
          [[wide(m), "0x%xu" % t, "0x%xu" % p, wide(next_multiplier(m, t, p))] for m, t, p in some(updates, 140)])
    ranks = [(n, t, p, k, tip, fee) for n in (0, 1, 143, NORMAL_LEN, NORMAL_LEN + 1, MAX_LEN + 1)
             for t in (0, 1, 200030000, MAX_TIME, 2**64 - 1) for p in (0, 7186, MAX_PROOF + 1) for k in (0, 1, 2)
             for tip, fee in ((0, 1431000000), (1, 0), (10**12, 10**12), (MAX, MAX))]
    table("ranks", "uint32_t len; uint64_t time, proof; uint8_t class; u128 tip, fee; uint64_t priority;",
          [["0x%xu" % n, "0x%xu" % t, "0x%xu" % p, str(k), wide(tip), wide(fee), "0x%xu" % priority(n, t, p, k, tip, fee)]
           for n, t, p, k, tip, fee in some(ranks, 80)])
    print("\n#endif")


if __name__ == "__main__":
    main()
