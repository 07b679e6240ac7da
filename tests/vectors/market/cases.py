#!/usr/bin/env python3
"""cases.py - rows for the runner of vectors (tests/vectors/rows_market.c), with answers from rules.py.
  cases.py vectors         the committed file, market.tsv, on the output
  cases.py check FILE      exit code 1 when the file is not what `vectors` gives
  cases.py stream          random cases; FORMULA_CASES of each formula (50,000 by default), repeated with SEED=n
A row is `formula <tab> inputs <tab> outputs`: numbers and bytes in hex, a space between two, a list with its length in
front, `.` for no bytes, `-` for a formula that refuses."""
import os
import random
import sys

import rules
from rules import PPB, U128, UNIT

CASES = {}


class Source:
    """Random numbers out of bits alone, so that they are the same with every version of Python."""

    def __init__(self, seed):
        self.bits = random.Random(seed).getrandbits

    def below(self, n):
        return self.bits(n.bit_length() + 32) % n if n else 0

    def wide(self, most=128):
        """Of any length up to `most` bits, every eighth beside a power of two."""
        length = self.below(most + 1)
        if self.bits(3) == 0:
            return min((1 << most) - 1, max(0, (1 << length) - 1 + self.below(3)))
        return self.bits(length) if length else 0

    def money(self):
        return self.wide(70)

    def ppb(self):
        return (0, PPB, 1, PPB - 1)[self.bits(2)] if self.bits(3) == 0 else self.below(PPB + 1)

    def raw(self, size):
        return self.bits(8 * size).to_bytes(size, "little") if size else b""

    def pick(self, *of):
        return of[self.below(len(of))]


def case(part=1.0, name=None):
    """`part`: of FORMULA_CASES, for rows that hold many cases, or that need fewer."""
    def register(make):
        CASES[name or make.__name__] = (part, make)
        return make
    return register


def text(value):
    if value is None:
        return "-"
    if isinstance(value, bytes):
        return value.hex() or "."
    if isinstance(value, list):
        return " ".join(["%x" % len(value)] + [text(v) for v in value])
    if isinstance(value, tuple):
        return " ".join([text(v) for v in value])
    return "%x" % value


def row(name, inputs):
    return "%s\t%s\t%s" % (name, text(inputs), text(getattr(rules, name)(*inputs)))


# --- arithmetic ---
case(name="mul_div_floor")(lambda r: (r.wide(), r.wide(), r.wide()))
case(name="mul_div_ceil")(lambda r: (r.wide(), r.wide(), r.wide()))
case(name="divide")(lambda r: (r.wide(), r.wide(r.pick(64, 128)) or 1))


@case()
def isqrt(r):
    x = r.wide()
    root = rules.isqrt(x)
    return (r.pick(x, root * root, max(0, root * root - 1), min(U128 - 1, root * (root + 2))),)


case(name="part_of")(lambda r: (r.wide(), r.ppb()))


# --- trees ---
def few_leaves(r):
    weights = r.pick(1, 7, 96)
    return [(r.raw(32), r.wide(weights) or 1) for _ in range(r.pick(1, 2, 3, 4, 5, 8, 13, 1 + r.below(33)))]


@case(0.25)
def mst_root(r):
    leaves = few_leaves(r)
    while sum(weight for _, weight in leaves) > rules.MST_MAX_SUM:
        leaves.pop()
    return (leaves or [(bytes(32), 1)],)


