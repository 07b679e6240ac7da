// Every call of Compute, Jobs and Rewards in a state in which it succeeds, and the hooks of a block.
import { concat, hex0x, le, toHex, u32le, utf8, vector } from '../host/bytes.mjs';
import { splitExtrinsics } from '../host/chain.mjs';
import { devKey } from '../host/crypto.mjs';
import { blake2_256, twox_128 } from '../host/hashes.mjs';
import { UNIT, tagged } from '../host/market.mjs';
import { MarketScenario } from './market-scenario.mjs';

const EPOCH = 14400, ACTIVATION = 100, UNBOND = 21 * EPOCH, SLASH_DELAY = 3 * EPOCH, JAIL = 14400, EXPIRY = 85 * EPOCH, KEEP = 600;
const ACCEPT = 20, COMMIT = 200, REVEAL = 50; // windows of Market.spec
const PRICE = 5000000000n, BOND = 4000n * UNIT, SALT = new Uint8Array(16).fill(6), SALT_HEX = hex0x(SALT), ALL = (1n << 128n) - 1n;
const FEES = { provider: 780000000, model: 100000000, auditors: 0, treasury: 30000000, burn: 90000000 };

export const PALLETS = ['Compute', 'Jobs', 'Rewards'];
const snake = name => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`);
const within = async (storage, work) => {
  storage.begin();
  try { return await work(); } finally { storage.rollback(); }
};

export class Probes extends MarketScenario {
  /** Brings the chain into a state that has an object for every call. */
  async prepare() {
    const { make } = this;
    this.fourth = devKey('Grace');
    this.stranger = devKey('Heidi');
    this.model = await this.lineage();
    await this.apply([this.fourth, this.stranger].map(key => [this.client.call('balances', 'transferKeepAlive', { Id: hex0x(key.account) }, 10000n * UNIT)]));
    await this.apply([[make.register(this.fourth), null, this.fourth]]);
    await this.serve();
    const settled = await this.whole(), epoch = Math.floor(this.time().now / EPOCH), [unpaid, ...rest] = this.providers;
    await this.nextEpoch();
    for (const key of rest) await this.settleLeft(epoch, key); // nothing of the pools of these waits
    await this.apply([...this.providers, this.fourth].map(key => [make.compute('heartbeat'), null, key]));
    // The epoch gets a book, and other terms wait for its end.
    const paid = await this.work(['accept', 'commit', 'reveal']);
    await this.apply([[make.jobs('finalise', paid.job)], [make.asRoot(this.schedule())], [make.asRoot(make.rewards('setFeeSplit', FEES))]]);
    const working = await this.work(['accept']), revealing = await this.work(['accept', 'commit']), done = await this.work(['accept', 'commit', 'reveal']);
    await this.apply([[make.submit(make.spec(this.model)), null, this.client_]]);
    const ready = this.lastJob(), relay = await this.randomness();
    // A fourth ask, so that there is a reserve.
    this.providers.push(this.fourth);
    await this.apply([[make.advertise(this.model, 12000000000), null, this.fourth]]);
    await this.on.emptyBlocks(2);
    const offered = await this.draw(false);
    this.facts = { epoch, current: Math.floor(this.time().now / EPOCH), pool: this.pools[1], licence: 1, model: this.model };
    this.list = this.calls({ settled, unpaid, free: rest[0], working, revealing, done, ready, relay, offered, next: this.lastJob() + 1 });
    const { author, chain } = this.on;
    this.header = author.nextHeader();
    this.inherents = splitExtrinsics(await within(chain.storage, () => {
      this.run('Core_initialize_block', this.header);
      return this.run('BlockBuilder_inherent_extrinsics', author.inherentData()).result;
    }));
  }

  answer(job) { return this.make.result(blake2_256(u32le(job))); }

  /** A job that was drawn, and what its seats did then. */
  async work(steps) {
    const { make } = this, { job, seats } = await this.draw(false), calls = {
      accept: seat => make.jobs('accept', job, seat), commit: (seat, key) => make.commit(job, seat, key.account, this.answer(job)),
      reveal: seat => make.jobs('reveal', job, seat, this.answer(job), '0x'),
    };
    for (const step of steps) await this.apply(seats.map((key, seat) => [calls[step](seat, key), null, key]));
    return { job, seats };
  }

  schedule() {
    const { capacity } = this.value('rewards', 'schedule')?.toJSON() ?? { capacity: 0 };
    return this.make.rewards('setSchedule', { kappa: 500000000, workCap: 1000n * UNIT, capacity: BigInt(capacity) / 2n });
  }

  consent(operator, owner) {
    return { Sr25519: hex0x(operator.sign(tagged('deai/compute/op/1', this.on.author.genesisHash, owner.account))) };
  }

  /** [pallet.call, optionally with what is special, its bytes, key, steps before: [call, key], ticks to wait, or a change of raw state]. */
  calls(at) { return [...this.jobCalls(at), ...this.bidCalls(at), ...this.providerCalls(at), ...this.moneyCalls(at), ...this.slashCalls(at), ...this.rewardCalls(at)]; }

  jobCalls({ settled, working, revealing, done, ready, relay, offered, next }) {
    const { make, owner } = this, client = this.client_, post = (more = {}) => make.submit(make.spec(this.model, more));
    const dusty = blake2_256(u32le(7)), dust = () => this.put('jobs', 'due', [hex0x(dusty)], le(1000, 16));
    const seat = offered.seats, decline = number => make.jobs('decline', offered.job, number, 'Busy');
    return [
      ['Jobs.submit_job', post(), client], ['Jobs.submit_job (direct, dependent)', post({ mode: 'Direct', n: 1, q: 1, allow: [hex0x(this.providers[0].account)], deps: [settled] }), client],
      ['Jobs.top_up', make.jobs('topUp', next, 2n * UNIT), client, [[post(), client]]],
      ['Jobs.cancel_job (not drawn)', make.jobs('cancelJob', next), client, [[post(), client]]], ['Jobs.cancel_job (drawn)', make.jobs('cancelJob', offered.job), client],
      ['Jobs.assign', make.jobs('assign', ready, relay), owner],
      ['Jobs.accept', make.jobs('accept', offered.job, 0), seat[0]], ['Jobs.decline', decline(0), seat[0]],
      ['Jobs.decline (no reserve)', decline(1), seat[1], [[decline(0), seat[0]]]], ['Jobs.redraw', make.jobs('redraw', offered.job, 0), owner, [ACCEPT + 1]],
      ['Jobs.commit', make.commit(working.job, 0, working.seats[0].account, this.answer(working.job)), working.seats[0]],
      ['Jobs.reveal', make.jobs('reveal', revealing.job, 0, this.answer(revealing.job), '0x'), revealing.seats[0]],
      ['Jobs.finalise', make.jobs('finalise', done.job), owner], ['Jobs.finalise (nobody committed)', make.jobs('finalise', working.job), owner, [COMMIT + 1]],
      ['Jobs.rate', make.jobs('rate', done.job, 90), client, [[make.jobs('finalise', done.job), owner]]],
      ['Jobs.remove_job', make.jobs('removeJob', settled), client, [KEEP]],
      ['Jobs.claim_due', make.jobs('claimDue', hex0x(this.providers[0].account)), owner], ['Jobs.sweep_due', make.jobs('sweepDue', hex0x(dusty)), owner, [dust]],
    ];
  }

  bidCalls({ next }) {
    const { make, owner, providers } = this, client = this.client_, [first] = providers;
    const open = (job, key) => make.jobs('bid', job, hex0x(make.bidHash(job, key.account, PRICE, SALT)));
    const posted = [make.submit(make.spec(this.model, { mode: 'SealedBid' })), client], show = make.jobs('revealBid', next, PRICE, SALT_HEX);
    const bids = providers.map(key => [open(next, key), key]), three = [next, next + 1, next + 2];
    // Three bids that stay sealed are three strikes.
    const jailed = [posted, posted, posted, ...three.map(job => [open(job, first), first]), ACCEPT + REVEAL + 1, ...three.map(job => [make.jobs('assign', job, 0), owner])];
    return [
      ['Jobs.submit_job (bids)', ...posted], ['Jobs.bid', open(next, first), first, [posted]], ['Jobs.reveal_bid', show, first, [posted, bids[0], ACCEPT + 1]],
      ['Jobs.assign (bids)', make.jobs('assign', next, 0), owner, [posted, ...bids, ACCEPT + 1, ...providers.map(key => [show, key]), REVEAL]],
      ['Compute.unjail', make.compute('unjail'), first, [...jailed, JAIL]],
    ];
  }

  providerCalls({ free, next }) {
    const { make, stranger, owner } = this, operator = devKey('Judy'), hash = `0x${'33'.repeat(32)}`, account = hex0x(stranger.account);
    const registered = [make.register(stranger), stranger], chilled = [make.compute('chill'), free], pool = this.value('compute', 'nextPool').toNumber();
    const gone = [registered, [make.compute('chill'), stranger], [make.compute('requestUnbond', BOND), stranger], UNBOND, [make.compute('withdraw', pool, 16), stranger]];
    const update = { payout: account, region: 2, slots: 9, capsHash: hash, metaHash: hash };
    return [
      ['Compute.register_provider', ...registered],
      ['Compute.register_provider (another operator)', make.register(stranger, { operator: hex0x(operator.account), consent: this.consent(operator, stranger) }), stranger],
      ['Compute.update_provider', make.compute('updateProvider', update), free],
      ['Compute.rotate_operator', make.compute('rotateOperator', hex0x(operator.account), this.consent(operator, free)), free],
      ['Compute.rotate_enc_key', make.compute('rotateEncKey', hash), free],
      ['Compute.set_commission (lower)', make.compute('setCommission', 1), free], ['Compute.set_commission (higher)', make.compute('setCommission', 105000000), free],
      ['Compute.advertise', make.advertise(this.model - 1, PRICE), free], ['Compute.update_price', make.compute('updatePrice', this.model, PRICE, null), free],
      ['Compute.refresh_ask', make.compute('refreshAsk', this.model), free], ['Compute.withdraw_ad', make.compute('withdrawAd', this.model), free],
      ['Compute.sweep_ad', make.compute('sweepAd', this.model, hex0x(free.account)), owner, [chilled, EPOCH]],
      ['Compute.heartbeat', make.compute('heartbeat'), free], ['Compute.chill', ...chilled], ['Compute.resume', make.compute('resume'), free, [chilled]],
      ['Compute.sweep_provider', make.compute('sweepProvider', account), owner, gone],
    ];
  }

  moneyCalls({ free }) {
    const { make, delegator, owner } = this, [, pool, other] = this.pools, leave = make.compute('undelegate', pool, 100n * UNIT);
    return [
      ['Compute.bond_more', make.compute('bondMore', UNIT), free], ['Compute.request_unbond', make.compute('requestUnbond', UNIT), free],
      ['Compute.request_unbond (all)', make.compute('requestUnbond', BOND), this.stranger, [[make.register(this.stranger), this.stranger], [make.compute('chill'), this.stranger]]],
      ['Compute.delegate', make.compute('delegate', pool, UNIT), delegator], ['Compute.undelegate', leave, delegator],
      ['Compute.undelegate (all)', make.compute('undelegate', pool, ALL), delegator], ['Compute.redelegate', make.compute('redelegate', pool, other, 100n * UNIT), delegator],
      ['Compute.withdraw', make.compute('withdraw', pool, 16), delegator, [[leave, delegator], UNBOND]],
      ['Compute.claim', make.compute('claim', pool), delegator], ['Compute.claim_due', make.compute('claimDue', hex0x(free.account)), owner],
    ];
  }

  slashCalls({ working, free }) {
    const { make, owner, delegator } = this, id = 1 + working.seats.indexOf(free);
    const silent = [[make.compute('undelegate', this.pools[1], 100n * UNIT), delegator], COMMIT + 1, [make.jobs('finalise', working.job), owner]];
    return [
      ['Compute.apply_slash', make.compute('applySlash', id), owner, [...silent, SLASH_DELAY]],
      ['Compute.cancel_slash (by sudo)', make.asRoot(make.compute('cancelSlash', id)), owner, silent],
    ];
  }

  rewardCalls({ unpaid }) {
    const { make, owner, facts: { epoch } } = this, who = { Provider: unpaid.account, Client: this.client_.account, Model: make.modelKey(this.model) };
    const settle = stream => make.rewards('settle', epoch, hex0x(who[stream]), stream);
    const lines = Object.keys(who).map(stream => ({ epoch, who: hex0x(who[stream]), stream }));
    return [
      ...Object.keys(who).map(stream => [`Rewards.settle (${stream.toLowerCase()})`, settle(stream), owner]),
      ['Rewards.settle_many (3)', make.rewards('settleMany', lines), owner], ['Rewards.expire (1)', make.rewards('expire', epoch, 1), owner, [EXPIRY]],
      ['Rewards.claim_due', make.rewards('claimDue', hex0x(who.Client)), owner, [[settle('Client'), owner]]],
      ['Rewards.set_schedule (by sudo)', make.asRoot(this.schedule()), owner], ['Rewards.set_fee_split (by sudo)', make.asRoot(make.rewards('setFeeSplit', FEES)), owner],
      ['Rewards.close_epoch', make.rewards('closeEpoch', epoch), owner],
    ];
  }

  /** Calls of the metadata that no probe makes. */
  missing() {
    const probed = new Set(this.list.map(([name]) => name.split(' ')[0]));
    return PALLETS.flatMap(pallet => Object.keys(this.client.tx[pallet.toLowerCase()]).map(name => `${pallet}.${snake(name)}`)).filter(name => !probed.has(name));
  }

  // ---- measuring. Nothing is kept ----

  put(pallet, item, keys, bytes) { this.on.chain.storage.put(this.client.key(pallet, item, ...keys), bytes); }

  wait(ticks) {
    const { raw, now } = this.time();
    this.put('clock', 'time', [], Uint8Array.from([...u32le(now + ticks), ...raw.subarray(4)]));
  }

  run(method, bytes) {
    const answer = this.on.chain.call(method, bytes);
    if (answer.trap !== undefined) throw new Error(`${method}: ${answer.trap}`);
    return answer;
  }

  /** Applies an extrinsic, which has to succeed; also what sudo wraps. */
  extrinsic(name, bytes) {
    const answer = this.run('BlockBuilder_apply_extrinsic', bytes);
    if (hex0x(answer.result) !== '0x0000') throw new Error(`${name}: ${hex0x(answer.result)}`);
    if (name.endsWith('(by sudo)')) {
      const told = this.client.eventList(this.state.get(this.client.key('system', 'events'))).filter(event => event.name === 'sudo.Sudid').at(-1);
      if (JSON.stringify(told?.data) !== '[{"ok":null}]') throw new Error(`${name}: ${JSON.stringify(told?.data)}`);
    }
    return answer;
  }

  /** One probe in the open block. What is signed once serves for all states: they differ in nothing that is signed. */
  probe(probe) {
    const [name, call, key, steps = []] = probe, signed = probe[4] ??= [];
    const apply = (index, bytes, who) => this.extrinsic(index < steps.length ? `${name}, step ${index}` : name, signed[index] ??= this.on.signed(bytes, who));
    for (const [i, step] of steps.entries()) {
      if (typeof step === 'number') this.wait(step);
      else if (typeof step === 'function') step();
      else apply(i, ...step);
    }
    return apply(steps.length, call, key);
  }

  open() {
    const opened = this.run('Core_initialize_block', this.header);
    return [opened, ...this.inherents.map((bytes, i) => this.extrinsic(`inherent ${i}`, bytes))];
  }

  /** Applies a call in a block of its own, as one more probe; `look` is given its answer before all is undone. */
  async once(probe, look = answer => answer) {
    return within(this.on.chain.storage, () => {
      this.open();
      return look(this.probe(probe));
    });
  }

  /** 64 lines of a stream, each of somebody else; providers have pools and payouts of their own. */
  settleMost(stream, accounts) {
    const { make, owner, facts: { epoch } } = this, number = { Client: 0, Provider: 1 }[stream], { registry } = this.client;
    const lines = accounts.map(who => ({ epoch, who: hex0x(who), stream })), [key] = this.providers, record = this.value('compute', 'providers', hex0x(key.account));
    const stored = this.state.get(this.client.key('compute', 'pools', record.pool));
    const fill = () => accounts.forEach((who, i) => {
      this.put('rewards', 'points', [epoch, hex0x(who), number], le(10000000, 16));
      if (stream !== 'Provider') return;
      record.set('pool', registry.createType('u32', 1e9 + i)).set('payout', registry.createType('AccountId', blake2_256(who)));
      this.put('compute', 'providers', [hex0x(who)], record.toU8a());
      this.put('compute', 'pools', [1e9 + i], stored);
    });
    return ['Rewards.settle_many (64)', make.rewards('settleMany', lines), owner, [fill]];
  }

  /** Distinct records of the market's pallets that `work` reads and writes. */
  async touched(work) {
    const { storage } = this.on.chain, heads = [...PALLETS, 'Models'].map(name => toHex(twox_128(utf8(name)))), { get, put, run } = { get: storage.get, put: storage.put, run: this.run };
    const reads = new Set(), writes = new Set(), ours = key => heads.includes(key.slice(0, 32));
    // What counts is what the last call of a probe does.
    this.run = (...args) => {
      reads.clear();
      writes.clear();
      storage.get = (key, ...more) => {
        if (ours(key)) reads.add(key);
        return get.call(storage, key, ...more);
      };
      storage.put = (key, ...more) => {
        if (ours(key)) writes.add(key);
        put.call(storage, key, ...more);
      };
      try { return run.apply(this, args); } finally {
        delete storage.get;
        delete storage.put;
      }
    };
    try { await work(); } finally { delete this.run; }
    return [reads.size, writes.size];
  }

  /** What a draw costs, [host calls, instructions], in a book of which the cheapest `classes` have `asks` asks of nobody each. */
  async book(asks, classes) {
    const ask = n => concat(blake2_256(u32le(n)), le(1, 8), le(1000000, 8), new Uint8Array(12)), { model } = this;
    const fill = () => {
      this.put('compute', 'askBits', [model, 0], Uint8Array.from({ length: 32 }, (_, i) => (8 * i < classes ? 0xff >> Math.max(8 * (i + 1) - classes, 0) : 0)));
      for (let tick = 0; tick < classes; tick++) this.put('compute', 'askTick', [model, 0, tick], vector(Array.from({ length: asks }, (_, i) => ask(tick * 64 + i))));
    };
    const [name, call, key] = this.list.find(([title]) => title === 'Jobs.assign');
    return this.once([name, call, key, [fill]], ({ calls, instructions }) => [calls, instructions]);
  }

  /** The answer of the first inherent, in a block that ends an epoch. */
  endEpoch() {
    return within(this.on.chain.storage, () => {
      this.wait(EPOCH - 1 - (this.time().now % EPOCH));
      this.run('Core_initialize_block', this.header);
      const answer = this.extrinsic('inherent 0', this.inherents[0]);
      const closed = this.client.eventList(this.state.get(this.client.key('system', 'events'))).some(event => event.name === 'rewards.EpochClosed');
      if (!closed) throw new Error('no epoch was closed');
      return answer;
    });
  }

  /** {name: [host calls, instructions]} of calls and hooks; `seen` is called where each has changed the state. */
  async measure(seen = () => {}) {
    const rows = new Map(), { storage } = this.on.chain, note = (name, { calls, instructions }) => rows.set(name, [calls, instructions]);
    await within(storage, async () => {
      const [opened, ...inherents] = this.open();
      note('on_initialize', opened);
      inherents.forEach((answer, i) => note(`inherent ${i}`, answer));
      for (const probe of this.list) {
        await within(storage, () => {
          note(probe[0], this.probe(probe));
          seen();
        });
      }
      note('on_finalize', this.run('BlockBuilder_finalize_block', new Uint8Array(0)));
    });
    note('inherent 0, an epoch\'s roll-over', await this.endEpoch());
    return rows;
  }
}
