// A chain's state with up to a million live objects of a kind in it. The keys are the real ones; what is kept of each is its
// place in the order of keys (8 bytes), the rest is computed when the runtime, or a search for the next key, comes upon it.
import { concat, le, toHex, utf8 } from '../host/bytes.mjs';
import { blake2_128, blake2_256, twox_128, twox_64 } from '../host/hashes.mjs';

const FIRST = 1e9; // ids beyond those in use
const HEAD = 64; // hexadecimal digits of an item's prefix
const HASHERS = { Blake2_128Concat: bytes => concat(blake2_128(bytes), bytes), Twox64Concat: bytes => concat(twox_64(bytes), bytes), Identity: bytes => bytes };

const small = (n, size = 4) => le(n, size), id64 = n => le(FIRST + n, 8), id32 = n => le(FIRST + n, 4);

/** An account that no key is known of. */
export function account(n) {
  const bytes = new Uint8Array(32).fill(0x5c);
  new DataView(bytes.buffer).setUint32(28, n);
  return bytes;
}

/** What one live object has in state: [pallet, item, keys of object n, or null, {groups: parts of the key that are the same for all}]. */
export const kindsOf = ({ pool, licence, epoch, current, model }) => ({
  accounts: [['System', 'Account', n => [account(n)]]],
  models: [
    ...['Models', 'SplitStates', 'Policies', 'Parents', 'Ancestors', 'Disputed'].map(item => ['Models', item, n => [id64(n)]]),
    ['Models', 'Licences', n => [id32(n)]], ['Models', 'Versions', n => [id64(n), small(1)]], ['Models', 'Stages', n => [id64(n), small(1)]],
    ['Models', 'Splits', n => [id64(n), small(1)]], ['Models', 'ByArtifact', n => [blake2_256(id64(n))]],
  ],
  // Of the very model and licence that are measured, too.
  'shares of models': [
    ['Models', 'Revenue', n => [id64(n), small(0)]], ['Models', 'Own', n => [id64(n), small(1), small(0)]],
    ['Models', 'Accepted', n => [small(licence), account(n)], 1], ['Models', 'Claimed', n => [small(model, 8), account(n)], 1],
    ['Models', 'SplitTaken', n => [small(model, 8), small(1), account(n), small(0)], 2],
    ['Models', 'AncestorTaken', n => [small(model, 8), id64(n), small(0)], 1],
  ],
  providers: [
    ['Compute', 'Providers', n => [account(n)]], ['Compute', 'OperatorOf', n => [account(n)]], ['Compute', 'Pools', n => [id32(n)]],
    ['Compute', 'JoinRates', n => [id32(n), small(epoch)]], ['Compute', 'UnbondPools', n => [id32(n), small(epoch)]],
  ],
  // All of them in one pool.
  delegations: [['Compute', 'Delegations', n => [account(n), small(pool)]], ['Compute', 'Unbonding', n => [account(n), small(pool)]]],
  // 64 asks share a record, so this many models have one full class each.
  asks: [
    ['Compute', 'Ads', n => [id64(n >> 6), account(n)]],
    ['Compute', 'AskTick', n => (n % 64 ? null : [id64(n >> 6), small(0), small(119, 1)])], ['Compute', 'AskBits', n => (n % 64 ? null : [id64(n >> 6), small(0)])],
  ],
  slashes: [['Compute', 'Slashes', n => [id32(n)]], ['Compute', 'OpenSlashes', n => [account(n)]]],
  jobs: [
    ...['Jobs', 'Specs', 'Escrow', 'Receipts', 'Draws', 'Bids', 'Outcomes'].map(item => ['Jobs', item, n => [id64(n)]]),
    ['Jobs', 'Seats', n => [id64(n), small(0, 1)]], ['Jobs', 'ByClient', n => [account(n)]],
  ],
  dues: ['Jobs', 'Compute', 'Rewards'].map(pallet => [pallet, 'Due', n => [account(n)]]),
  // All of them in the epoch that is settled and expired, as many in the one that jobs give points for.
  points: [
    ...[epoch, current].map(number => ['Rewards', 'Points', n => [small(number), account(n), small(1, 1)], 1]),
    ['Rewards', 'EpochBooks', n => [id32(n)]],
  ],
});