@case()
def mst_verify(r):
    leaves = few_leaves(r)
    levels = rules.mst_levels(leaves)
    root, index = levels[-1][0], r.below(len(leaves))
    path, (payload, weight) = rules.mst_path(levels, index), leaves[index]
    at = r.below(len(path)) if path else 0
    wrong = r.below(20)
    if wrong == 0:
        weight = r.pick(0, weight + 1, weight - 1)
    elif wrong == 1:
        index = r.pick(index ^ 1, len(leaves), index + 1)
    elif wrong == 2:
        root = (root[0], root[1] + r.pick(1, -1, 1 << 96), root[2])
    elif wrong == 3:
        root = (root[0], root[1], r.pick(root[2] + 1, root[2] - 1, 1 << 33))
    elif wrong == 4:
        payload = r.raw(32)
    elif wrong == 5:
        path = path[:-1]
    elif wrong == 6:
        path = path + [(r.raw(32), 1, 1)]
    elif wrong == 7 and path:
        path[at] = (path[at][0], path[at][1] + r.pick(1, 1 << 97), path[at][2])
    elif wrong == 8 and path:
        path[at] = (path[at][0], path[at][1], path[at][2] + 1)
    elif wrong == 9 and path:
        path[at] = (r.raw(32),) + path[at][1:]
    if root[1] < 0 or max([weight] + [node[1] for node in path]) >= U128:
        root = (root[0], 0, root[2])
    return (root, index, payload, weight, path)


case(0.05, "t16_root")(lambda r: ([r.raw(32) for _ in range(r.pick(1, 2, 15, 16, 17, 255, 256, 257, 1 + r.below(300)))],))
case(name="t16_depth")(lambda r: (r.wide(64),))


# --- the draw and the book ---
@case()
def log2q(r):
    return (r.wide(64) or 1,)


case(name="draw_key")(lambda r: (r.raw(32), r.raw(32), r.wide(r.pick(26, 32, 33, 64)) or 1))
case(0.02, "draw_order")(lambda r: (r.raw(32), [(r.raw(32), r.wide(26) or 1) for _ in range(1 + r.below(64))]))
case(name="price_tick")(lambda r: (r.wide(64) or 1,))


# --- pools ---
@case()
def accumulator_add(r):
    most = r.pick(80, 128)
    return (r.wide(128), r.wide(most), r.wide(most), r.wide(most))


@case()
def accumulator_due(r):
    now = r.wide(128)
    return (r.wide(r.pick(80, 128)), now, r.pick(r.below(now + 1), r.wide(128)))


def accumulator_operations(r, count):
    spread = r.pick(4, 20)
    return ([(r.below(4), r.below(spread), r.wide(r.pick(1, 30, 60))) for _ in range(count)],)


case(0.008, "accumulator_run")(lambda r: accumulator_operations(r, 200))
case(name="share_pool_mint")(lambda r: (r.wide(r.pick(70, 128)), r.wide(r.pick(80, 128)), r.wide(r.pick(70, 128))))


def worth(r):
    most = r.pick(80, 128)
    shares = r.wide(most)
    return (r.wide(most), shares, r.pick(shares, r.below(shares + 1)))


case(name="share_pool_worth")(worth)
case(name="sub_pool_mint")(lambda r: (r.wide(r.pick(70, 128)), r.wide(r.pick(80, 128)), r.wide(r.pick(70, 128))))
case(name="sub_pool_worth")(worth)


@case(0.02)
def share_pool_run(r):
    some = [(r.pick(0, 0, 0, 1, 1, 2), r.below(8), r.wide(16)) for _ in range(100)]
    return ([(kind, who, r.wide(60) if kind == 0 else amount) for kind, who, amount in some],)


# --- slashes ---
def buckets(r, most):
    money = lambda: r.pick(0, r.wide(most), r.wide(most))
    return (money(), money(), [(money(), r.pick(0, money())) for _ in range(r.pick(0, 0, 1, 2, 3, 5, r.below(23)))])


@case()
def slash_amount(r):
    return buckets(r, r.pick(8, 70)) + (r.pick(r.ppb(), r.wide(64)), r.pick(0, r.wide(70), r.wide(128)))


@case(2.0)
def slash_spread(r):
    own, tokens, leaving = buckets(r, r.pick(4, 50, 70))
    total = own + tokens + sum(map(sum, leaving))
    asked = r.pick(total, r.wide(70), rules.slash_amount(own, tokens, leaving, r.ppb(), r.pick(0, r.wide(60))))
    return (own, tokens, leaving, min(total, asked), r.pick(500_000_000, r.ppb()))


