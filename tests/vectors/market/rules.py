"""rules.py - the market's closed formulas once more, from the protocol's pages and in Python's own integers: nothing here
was made from the C code, so that the two can be held against each other (cases.py). In brackets: the rule's number in the
pages that docs/PROTOCOL.md was written from. None: the formula refuses."""
import hashlib
from math import isqrt as _isqrt

PPB, U128, Q32, Q48 = 10**9, 1 << 128, 1 << 32, 1 << 48
UNIT = 10**12


def le(value, size):
    return int(value).to_bytes(size, "little")


def blake(*parts):
    return hashlib.blake2b(b"".join(parts), digest_size=32).digest()


def tagged(tag, *fields):
    """Every hash but the trees': the tag's length as a byte, the tag, the fields [3.0.7]."""
    return blake(bytes([len(tag)]), tag.encode(), *fields)


def fits(value):
    return value if value < U128 else None


# --- wide arithmetic [3.0.1] ---
def mul_div_floor(a, b, c):
    return fits(a * b // c) if c else None


def mul_div_ceil(a, b, c):
    return fits(-(-a * b // c)) if c else None


def divide(a, b):
    return divmod(a, b)


def isqrt(x):
    return _isqrt(x)


def part_of(amount, ppb):
    return amount * ppb // PPB


# --- Merkle-sum trees [3.1]: an odd node goes up as it is ---
MST_MAX_SUM, MST_MAX_COUNT = 1 << 96, 1 << 32


def mst_leaf(index, payload, weight):
    return blake(b"\0", payload, le(weight, 16), le(index, 8)), weight, 1


def mst_node(left, right):
    halves = [part for node in (left, right) for part in (node[0], le(node[1], 16), le(node[2], 8))]
    return blake(b"\1", *halves), left[1] + right[1], left[2] + right[2]


def mst_levels(leaves):
    levels = [[mst_leaf(i, payload, weight) for i, (payload, weight) in enumerate(leaves)]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([mst_node(*below[i:i + 2]) if i + 1 < len(below) else below[i] for i in range(0, len(below), 2)])
    return levels


def mst_path(levels, index):
    path = []
    for level in levels[:-1]:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        index >>= 1
    return path


def mst_root(leaves):
    return mst_levels(leaves)[-1][0]


def mst_verify(root, index, payload, weight, path):
    """The sum of the weights before the leaf."""
    count = root[2]
    if index >= count or weight == 0 or root[1] > MST_MAX_SUM or count > MST_MAX_COUNT:
        return None
    node, before, at, path = mst_leaf(index, payload, weight), 0, index, list(path)
    while count > 1:
        if at ^ 1 < count:
            if not path:
                return None
            other = path.pop(0)
            if at & 1:
                before += other[1]
            node = mst_node(other, node) if at & 1 else mst_node(node, other)
            if node[1] > MST_MAX_SUM or node[2] > MST_MAX_COUNT:
                return None
        at, count = at >> 1, count + 1 >> 1
    return before if not path and node == tuple(root) else None


# --- 16-ary trees [3.1] ---
def t16_root(leaves):
    while True:
        groups = [leaves[i:i + 16] for i in range(0, len(leaves), 16)]
        leaves = [blake(b"\2", *group, bytes(32 * (16 - len(group)))) for group in groups]
        if len(leaves) == 1:
            return leaves[0]


def t16_depth(leaves):
    depth = 0
    while leaves and (depth == 0 or leaves > 1):
        leaves, depth = -(-leaves // 16), depth + 1
    return depth


# --- the draw [J3] and the book's price classes [J6] ---
def log2q(x):
    exponent = x.bit_length() - 1
    mantissa, result = x << 63 - exponent, exponent
    for _ in range(24):
        mantissa = mantissa * mantissa >> 63
        bit = mantissa >> 64
        if bit:
            mantissa >>= 1
        result = result << 1 | bit
    return result


def draw_key(seed, candidate, weight):
    u = int.from_bytes(tagged("deai/draw/1", seed, candidate)[:8], "little") or 1
    return ((1 << 30) - log2q(u) << 64) // weight


def draw_order(seed, candidates):
    """Places of the candidates, the best first."""
    keys = [(draw_key(seed, account, weight), account, i) for i, (account, weight) in enumerate(candidates)]
    return [i for _, _, i in sorted(keys)]


def price_tick(price):
    exponent = price.bit_length() - 1
    return 4 * exponent + ((price << 2 >> exponent) & 3)


# --- income by shares [3.1] ---
def accumulator_add(acc, carry, shares, income):
    total = fits(income + carry)
    if total is None or shares == 0:
        return None if total is None else (acc, total)
    step = (total << 48) // shares
    used = -(-step * shares // Q48)
    return (acc + step, total - used) if total < 1 << 80 and acc + step < U128 else None


def accumulator_due(shares, now, then):
    return fits(shares * (now - then) // Q48) if now >= then else None


def accumulator_run(operations):
    """A pool from empty: 0 joins with shares, 1 leaves with up to so many, 2 is income, 3 is a claim."""
    held, since, due = [0] * 20, [0] * 20, [0] * 20
    shares = acc = carry = came = went = 0
    for kind, who, amount in operations:
        due[who] += accumulator_due(held[who], acc, since[who])
        since[who] = acc
        if kind == 0:
            held[who], shares = held[who] + amount, shares + amount
        elif kind == 1:
            leaving = min(amount, held[who])
            held[who], shares = held[who] - leaving, shares - leaving
        elif kind == 2:
            acc, carry = accumulator_add(acc, carry, shares, amount)
            came += amount
        else:
            went, due[who] = went + due[who], 0
    owed = sum(due) + sum(accumulator_due(h, acc, s) for h, s in zip(held, since))
    assert went + owed + carry <= came, "more was paid than came in"
    return shares, acc, carry, went, owed


# --- shares of a pool that can be slashed [3.1, C14] ---
def share_pool_mint(tokens, shares, amount):
    return None if shares + 1 == U128 or tokens + 1 == U128 else mul_div_floor(amount, shares + 1, tokens + 1)


def share_pool_worth(tokens, shares, part):
    if part == shares:
        return tokens
    worth = None if U128 in (shares + 1, tokens + 1) else mul_div_floor(part, tokens + 1, shares + 1)
    return None if worth is None else min(tokens, worth)


def sub_pool_mint(tokens, shares, amount):
    return amount if shares == 0 else mul_div_floor(amount, shares, tokens)


def sub_pool_worth(tokens, shares, part):
    if shares == 0:
        return 0
    return tokens if part == shares else part * tokens // shares


def share_pool_run(operations):
    """A pool from empty: 0 joins with tokens, 1 leaves with a part (2^-16) of the own shares, 2 slashes a part of it."""
    held, tokens, shares, came, went = [0] * 8, 0, 0, 0, 0
    for kind, who, amount in operations:
        if kind == 0:
            new = share_pool_mint(tokens, shares, amount) if tokens * 1000 >= shares else 0
            if new:
                assert share_pool_worth(tokens + amount, shares + new, new) <= amount, "joining alone earned"
                held[who], shares, tokens, came = held[who] + new, shares + new, tokens + amount, came + amount
        elif kind == 1:
            part = held[who] * amount >> 16
            out = share_pool_worth(tokens, shares, part)
            held[who], shares, tokens, went = held[who] - part, shares - part, tokens - out, went + out
        else:
            cut = tokens * amount >> 16
            tokens, went = tokens - cut, went + cut
    assert came == went + tokens and (shares or not tokens), "tokens were lost or made"
    return tokens, shares, went, held


# --- slashes [C4, C5, C6] ---
def slash_amount(self_bond, tokens, leaving, ppb, fixed):
    total = self_bond + tokens + sum(map(sum, leaving))
    return min(total, total * min(PPB, ppb) // PPB + fixed)


def slash_spread(self_bond, tokens, leaving, amount, first_loss_ppb):
    """What was taken of the operator's own, then what is left of each. `leaving`: (delegators', own) by ascending epoch."""
    own = self_bond + sum(mine for _, mine in leaving)
    first = min(amount, own * first_loss_ppb // PPB)
    left = [self_bond, tokens] + [money for pair in leaving for money in pair]
    total, to_take = sum(left), first
    for place in [0] + list(range(len(left) - 1, 2, -2)):
        cut = min(left[place], to_take)
        left[place], to_take = left[place] - cut, to_take - cut
    assert to_take == 0
    base, rest = total - first, amount - first
    cuts = [rest * money // base if base else 0 for money in left]
    dust = rest - sum(cuts)
    for place, money in enumerate(left):
        more = min(dust, money - cuts[place])
        cuts[place], dust = cuts[place] + more, dust - more
    left = [money - cut for money, cut in zip(left, cuts)]
    assert dust == 0 and min(left) >= 0 and total - sum(left) == amount, "the cuts are not the slash"
    taken_own = own - left[0] - sum(left[3::2])
    assert taken_own >= first
    return [taken_own] + left


# --- reputation [J28, C20] and means [3.1] ---
def reputation_ppm(good, bad):
    return (good + Q32) * 10**6 // (good + bad + 2 * Q32)


def reputation_after(good, bad, success, fee, average):
    weight = fee * Q32 // (fee + average) if fee + average else 0
    decay = weight // 50
    good, bad = good - (good * decay >> 32), bad - (bad * decay >> 32)
    return (good + weight, bad) if success else (good, bad + weight)


def ema_after(average, value):
    change = abs(value - average) // 8
    return average + change if value >= average else average - change


def reputation_run(average, outcomes):
    """A provider's life; beside it the same in floats."""
    good = bad = 0
    x = y = 0.0
    for success, fee in outcomes:
        weight, w = fee / (fee + average), fee * Q32 // (fee + average)
        assert abs(weight - w / Q32) < 1e-9
        x, y = x * (1 - weight / 50), y * (1 - weight / 50)
        x, y = (x + weight, y) if success else (x, y + weight)
        good, bad = reputation_after(good, bad, success, fee, average)
        average = ema_after(average, fee)
    ppm = reputation_ppm(good, bad)
    assert abs(ppm - (x + 1) / (x + y + 2) * 1e6) <= 1 + 1e-3, "further than 1 ppm from the real value"
    return good, bad, average, ppm


# --- fees and emission [J12, J16, J17, R1, R9] ---
def fee_split(fee, provider, model, auditors, treasury, royalty_ppb):
    """provider, model, treasury, burn; the auditors' part is burned while there are none."""
    model_part = fee * model // PPB
    royalty = model_part * royalty_ppb // PPB
    to_provider, to_treasury = fee * provider // PPB + model_part - royalty, fee * treasury // PPB
    burn = fee - to_provider - royalty - to_treasury
    assert burn >= fee * (PPB - provider - model - treasury) // PPB
    return to_provider, royalty, to_treasury, burn


def fee_points_of(burned, royalty):
    """provider, model, client."""
    provider, model = burned * 7 // 10, burned * 15 // 100
    client = burned - provider - model
    return (provider, model, client) if royalty else (provider + model, 0, client)


def work_due(budget, points, burned):
    return budget * points // burned if burned else 0


def work_budget(cap, kappa_ppb, burned):
    return min(cap, kappa_ppb * burned // PPB)


def capacity_after(c):
    c -= c * 949509 // PPB
    return c if c >= 10**6 else 0


LEAST_POINTS = 10**9
SPLIT = (780_000_000, 100_000_000, 0, 30_000_000)


def work_epoch(cap, kappa_ppb, jobs):
    """One epoch of settled fees: (fee, royalty_ppb, whose), whose = bits of the roles that a coalition plays: client 1,
    provider 2, model's owner 4. Its jobs are those whose client it is. Budget, burned, what it burned, what is minted
    to it from these jobs [R1, T2]."""
    burned = own = 0
    lines = [0, 0, 0]
    for fee, royalty_ppb, whose in jobs:
        *_, burn = fee_split(fee, *SPLIT, royalty_ppb)
        burned += burn
        if not whose & 1:
            continue
        own += burn
        provider, model, client = fee_points_of(burn, royalty_ppb > 0)
        for line, (role, points) in enumerate(((2, provider), (4, model), (1, client))):
            if whose & role and points >= LEAST_POINTS:
                lines[line] += points
    budget = work_budget(cap, kappa_ppb, burned)
    minted = sum(work_due(budget, line, burned) for line in lines)
    assert minted <= kappa_ppb * own // PPB, "washing pays"
    assert work_due(budget, burned, burned) <= kappa_ppb * burned // PPB
    return budget, burned, own, minted


# --- the weight of an ask [J4, C3, C20] ---
LEAST_BOND = 2000 * UNIT


def ask_weight(self_bond, tokens, good, bad):
    stake = min(self_bond + min(tokens, 9 * self_bond), 20 * LEAST_BOND)
    return stake // 10**9 * reputation_ppm(good, bad) // 10**6


# --- fingerprints [J26] ---
def entries(fingerprint):
    cut = [fingerprint[i:i + 4] for i in range(0, len(fingerprint), 4)]
    return [(int.from_bytes(e[:2], "little"), int.from_bytes(e[2:], "little")) for e in cut]


def fingerprint_well_formed(fingerprint, topk):
    if topk > 80 or len(fingerprint) != 4 * topk:
        return 0
    indices = [index for index, _ in entries(fingerprint)]
    sorted_once = indices == sorted(set(indices))
    return int(sorted_once and all(value >> 7 & 0xFF != 255 for _, value in entries(fingerprint)))


def fingerprint_match(a, b, max_exp_miss, mean_mantissa, min_overlap):
    a, b = dict(entries(a)), dict(entries(b))
    common = [(a[index], b[index]) for index in a if index in b]
    same = [(x & 127, y & 127) for x, y in common if x >> 7 == y >> 7]
    distance = sum(abs(x - y) for x, y in same)
    return int(len(common) >= min_overlap and len(same) >= 1 and len(common) - len(same) <= max_exp_miss
               and distance <= mean_mantissa * len(same))


def tally(tolerance, q, max_exp_miss, mean_mantissa, min_overlap, seats):
    """Of seats (revealed, result root, units, fingerprint): the winners' bits and the leader; None without enough [J24, J26]."""
    revealed = [i for i, seat in enumerate(seats) if seat[0]]
    for leader in revealed:
        if tolerance:
            same = [i for i in revealed if i == leader or
                    fingerprint_match(seats[leader][3], seats[i][3], max_exp_miss, mean_mantissa, min_overlap)]
        else:
            same = [i for i in revealed if seats[i][1:3] == seats[leader][1:3]]
        if len(same) >= q:
            return sum(1 << i for i in same), leader
    return None


# --- ancestors [M5] ---
def flatten(parents):
    """(model, rate, its own ancestors) to one ascending list of (model, rate), each once."""
    rates = {}
    for model, rate, above in parents:
        kept = rate
        for ancestor, alpha in above:
            passed = rate * alpha // PPB
            rates[ancestor] = rates.get(ancestor, 0) + passed
            kept -= passed
        rates[model] = rates.get(model, 0) + kept
    listed = sorted((model, rate) for model, rate in rates.items() if rate)
    total = sum(rate for _, rate in listed)
    assert total == sum(rate for _, rate, _ in parents)
    return None if len(listed) > 32 or total > 300_000_000 else (total, listed)


# --- jobs: money [section 1, J32], sealed bids [J38], hashes ---
def job_money(n, units_max, limit, tip):
    """What the client puts up, the most a seat earns, the fee for accepting, a seat's bond."""
    most = units_max * limit
    return n * most + tip, most, min(most // 100, UNIT), max(UNIT, most // 4)


def job_tie(job, provider):
    return tagged("deai/job/tie/1", le(job, 8), provider)


def bid_order(job, bids):
    """Places of the bids (provider, price, reputation), the best first."""
    scored = [(price * 10**6 // rep, job_tie(job, provider), i) for i, (provider, price, rep) in enumerate(bids)]
    return [i for _, _, i in sorted(scored)]


def job_commit(job, seat, provider, result):
    assert len(result) == 156
    return tagged("deai/job/c/1", le(job, 8), le(seat, 1), provider, result)


def job_bid(job, provider, price, salt):
    return tagged("deai/job/bid/1", le(job, 8), provider, le(price, 8), salt)


def job_seed(value, kind, number, arm):
    return tagged("deai/rand/1", value, le(kind, 1), le(number, 8), le(arm, 4))


def mock_randomness(one_epoch_ago, relay):
    return tagged("deai/rand/mock/1", one_epoch_ago, le(relay, 4))


def job_receipts(job, spec_hash, events):
    """The chain of hashes after each event (tick, variant, encoded fields)."""
    chain = [tagged("deai/job/a0/1", le(job, 8), spec_hash)]
    for now, variant, fields in events:
        chain.append(tagged("deai/job/a/1", chain[-1], le(now, 4), le(variant, 1), fields))
    return chain


def job_spec(encoded):
    return tagged("deai/job/spec/1", encoded)


def fingerprint_hash(fingerprint):
    return tagged("deai/job/fp/1", fingerprint)


def operator_message(genesis, owner):
    return tagged("deai/compute/op/1", genesis, owner)


def model_points_key(model):
    """[R7]"""
    return b"model" + bytes(19) + le(model, 8)


def allow_leaf(account):
    return tagged("deai/models/allow/1", account)


# --- of 3.19, stated here because the tag's length changed it; no pallet uses these two yet ---
def slot_draw(seed, weights, k, most):
    """Draw by rejection over a table of slots [3.1]: the slots, the tries."""
    slots, tries = [], 0
    while len(slots) < k and tries < 32 * k:
        h = tagged("deai/draw/1", seed, le(tries, 4))
        tries += 1
        slot = int.from_bytes(h[:8], "little") * len(weights) >> 64
        if slot not in slots and int.from_bytes(h[8:16], "little") * most >> 64 < weights[slot]:
            slots.append(slot)
    return slots, tries


def straggler_deadline(times, k, least, most):
    """Median and k median deviations from it [3.9]."""
    median = sorted(times)[len(times) // 2]
    deviation = sorted(abs(t - median) for t in times)[len(times) // 2]
    return max(least, min(most, median + k * deviation))
