// A repeatable source of randomness: everything a run does follows from its seed.

export class Random {
  constructor(seed) {
    // splitmix32 fills the state of xoshiro128**, which must not be all zero.
    let s = seed >>> 0;
    const next = () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s ^ (s >>> 16);
      z = Math.imul(z, 0x21f0aaad);
      z ^= z >>> 15;
      z = Math.imul(z, 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    this.state = [next(), next(), next(), next() | 1];
  }

  u32() {
    const s = this.state, rotate = (x, k) => ((x << k) | (x >>> (32 - k))) >>> 0;
    const result = Math.imul(rotate(Math.imul(s[1], 5) >>> 0, 7), 9) >>> 0, t = (s[1] << 9) >>> 0;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3] >>> 0, 11);
    return result;
  }

  /** A number from 0 to n - 1. */
  below(n) { return this.u32() % n; }

  chance(percent) { return this.below(100) < percent; }

  pick(list) { return list[this.below(list.length)]; }

  bytes(size) { return Uint8Array.from({ length: size }, () => this.u32() & 255); }

  /** An unsigned number of up to `bits` bits; small ones, ones near powers of two and the largest are frequent. */
  big(bits) {
    const most = (1n << BigInt(bits)) - 1n;
    switch (this.below(6)) {
      case 0: return BigInt(this.below(4)) & most;
      case 1: return BigInt(this.below(1000)) & most;
      case 2: return most - BigInt(this.below(3));
      case 3: {
        const near = (1n << BigInt(this.below(bits))) + BigInt(this.below(3)) - 1n;
        return near < 0n ? 0n : near & most;
      }
      default: {
        let value = 0n;
        for (let i = 0; i < bits; i += 32) value = (value << 32n) | BigInt(this.u32());
        return value & ((1n << BigInt(1 + this.below(bits))) - 1n);
      }
    }
  }

  /** Picks a key of {key: weight}. */
  weighted(weights) {
    const entries = Object.entries(weights);
    let at = this.below(entries.reduce((sum, [, weight]) => sum + weight, 0));
    for (const [key, weight] of entries) {
      if (at < weight) return key;
      at -= weight;
    }
    throw new Error('no weight');
  }
}