# --- reputation ---
case(name="reputation_ppm")(lambda r: (r.wide(38), r.wide(38)))
case(name="reputation_after")(lambda r: (r.wide(38), r.wide(38), r.bits(1), r.wide(r.pick(60, 90)), r.wide(r.pick(60, 90))))
case(name="ema_after")(lambda r: (r.wide(), r.wide()))


@case(0.005)
def reputation_run(r):
    luck = r.below(101)
    return (10 * UNIT, [(int(r.below(100) < luck), UNIT + r.wide(r.pick(30, 50))) for _ in range(200)])


case(name="ask_weight")(lambda r: (r.wide(r.pick(55, 70)), r.wide(r.pick(55, 70)), r.wide(38), r.wide(38)))


# --- fees and emission ---
@case()
def fee_split(r):
    cuts = sorted(r.ppb() for _ in range(4))
    ppb = r.pick(rules.SPLIT, (cuts[0], cuts[1] - cuts[0], cuts[2] - cuts[1], cuts[3] - cuts[2]))
    return (r.wide(r.pick(60, 128)),) + ppb + (r.pick(0, PPB, r.ppb()),)


case(name="fee_points_of")(lambda r: (r.wide(), r.bits(1)))


@case()
def work_due(r):
    burned = r.wide()
    return (r.wide(r.pick(56, 128)), r.pick(burned, r.below(burned + 1)), burned)


case(name="work_budget")(lambda r: (r.wide(), r.ppb(), r.wide()))
case(name="capacity_after")(lambda r: (r.pick(r.wide(), r.below(2000000)),))


@case(2.0)
def work_epoch(r):
    most = r.pick(40, 60)
    jobs = [(r.wide(most), r.pick(0, PPB, r.ppb()), r.below(8)) for _ in range(1 + r.below(6))]
    return (r.pick(50_000 * UNIT, r.wide(70)), r.pick(900_000_000, r.ppb()), jobs)


# --- fingerprints ---
def fingerprint(r, topk, spread=65536, values=None):
    indices = sorted({r.below(spread) for _ in range(topk)})
    return b"".join(rules.le(i, 2) + rules.le(values(i) if values else r.bits(16) & 0xBFFF, 2) for i in indices)


@case()
def fingerprint_well_formed(r):
    good = fingerprint(r, r.pick(0, 1, 8, 80, 81, 128), r.pick(300, 65536), lambda i: r.pick(r.bits(16), r.bits(16) & 0xBFFF) if r.bits(5) == 0 else r.bits(15))
    topk = len(good) // 4
    bad = bytearray(good)
    if bad and r.bits(1):
        bad[r.below(len(bad))] = r.bits(8)
    return (bytes(bad) + r.raw(r.pick(0, 0, 0, 1, 4)), r.pick(topk, topk, topk, topk + 1, 0))


