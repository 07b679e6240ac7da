// The state of a chain as a runtime sees it: raw keys and values, nested transactions, child tries.
import { compact, concat, equal, readCompact, toHex, utf8 } from './bytes.mjs';
import { root } from './trie.mjs';

const CHILD_PREFIX = toHex(utf8(':child_storage:default:'));
const TOP = '';

/**
 * Keys are lower-case hexadecimal without prefix; values are Uint8Arrays that nobody changes in place.
 * Child tries are named by hexadecimal; the top trie has the empty name.
 */
export class Storage {
  constructor(top = new Map()) {
    this.tries = new Map([[TOP, top]]);
    /** One undo list per open transaction: keys with the value they had when it was opened. */
    this.layers = [];
    this.sorted = new Map();
    /** Keys of the top trie when the block began; null means: all that are there. See clearPrefix. */
    this.backend = null;
  }

  get top() { return this.tries.get(TOP); }
  get depth() { return this.layers.length; }

  trie(name) {
    let map = this.tries.get(name);
    if (!map) this.tries.set(name, map = new Map());
    return map;
  }

  get(key, trie = TOP) { return this.tries.get(trie)?.get(key); }

  put(key, value, trie = TOP) {
    const map = this.trie(trie), before = map.get(key), layer = this.layers.at(-1);
    if (layer) {
      const id = `${trie}/${key}`;
      if (!layer.has(id)) layer.set(id, { trie, key, before });
    }
    if (value === undefined) map.delete(key);
    else map.set(key, value);
    if ((before === undefined) !== (value === undefined)) this.sorted.delete(trie);
  }

  /** Appends one encoded item to a SCALE vector; anything that is no vector becomes a vector of that item. */
  append(key, item) {
    const old = this.get(key), count = old && readCompact(old);
    const body = count ? old.subarray(count.size) : new Uint8Array(0);
    this.put(key, concat(compact((count ? count.value : 0) + 1), body, item));
  }

  keys(trie = TOP) {
    let list = this.sorted.get(trie);
    if (!list) this.sorted.set(trie, list = [...this.trie(trie).keys()].sort());
    return list;
  }

  /** First position in `list` whose key is not below (or, if `strict`, is above) `key`. */
  static position(list, key, strict) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle] < key || (strict && list[middle] === key)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  nextKey(key, trie = TOP) {
    const list = this.keys(trie);
    return list[Storage.position(list, key, true)];
  }

  keysWithPrefix(prefix, trie = TOP) {
    const list = this.keys(trie), found = [];
    for (let at = Storage.position(list, prefix, false); at < list.length && list[at].startsWith(prefix); at++) found.push(list[at]);
    return found;
  }

  /**
   * Removes keys with a prefix. As in a node, keys written since the block began all go, and only keys of
   * the block's parent state count towards the limit and in the answer.
   * @returns {{all: boolean, loops: number}}
   */
  clearPrefix(prefix, limit = Infinity, trie = TOP) {
    const fresh = key => this.backend !== null && trie === TOP && !this.backend.has(key);
    for (const key of this.keysWithPrefix(prefix, trie)) if (fresh(key)) this.put(key, undefined, trie);
    const old = this.backend !== null && trie === TOP
      ? [...this.backend].filter(key => key.startsWith(prefix)).sort()
      : this.keysWithPrefix(prefix, trie);
    const taken = old.slice(0, limit);
    for (const key of taken) this.put(key, undefined, trie);
    return { all: taken.length === old.length, loops: taken.length };
  }

  /** Says that the present state is a block's parent state. */
  beginBlock() { this.backend = new Set(this.top.keys()); }

  begin() { this.layers.push(new Map()); }

  rollback() {
    const layer = this.layers.pop();
    if (!layer) throw new Error('no open transaction');
    for (const { trie, key, before } of layer.values()) {
      if (before === undefined) this.trie(trie).delete(key);
      else this.trie(trie).set(key, before);
      this.sorted.delete(trie);
    }
  }

  commit() {
    const layer = this.layers.pop();
    if (!layer) throw new Error('no open transaction');
    const outer = this.layers.at(-1);
    if (outer) for (const [id, entry] of layer) if (!outer.has(id)) outer.set(id, entry);
  }

  childRoot(name, version) { return root(this.entries(name), version); }

  entries(trie = TOP) {
    const map = this.trie(trie);
    return this.keys(trie).map(key => [key, map.get(key)]);
  }

  /** State root, child tries included. */
  root(version) {
    for (const name of this.tries.keys()) {
      if (name === TOP) continue;
      const key = CHILD_PREFIX + name, value = this.trie(name).size ? this.childRoot(name, version) : undefined;
      const old = this.get(key);
      if (old === undefined ? value !== undefined : !value || !equal(old, value)) this.put(key, value);
    }
    return root(this.entries(), version);
  }

  snapshot() { return new Map([...this.tries].map(([name, map]) => [name, new Map(map)])); }

  restore(snapshot) {
    this.tries = new Map([...snapshot].map(([name, map]) => [name, new Map(map)]));
    this.layers = [];
    this.sorted.clear();
    this.backend = null;
  }
}