/** One map's keys, in order. */
class Keys {
  /**
   * @param head hexadecimal text that all begin with
   * @param keyOf bytes of key n behind that, or null when it has none; n is below 2^21
   * @param after keys below this one are left out (hexadecimal, behind `head`)
   */
  constructor(head, keyOf, count, value, after = '') {
    Object.assign(this, { head, keyOf, value });
    const order = new Float64Array(count);
    let have = 0;
    for (let n = 0; have < count; n++) {
      if (n >= 1 << 21) throw new Error(`${count} keys of ${head} do not fit`);
      const key = keyOf(n);
      if (key && !(after && toHex(key) < after)) order[have++] = new DataView(key.buffer, key.byteOffset).getUint32(0) * 2 ** 21 + n;
      else if (!key) count--;
    }
    this.order = order.subarray(0, have).sort();
  }

  /** First place whose key begins with 32 bits `bits` or more. */
  place(bits) {
    const { order } = this, least = bits * 2 ** 21;
    let low = 0, high = order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (order[middle] < least) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Keys, behind `head`, that begin with the same 32 bits as the one at `place`. */
  alike(place) {
    const found = [], bits = Math.floor(this.order[place] / 2 ** 21);
    for (let at = place; Math.floor(this.order[at] / 2 ** 21) === bits; at++) found.push(toHex(this.keyOf(this.order[at] % 2 ** 21)));
    return found.sort();
  }

  /** All of them, in no order. */
  all() { return Array.from(this.order, entry => this.head + toHex(this.keyOf(entry % 2 ** 21))); }

  bits(rest) { return parseInt(rest.slice(0, 8).padEnd(8, '0'), 16); }

  has(key) {
    if (!key.startsWith(this.head)) return false;
    const rest = key.slice(this.head.length), bits = this.bits(rest), place = this.place(bits);
    return Math.floor(this.order[place] / 2 ** 21) === bits && this.alike(place).includes(rest);
  }

  next(key) {
    const { head, order } = this;
    if (key > head && !key.startsWith(head)) return undefined;
    const rest = key.startsWith(head) ? key.slice(head.length) : '', bits = this.bits(rest);
    for (let place = this.place(bits); place < order.length;) {
      const alike = this.alike(place), found = alike.find(text => text > rest);
      if (found) return head + found;
      place += alike.length;
    }
    return undefined;
  }
}

/** What a Storage needs of its Map: the chain's own records over those of `filled`. */
export class FilledMap {
  /** @param own Map, which is written to; @param filled Keys of each item */
  constructor(own, filled) {
    this.own = own;
    this.gone = new Set();
    this.filled = new Map();
    for (const keys of filled) {
      const head = keys.head.slice(0, HEAD);
      this.filled.set(head, [...this.filled.get(head) ?? [], keys]);
    }
  }

  of(key) { return this.filled.get(key.slice(0, HEAD))?.find(keys => keys.has(key)); }

  get(key) {
    const value = this.own.get(key);
    return value !== undefined || this.gone.has(key) ? value : this.of(key)?.value;
  }

  set(key, value) { this.own.set(key, value); }

  delete(key) {
    this.own.delete(key);
    if (this.of(key)) this.gone.add(key);
  }

  next(key) {
    const least = list => list.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);
    const filled = [...this.filled.values()].flat();
    let own;
    for (const text of this.own.keys()) if (text > key && (own === undefined || text < own)) own = text;
    for (let from = key; ;) {
      const found = least(filled.map(keys => keys.next(from)));
      if (found === undefined || !this.gone.has(found)) return least([own, found]);
      from = found;
    }
  }
}