@case()
def fingerprint_match(r):
    first = fingerprint(r, 1 + r.below(r.pick(8, 80)), r.pick(100, 65536))
    jitter, kept = r.pick(0, 2, 10, 127), r.pick(16, 15, 8)
    second = {}
    for index, value in rules.entries(first):
        if r.bits(4) < kept:
            low = min(127, max(0, (value & 127) + r.below(2 * jitter + 1) - jitter))
            second[index] = value & 0xFF80 | low if r.bits(5) else r.bits(16) & 0xBFFF
        else:
            second[r.bits(16)] = r.bits(16) & 0xBFFF
    second = b"".join(rules.le(i, 2) + rules.le(second[i], 2) for i in sorted(second))
    return (first, second, r.below(17), r.pick(0, 1, 5, 10, 127), r.below(1 + len(first) // 4))


@case(0.5)
def tally(r):
    """Variants of one result, so that groups of every size come about."""
    n, tolerance, topk = 1 + r.below(9), r.bits(1), 1 + r.below(8)
    base = fingerprint(r, topk, 40)
    roots = [r.raw(32) for _ in range(r.pick(1, 2, 3))]

    def near():
        return b"".join(rules.le(i, 2) + rules.le(v & 0xFF80 | r.below(128) if r.bits(1) else r.pick(v, v ^ 0x80), 2)
                        for i, v in rules.entries(base))
    seats = [(int(r.below(8) > 0), r.pick(*roots), r.pick(5, 5, 6), near() if tolerance else b"") for _ in range(n)]
    return (tolerance, n // 2 + 1 + r.below(n - n // 2), r.below(3), r.pick(10, 40, 90), 1 + r.below(topk), seats)


# --- ancestors ---
@case()
def flatten(r):
    parents, names, rest = [], set(), r.pick(300_000_000, 310_000_000)
    for _ in range(r.below(5)):
        model = 1 + r.below(r.pick(8, 1000))
        if model in names:
            continue
        names.add(model)
        rate = r.below(rest // r.pick(1, 2, 4) + 1)
        rest -= rate
        above, stack = {}, 300_000_000
        for _ in range(r.pick(0, 1, 3, 12, 32)):
            alpha = r.below(stack // r.pick(2, 16) + 1)
            if alpha and above.setdefault(1 + r.below(r.pick(8, 1000)), alpha) == alpha:
                stack -= alpha
        parents.append((model, rate, sorted(above.items())))
    return (parents,)


# --- jobs ---
case(name="job_money")(lambda r: (1 + r.below(9), r.wide(32), r.wide(64), r.wide(64)))


@case(0.25)
def bid_order(r):
    prices = r.pick(2, 8, 64)
    return (r.wide(64), [(r.raw(32), r.wide(prices) or 1, r.pick(500_000, 1 + r.below(10**6))) for _ in range(1 + r.below(32))])


def result_bytes(r):
    return r.raw(32) + r.raw(32) + r.raw(8) + r.pick(bytes(32), r.raw(32)) + r.raw(4) + r.raw(32) + r.raw(16)


case(name="job_commit")(lambda r: (r.wide(64), r.below(9), r.raw(32), result_bytes(r)))
case(name="job_bid")(lambda r: (r.wide(64), r.raw(32), r.wide(64), r.raw(16)))
case(name="job_tie")(lambda r: (r.wide(64), r.raw(32)))
case(name="job_seed")(lambda r: (r.raw(32), r.bits(8), r.wide(64), r.wide(32)))
case(name="mock_randomness")(lambda r: (r.raw(32), 1 + r.wide(31)))


@case(0.25)
def job_receipts(r):
    """Of events Rated (18): the job and the score."""
    job = r.wide(64)
    return (job, r.raw(32), [(r.wide(32), 18, rules.le(job, 8) + r.raw(1)) for _ in range(r.below(12))])


case(name="fingerprint_hash")(lambda r: (r.raw(4 * r.below(81)),))
case(name="operator_message")(lambda r: (r.raw(32), r.raw(32)))
case(name="model_points_key")(lambda r: (r.wide(64),))
case(name="allow_leaf")(lambda r: (r.raw(32),))


@case()
def job_spec(r):
    """A JobSpec, field by field as 3.6 lists them."""
    short = lambda most: r.raw(r.below(most + 1))
    listed = lambda items: bytes([len(items) * 4]) + b"".join(items)
    maybe = lambda raw: r.pick(b"\0", b"\1" + raw)
    locator = short(128)
    prefix = bytes([len(locator) * 4]) if len(locator) < 64 else rules.le(len(locator) * 4 + 1, 2)
    return (b"".join([
        r.raw(8), r.raw(4), bytes([r.below(7)]),                           # model, version, mode
        r.raw(32), r.raw(32), r.raw(8), prefix + locator,                   # input: commit, cipher hash, length, locator
        r.raw(32), r.raw(4), r.raw(8), r.raw(4), r.raw(1), r.raw(1),        # keys, units, limit, asset, n, q
        r.raw(8), r.raw(4), r.raw(16), r.raw(8),                            # windows, reputation, stake, regions
        listed([r.raw(32) for _ in range(r.below(17))]), r.raw(16),         # allow, tip
        r.raw(12), r.raw(32), maybe(r.raw(34)), maybe(r.raw(8)),            # decode, canary, callback, agent
        maybe(r.raw(8)), listed([r.raw(8) for _ in range(r.below(5))]),     # parent, deps
    ]),)


# --- the committed file: the pages' own vectors, then some random cases ---
ZERO = bytes(32)
EIGHT = [(bytes([i]) * 32, 1000 * i) for i in range(1, 9)]
NAMED = {
    "mst_root": [([(bytes([k]) * 32, weight) for k, weight in ((1, 5), (2, 1), (3, 9))],)],
    "log2q": [(3,), (2**64 - 1,), (1,), (2,), (2**63,), (2**63 - 1,), (2**63 + 1,), (0xB504F333F9DE6484,)],
    "draw_key": [(ZERO, account, weight) for account, weight in EIGHT] + [(ZERO, ZERO, 1), (ZERO, ZERO, 2**64 - 1)],
    "draw_order": [(ZERO, EIGHT), (ZERO, [(ZERO, 5)] * 2)],
    "price_tick": [(price,) for price in (1, 2, 3, 4, 5, 6, 7, 8, 10**9, 10**12, 2**63, 2**64 - 1)],
    "part_of": [(U128 - 1, PPB), (U128 - 1, 1), (2**64 - 1, PPB), (2**64, PPB - 1), (0, 0), (PPB, 1), (PPB - 1, 1)],
    "reputation_ppm": [(0, 0)],
    "capacity_after": [(20_000 * UNIT,), (1_000_949,), (1_000_950,), (0,)],
    "fee_split": [(UNIT,) + rules.SPLIT + (royalty,) for royalty in (0, PPB // 2, PPB)],
    "job_money": [(3, 1000, 10**9, 0), (9, 2**32 - 1, 2**64 - 1, 2**64 - 1), (1, 1, 1, 0)],
    "slash_spread": [(UNIT, 9 * UNIT, [(3, 5), (7, 11)], UNIT, 500_000_000)],
    "flatten": [([(7, 300_000_000, [(1, 100_000_000), (2, 1)]), (9, 0, [])],)],
}


def long_accumulator(r):
    """20,000 operations in one row."""
    return accumulator_operations(r, 20000)


def vectors():
    yield "# The market's formulas: made by tests/vectors/market/cases.py from rules.py, which says what the rows are."
    yield "# Of the design's list, for pallets to come: slot_draw(zeros, 1..8, 3, 8) = %s in %d tries, deadline = %d." % (
        *rules.slot_draw(ZERO, list(range(1, 9)), 3, 8), rules.straggler_deadline([31, 33, 35, 36, 40, 44, 300, 2000], 3, 20, 7200))
    for name, (part, make) in CASES.items():
        for inputs in NAMED.get(name, []):
            yield row(name, inputs)
        source = Source(name)
        for _ in range(16 if part >= 0.1 else 4):
            yield row(name, make(source))


def stream(cases, seed, part, parts):
    """Every `parts`-th formula, from the `part`-th on."""
    for name in sorted(CASES)[part::parts]:
        share, make = CASES[name]
        source = Source("%s %s" % (seed, name))
        for _ in range(max(1, int(cases * share))):
            yield row(name, make(source))
        if name == "accumulator_run":
            yield row(name, long_accumulator(source))


def main(arguments):
    if arguments[:1] == ["vectors"]:
        print("\n".join(vectors()))
    elif len(arguments) == 2 and arguments[0] == "check":
        with open(arguments[1]) as file:
            if file.read() == "\n".join(vectors()) + "\n":
                return 0
        print("%s is not what `cases.py vectors` gives" % arguments[1], file=sys.stderr)
        return 1
    elif arguments[:1] == ["stream"]:
        cases = int(os.environ.get("FORMULA_CASES") or 50000)
        seed = os.environ.get("SEED") or str(random.SystemRandom().getrandbits(32))
        part, parts = (int(a) for a in arguments[1:]) if len(arguments) == 3 else (0, 1)
        print("random cases of the market's formulas: SEED=%s FORMULA_CASES=%d" % (seed, cases), file=sys.stderr)
        for line in stream(cases, seed, part, parts):
            sys.stdout.write(line + "\n")
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
