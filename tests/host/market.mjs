// Calls of the market's pallets (Compute, Jobs, Rewards): arguments that make sense, and the hashes that operators commit to.
import { concat, hex0x, le, utf8 } from './bytes.mjs';
import { blake2_256 } from './hashes.mjs';

export const UNIT = 1000000000000n;
export const ZERO = `0x${'00'.repeat(32)}`;
export const tagged = (tag, ...fields) => blake2_256(concat(Uint8Array.of(tag.length), utf8(tag), ...fields));

export class Market {
  /** @param client client.mjs#Client whose metadata has the pallets */
  constructor(client) { this.client = client; }

  static fits(client) { return client.has('jobs', 'submitJob'); }

  compute(method, ...args) { return this.client.call('compute', method, ...args); }
  jobs(method, ...args) { return this.client.call('jobs', method, ...args); }
  rewards(method, ...args) { return this.client.call('rewards', method, ...args); }

  /** A provider that is its own operator unless `more` says otherwise. */
  register(key, more = {}) {
    const {
      operator = hex0x(key.account), consent = null, payout = hex0x(key.account), encKey = ZERO, region = 1, slots = 8, bond = 4000n * UNIT, commission = 100000000,
    } = more;
    return this.compute('registerProvider', operator, consent, payout, encKey, ZERO, ZERO, region, slots, bond, commission);
  }

  ad(price, more = {}) { return { price, minUnits: 1, profileMask: 7, validUntil: 0xffffffff, ...more }; }

  advertise(model, price, more = {}) { return this.compute('advertise', model, this.ad(price, more), more.evict ?? null); }

  spec(model, more = {}) {
    return {
      model, version: 1, mode: 'Redundant', input: { commit: `0x${'11'.repeat(32)}`, cipherHash: ZERO, len: 1000, locator: hex0x(utf8('file:input')) },
      keyWrapRoot: ZERO, unitsMax: 10, limit: UNIT, asset: 0, n: 3, q: 2, windows: { accept: 20, commit: 200, reveal: 50, challenge: 0 },
      minRepPpm: 0, minStake: 0, regionMask: 0, allow: [], tip: 0, decode: { temperatureQ: 0, topK: 0, seed: 0 }, canary: ZERO, callback: null,
      agent: null, parentJob: null, deps: [], ...more,
    };
  }

  /** What a job may cost: exactly this is its deposit. */
  need(spec) { return BigInt(spec.n) * BigInt(spec.unitsMax) * BigInt(spec.limit) + BigInt(spec.tip); }

  submit(spec, deposit = this.need(spec), proofs = []) { return this.jobs('submitJob', spec, deposit, proofs); }

  /** Hash of a sealed bid. @param salt 16 bytes */
  bidHash(job, provider, price, salt) { return tagged('deai/job/bid/1', le(job, 8), provider, le(price, 8), salt); }

  result(root, more = {}) {
    return { resultRoot: hex0x(root), traceRoot: ZERO, traceLen: 0, fpHash: ZERO, units: 5, outCipherHash: ZERO, salt: `0x${'22'.repeat(16)}`, ...more };
  }

  encodedResult(result) {
    const { args } = this.client.tx.jobs.reveal.meta;
    return this.client.registry.createType(args[2].type.toString(), result).toU8a();
  }

  commitment(job, seat, provider, result) {
    return tagged('deai/job/c/1', le(job, 8), Uint8Array.of(seat), provider, this.encodedResult(result));
  }

  commit(job, seat, provider, result) { return this.jobs('commit', job, seat, hex0x(this.commitment(job, seat, provider, result))); }

  fingerprintHash(bytes) { return tagged('deai/job/fp/1', bytes); }

  /** The key under which a model has points. */
  modelKey(model) { return concat(utf8('model'), new Uint8Array(19), le(model, 8)); }

  asRoot(bytes) { return concat(this.client.head('sudo', 'sudo'), bytes); }
}
