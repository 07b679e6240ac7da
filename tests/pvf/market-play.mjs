// The market's walk-through as blocks of extrinsics that are signed before any of them runs: stake, a job whose seat its client
// chose, a drawn job of three seats in which one answers wrongly, one in which a seat is silent, an epoch, settling, a slash.
import { concat, hex0x, le, u32le } from '../host/bytes.mjs';
import { blake2_256 } from '../host/hashes.mjs';
import { Market, UNIT } from '../host/market.mjs';

const EPOCH = 14400, ACTIVATION = 100, RELAY = 6, FIRST_EPOCH = 3, SLASH_DELAY = 3;
const PRICE = 500000000000n;

export class MarketPlay {
  /** @param signer transactions.mjs#Signer; `model` is Active, and Alice's */
  constructor(signer, model) {
    this.on = signer;
    this.model = model;
    this.make = new Market(signer.client);
    Object.assign(this, signer.keys);
    this.providers = [this.bob, this.eve, this.ferdie];
    this.failures = 0;
  }

  sign(key, call) { return this.on.sign(key, call); }

  /** A call that is in the block and fails there. */
  fail(key, call) {
    this.failures++;
    return this.sign(key, call);
  }

  /** Root sets the clock; with relay block 0 as the newest one, and the randomness of relay block 6 at hand: blocks that are
   *  signed in advance cannot name the relay blocks that they will be built on. */
  clock(now) {
    const { client } = this.on, key = (item, ...args) => `0x${client.key('clock', item, ...args)}`;
    const rand = concat(u32le(RELAY), u32le(0), new Uint8Array(32).fill(now & 255));
    const items = [[key('time'), hex0x(concat(u32le(now), u32le(0), u32le(0)))], [key('rand', RELAY), hex0x(rand)]];
    return this.sign(this.alice, this.make.asRoot(client.call('system', 'setStorage', items)));
  }

  result(job, seat, wrong = false) { return this.make.result(blake2_256(concat(le(job, 8), Uint8Array.of(wrong ? seat : 99)))); }

  /** A call for each seat by each provider, since nobody knows yet who will sit where: three of nine succeed. */
  everySeat(make) {
    this.failures += 6;
    return this.providers.flatMap(key => [0, 1, 2].map(seat => this.sign(key, make(key, seat))));
  }

  jobs(...args) { return this.make.jobs(...args); }

  stake() {
    const { make, providers, alice } = this;
    return [
      () => [...providers.map(key => this.sign(key, make.register(key))), this.sign(alice, make.compute('delegate', 1, 100n * UNIT))],
      () => [this.clock(FIRST_EPOCH * EPOCH + ACTIVATION), ...providers.map(key => this.sign(key, make.compute('heartbeat'))),
        ...providers.map((key, i) => this.sign(key, make.advertise(this.model, PRICE + BigInt(i))))],
    ];
  }

  /** Jobs 1 (chosen seat) and 2 (drawn; Bob answers wrongly). */
  work() {
    const { make, alice, bob, providers } = this, root = key => (key === bob);
    const direct = make.spec(this.model, { mode: 'Direct', n: 1, q: 1, allow: [hex0x(providers[1].account)] });
    return [
      () => [this.clock(FIRST_EPOCH * EPOCH + ACTIVATION + 10), this.sign(alice, make.submit(direct)), this.sign(alice, make.submit(make.spec(this.model))),
        this.fail(alice, make.submit(make.spec(this.model), 1n)), this.fail(bob, this.jobs('finalise', 2))],
      () => [this.sign(bob, this.jobs('assign', 2, RELAY)), this.sign(providers[1], this.jobs('accept', 1, 0)), ...this.everySeat((key, seat) => this.jobs('accept', 2, seat))],
      () => this.everySeat((key, seat) => make.commit(2, seat, key.account, this.result(2, seat, root(key)))),
      () => [...this.everySeat((key, seat) => this.jobs('reveal', 2, seat, this.result(2, seat, root(key)), '0x')),
        this.sign(providers[1], this.jobs('reveal', 1, 0, this.result(1, 0), '0x'))],
      () => [this.sign(bob, this.jobs('finalise', 1)), this.sign(bob, this.jobs('finalise', 2)), this.sign(alice, this.jobs('claimDue', hex0x(alice.account))),
        this.fail(bob, this.jobs('finalise', 2)), this.sign(alice, this.jobs('rate', 2, 80)),
        // Bob's reputation fell with his answer: an ask that promises the old weight is not drawn.
        ...providers.map(key => this.sign(key, make.compute('refreshAsk', this.model)))],
    ];
  }

  /** Job 3: everybody commits, Bob does not reveal, loses the bond and is slashed three epochs later. */
  silence() {
    const { make, alice, bob, eve } = this, now = FIRST_EPOCH * EPOCH + ACTIVATION + 200;
    return [
      () => [this.clock(now), ...this.providers.map(key => this.sign(key, make.compute('heartbeat'))), this.sign(alice, make.submit(make.spec(this.model)))],
      () => [this.sign(eve, this.jobs('assign', 3, RELAY)), ...this.everySeat((key, seat) => this.jobs('accept', 3, seat))],
      () => this.everySeat((key, seat) => make.commit(3, seat, key.account, this.result(3, seat))),
      () => {
        this.failures += 4;
        return this.providers.filter(key => key !== bob).flatMap(key => [0, 1, 2].map(seat => this.sign(key, this.jobs('reveal', 3, seat, this.result(3, seat), '0x'))));
      },
      () => [this.clock(now + 300), this.sign(alice, this.jobs('finalise', 3))],
      () => [this.fail(alice, make.compute('applySlash', 1)), this.clock((FIRST_EPOCH + 1) * EPOCH - 1)],
    ];
  }

  money() {
    const { make, alice, eve, ferdie } = this, line = (key, stream) => make.rewards('settle', FIRST_EPOCH, hex0x(key), stream);
    return [
      () => [this.sign(alice, line(alice.account, 'Client')), this.sign(alice, line(eve.account, 'Provider')), this.sign(alice, line(ferdie.account, 'Provider')),
        this.sign(eve, line(make.modelKey(this.model), 'Model')), this.fail(eve, line(eve.account, 'Provider')),
        this.sign(alice, make.rewards('claimDue', hex0x(alice.account))), this.sign(alice, make.compute('claimDue', hex0x(eve.account))),
        this.clock((FIRST_EPOCH + SLASH_DELAY) * EPOCH)],
      () => [this.sign(alice, make.compute('applySlash', 1)), this.sign(alice, this.jobs('claimDue', hex0x(eve.account)))],
    ];
  }

  blocks() { return [...this.stake(), ...this.work(), ...this.silence(), ...this.money()]; }
}