const BLANK = new Uint8Array(200).fill(1);

/** Fills chains by the metadata of their runtime. */
export class Filler {
  /**
   * @param own the state to begin with, a Map
   * @param samples one record of each map, by prefix, as the chain made it: the value of all others
   * @param facts see kindsOf
   */
  constructor(client, own, samples, facts) {
    Object.assign(this, { client, own, samples, kinds: kindsOf(facts) });
    this.kept = new Map();
  }

  maps() {
    return this.client.metadata.asLatest.pallets.flatMap(({ name, storage }) => (storage.isSome ? storage.unwrap().items : [])
      .filter(({ type }) => type.isMap).map(item => ({ pallet: `${name}`, item: `${item.name}`, hashers: item.type.asMap.hashers.map(hasher => HASHERS[hasher.type]) })));
  }

  prefix(pallet, item) { return toHex(concat(twox_128(utf8(pallet)), twox_128(utf8(item)))); }

  /** Maps of a pallet that no kind fills. */
  missing(pallets, except) {
    const known = new Set(Object.values(this.kinds).flat().map(([pallet, item]) => `${pallet}.${item}`));
    return this.maps().filter(({ pallet }) => pallets.includes(pallet)).map(({ pallet, item }) => `${pallet}.${item}`)
      .filter(name => !known.has(name) && !except.includes(name));
  }

  keys([pallet, item, partsOf, same = 0], count) {
    const { hashers } = this.maps().find(map => map.pallet === pallet && map.item === item);
    const hashed = (parts, from, to) => concat(...hashers.slice(from, to).map((hasher, i) => hasher(parts[from + i])));
    const prefix = this.prefix(pallet, item), head = prefix + (same ? toHex(hashed(partsOf(0), 0, same)) : '');
    // Where calls walk, they meet the chain's own records first, as they do among few.
    const first = same ? [...this.own.keys()].filter(key => key.startsWith(head)).sort()[0]?.slice(head.length) : '';
    const keyOf = n => {
      const parts = partsOf(n);
      return parts && hashed(parts, same);
    };
    return new Keys(head, keyOf, count, this.samples.get(prefix) ?? BLANK, first);
  }

  /** The state with `count` objects of each of these kinds. */
  fill(kinds, count) {
    const filled = kinds.flatMap(kind => {
      const id = `${kind} ${count}`;
      if (!this.kept.has(id)) this.kept.set(id, this.kinds[kind].map(item => this.keys(item, count)));
      return this.kept.get(id);
    });
    return new FilledMap(new Map(this.own), filled);
  }

  /** What is wrong with the state that `fill` makes; nothing if it answers as a plain Map of all the keys, which are those of the metadata. */
  fault(count) {
    const { own, client } = this, map = this.fill(Object.keys(this.kinds), count), filled = [...map.filled.values()].flat();
    const all = [...new Set([...own.keys(), ...filled.flatMap(keys => keys.all())])].sort(), lower = name => name[0].toLowerCase() + name.slice(1);
    for (const [pallet, item, partsOf] of Object.values(this.kinds).flat()) {
      const key = [0, 64, 128].map(n => client.key(lower(pallet), lower(item), ...partsOf(n))).find(text => map.get(text));
      if (!key) return `${pallet}.${item}: none of three keys is there`;
      map.delete(key);
      if (map.get(key)) return `${pallet}.${item}: the key ${key} is there still`;
      all.splice(all.indexOf(key), 1);
    }
    for (let at = 0, key = ''; at < all.length; at++) {
      const next = map.next(key);
      if (next !== all[at] || !map.get(next)) return `${next} instead of ${all[at]} after ${key}`;
      key = next;
    }
    const after = map.next(all.at(-1));
    return after && `${after} is beyond all keys`;
  }

  describe(kind) { return [...new Set(this.kinds[kind].map(([pallet, item]) => `${pallet}.${item}`))].join(', '); }
}
