// Calls of the market that make sense one after the other: providers, delegations, asks, jobs from submission to settlement, epochs;
// each now and then by the wrong account, at the wrong time or with a wrong argument.
import { concat, fromHex, hex0x, le, readU32, toHex, u32le, utf8 } from '../host/bytes.mjs';
import { blake2_256, twox_128 } from '../host/hashes.mjs';
import { Market, UNIT } from '../host/market.mjs';
import { Models } from '../host/models.mjs';

const SALT = new Uint8Array(16).fill(9), STAGE_DELAY = 10, EPOCH = 14400, SEED_DELAY = 6;
const MOST_TRIES = 4, MODELS = 2, LIVE_JOBS = 4, SERVERS = 4, ACTIVATION = 100, STALE = 500;
/** Whoever has less is made rich by Root, whatever other calls did to the account. */
const MILLI = UNIT / 1000n, LEAST = 12000n * UNIT, RICH = 60000n * UNIT;

export class MarketFlow {
  static fits(client) { return Market.fits(client) && Models.fits(client); }

  constructor(client, random) {
    Object.assign(this, { client, random });
    this.make = new Market(client);
    this.models = new Models(client);
    Object.assign(this, { start: null, opening: false, tries: 0, licence: 0 });
    this.ids = [];
  }

  /** After the answer to the last call: an opening step that did not work (some are spoilt) is tried again. */
  applied(result) {
    if (!this.opening) return;
    this.opening = false;
    if ((result?.[0] === 0 && result[1] === 0) || ++this.tries === MOST_TRIES) {
      this.start.shift();
      this.tries = 0;
    }
  }

  give(call, key) { return { call, key }; }

  value(generator, pallet, item, ...keys) {
    const raw = generator.state().get(this.client.key(pallet, item, ...keys)), value = this.client.value(pallet, item, raw);
    return value?.isSome ? value.unwrap() : value?.isNone ? undefined : value;
  }

  time(generator) {
    const raw = generator.state().get(this.client.key('clock', 'time'));
    return { raw, now: readU32(raw), relay: readU32(raw, 4) };
  }

  /** Root moves the market's clock: epochs are longer than any test. */
  jump(generator, now) {
    const { raw } = this.time(generator), key = this.client.key('clock', 'time');
    const value = Uint8Array.from([...u32le(now), ...raw.subarray(4)]);
    return this.give(this.make.asRoot(this.client.call('system', 'setStorage', [[`0x${key}`, hex0x(value)]])), generator.root);
  }

  /** Models with a Live version of their own first; other flows make models too, so ids are read. */
  bootstrap(generator) {
    if (!this.start) {
      const owner = generator.root, next = () => this.value(generator, 'models', 'nextModelId')?.toNumber() ?? 1;
      this.start = [() => {
        this.licence = this.value(generator, 'models', 'nextLicence')?.toNumber() ?? 1;
        return this.models.licence({ flags: 2 });
      }];
      for (let i = 0; i < MODELS; i++) {
        this.start.push(() => {
          this.ids[i] = next();
          return this.models.register(this.licence, [owner]);
        });
        this.start.push(() => this.models.stage(owner, this.ids[i], this.spec(this.ids[i], i), SALT));
      }
      this.start.push(() => this.jump(generator, this.time(generator).now + STAGE_DELAY).call);
      for (let i = 0; i < MODELS; i++) this.start.push(() => this.models.activate(this.ids[i], 1, this.spec(this.ids[i], i), SALT));
      this.start.push(...this.openings(generator));
    }
    const step = this.start[0]?.();
    this.opening = Boolean(step);
    return step && (step.call ? step : this.give(step, generator.root));
  }

  /** Providers with stakes and asks; others come by chance. */
  openings(generator) {
    const { make } = this, servers = generator.keys.slice(1, 1 + SERVERS), price = i => BigInt(500 + 100 * i) * MILLI / 10n;
    return [
      ...generator.keys.slice(1, 6).map(key => () => this.enrich(generator, key).call),
      ...servers.map(key => () => this.give(make.register(key, { bond: 4000n * UNIT }), key)),
      ...servers.slice(1).map((key, i) => () => this.give(make.compute('delegate', 1 + i, 200n * UNIT), key)),
      () => this.jump(generator, EPOCH + ACTIVATION),
      ...servers.map(key => () => this.give(make.compute('heartbeat'), key)),
      ...Array(MODELS).fill(0).flatMap((_, m) =>
        servers.map((key, i) => () => this.give(make.advertise(this.ids[m], price(i)), key))),
    ];
  }

  enrich(generator, key) {
    return this.give(this.make.asRoot(this.client.call('balances', 'forceSetBalance', { Id: hex0x(key.account) }, RICH)), generator.root);
  }

  /** Raw keys of a storage map behind its prefix. */
  keysOf(generator, pallet, item) {
    const prefix = toHex(concat(twox_128(utf8(pallet)), twox_128(utf8(item))));
    return [...generator.state().keys()].filter(key => key.startsWith(prefix)).sort().map(key => fromHex(key.slice(prefix.length)));
  }

  /** The second model's results are inexact. */
  spec(id, i) {
    const inexact = { profile: 'Tolerance', fpParams: { topk: 4, maxExpMiss: 1, meanMantissa: 8, minOverlap: 3 } };
    return this.models.spec(blake2_256(concat(Uint8Array.of(0x6d), u32le(id))), i === 1 ? inexact : {});
  }

  next(generator) {
    const first = this.bootstrap(generator);
    if (first) return first;
    const { random } = this, who = random.pick(generator.keys.slice(1, 6));
    if (generator.info(who.account).free < LEAST) return this.enrich(generator, who);
    const server = generator.keys.slice(1, 1 + SERVERS).find(key => this.isStale(generator, key));
    if (server && random.chance(80)) return this.heartbeat(generator, server);
    const step = random.weighted({
      provider: 4, stake: 8, ask: 6, heartbeat: 2, wait: 3, submit: 10, job: 90, money: 16, odd: 1,
    });
    return this[step](generator, who) ?? this.job(generator, who);
  }

  isStale(generator, key) {
    const provider = this.value(generator, 'compute', 'providers', hex0x(key.account));
    return provider !== undefined && this.time(generator).now - provider.lastSeen.toNumber() >= STALE;
  }

  provider(generator, who) {
    const { random, make } = this, bond = (2000n + BigInt(random.below(4000))) * UNIT - (random.chance(6) ? UNIT * 3000n : 0n);
    if (!this.value(generator, 'compute', 'providers', hex0x(who.account))) {
      return this.give(make.register(who, { bond, region: random.below(66), slots: random.below(9), commission: random.below(310000000) }), who);
    }
    return this.give(random.pick([
      () => (random.chance(40) ? make.compute('chill') : make.compute('resume')), () => make.compute('resume'), () => make.compute('resume'), () => make.compute('unjail'),
      () => make.compute('bondMore', BigInt(random.below(500)) * UNIT), () => make.compute('requestUnbond', BigInt(random.below(300)) * UNIT),
      () => make.compute('setCommission', random.below(310000000)), () => make.compute('rotateEncKey', hex0x(random.bytes(32))),
      () => make.compute('updateProvider', { payout: hex0x(random.pick(generator.keys).account), region: null, slots: 3 + random.below(9), capsHash: null, metaHash: null }),
    ])(), who);
  }

  stake(generator, who) {
    const { random, make } = this, pool = 1 + random.below(6), shares = BigInt(random.below(300)) * UNIT + BigInt(random.below(3));
    return this.give(random.pick([
      () => make.compute('delegate', pool, shares), () => make.compute('delegate', pool, shares), () => make.compute('undelegate', pool, shares),
      () => make.compute('redelegate', pool, 1 + random.below(6), shares), () => make.compute('withdraw', pool, random.below(18)), () => make.compute('claim', pool),
    ])(), who);
  }

  ask(generator, who) {
    const { random, make } = this, model = random.pick(this.ids), price = random.chance(95) ? BigInt(1 + random.below(2000)) * MILLI / 10n : random.big(64);
    const evict = random.chance(10) ? hex0x(random.pick(generator.keys).account) : null;
    return this.give(random.pick([
      () => make.advertise(model, price, { evict, validUntil: random.chance(90) ? 0xffffffff : this.time(generator).now + random.below(50) }),
      () => make.advertise(model, price), () => make.compute('refreshAsk', model), () => make.compute('refreshAsk', model), () => make.compute('updatePrice', model, price, evict), () => make.compute('refreshAsk', model),
      () => make.compute('withdrawAd', model), () => make.compute('sweepAd', model, hex0x(random.pick(generator.keys).account)),
    ])(), who);
  }

  heartbeat(generator, who) { return this.give(this.make.compute('heartbeat'), who); }

  /** Mostly short steps, so that deadlines pass; now and then to the end of the epoch. */
  wait(generator) {
    const { now } = this.time(generator), { random } = this;
    return this.jump(generator, random.chance(25) ? (Math.floor(now / EPOCH) + 1) * EPOCH - 1 : now + 1 + random.below(random.pick([6, 12, 110])));
  }

  submit(generator, who) {
    const { random, make } = this, mode = random.weighted({ Redundant: 10, Direct: 4, SealedBid: 4, Optimistic: 1 });
    const n = mode === 'Direct' ? 1 : 1 + random.below(3), windows = { accept: 20 + random.below(60), commit: 40 + random.below(60), reveal: 40 + random.below(40), challenge: 0 };
    const chosen = mode === 'Direct' || random.chance(12) ? [hex0x(random.pick(generator.keys.slice(1, 6)).account)] : [];
    const spec = make.spec(random.pick(this.ids), {
      mode, n, q: random.chance(95) ? Math.floor(n / 2) + 1 : random.below(4), windows, unitsMax: 10 + random.below(20), allow: chosen,
      limit: BigInt(random.chance(90) ? 1000 + random.below(2000) : 1 + random.below(900)) * MILLI / 10n, tip: random.chance(30) ? random.big(40) : 0, regionMask: random.chance(8) ? random.big(64) : 0,
      version: random.chance(97) ? 1 : 2, minRepPpm: random.chance(10) ? random.below(700000) : 0,
    });
    const need = make.need(spec) + (random.chance(4) ? 1n : 0n);
    return this.give(make.submit(spec, need), random.chance(92) ? generator.keys[5] : who);
  }

  /** The ids of some of the newest jobs. */
  recent(generator) {
    const next = this.value(generator, 'jobs', 'nextJob')?.toNumber() ?? 1;
    return next === 1 ? null : Math.max(1, next - 1 - this.random.below(LIVE_JOBS));
  }

  job(generator, who) {
    const id = this.recent(generator);
    if (id === null) return this.submit(generator, who);
    const job = this.value(generator, 'jobs', 'jobs', id);
    if (!job) return this.give(this.make.jobs('finalise', id), who);
    const by = { Ready: 'ready', Bidding: 'bidding', Offered: 'offered', Working: 'working', Revealing: 'working' }[job.state.type] ?? 'over';
    return this[by](generator, id, job, who) ?? (this.random.chance(60) ? this.anyMoney(generator, who) : this.stake(generator, who));
  }

  clientKey(generator, job) { return generator.keys.find(key => hex0x(key.account) === job.client.toHex()) ?? generator.root; }

  ready(generator, id, job, who) {
    const { random, make } = this, draw = this.value(generator, 'jobs', 'draws', id), { relay } = this.time(generator);
    const least = (draw?.armedRelay.toNumber() ?? 0) + SEED_DELAY;
    if (relay < least && random.chance(90)) return null;
    if (random.chance(12)) return this.give(random.pick([() => make.jobs('cancelJob', id), () => make.jobs('topUp', id, random.big(42))])(), this.clientKey(generator, job));
    return this.give(make.jobs('assign', id, random.chance(85) ? least : relay - random.below(4)), who);
  }

  bidding(generator, id, job, who) {
    const { random, make } = this, { now } = this.time(generator), price = BigInt(1 + (id * 7) % 2000) * MILLI / 10n;
    if (now <= job.deadline.toNumber()) return this.give(make.jobs('bid', id, hex0x(make.bidHash(id, who.account, price, SALT))), who);
    return random.chance(60) ? this.give(make.jobs('revealBid', id, price, hex0x(SALT)), who) : this.give(make.jobs('assign', id, 0), who);
  }

  /** A seat of the job, and the key of its provider. */
  seat(generator, id, job) {
    const open = [...Array(job.n.toNumber()).keys()].filter(i => {
      const state = this.value(generator, 'jobs', 'seats', id, i)?.state;
      return state?.isOffered || (job.state.isWorking && state?.isAccepted) || (job.state.isRevealing && state?.isCommitted);
    });
    const number = open.length && this.random.chance(92) ? this.random.pick(open) : this.random.below(job.n.toNumber() + 1), seat = this.value(generator, 'jobs', 'seats', id, number);
    const key = seat && generator.keys.find(item => hex0x(item.account) === seat.provider.toHex());
    return { number, seat, key: key && this.random.chance(95) ? key : this.random.pick(generator.keys) };
  }

  offered(generator, id, job, who) {
    const { random, make } = this, { number, key } = this.seat(generator, id, job), step = random.weighted({ accept: 60, decline: 3, redraw: 5, cancel: 1 });
    if (step === 'redraw') return this.give(make.jobs('redraw', id, number), who);
    if (step === 'cancel') return this.give(make.jobs('cancelJob', id), this.clientKey(generator, job));
    return this.give(step === 'accept' ? make.jobs('accept', id, number) : make.jobs('decline', id, number, random.pick(['Busy', 'Policy'])), key);
  }

  /** What a seat answers follows from job and seat, so that its reveal fits its commitment; some answer wrongly. */
  answer(job, id, number) {
    const wrong = (id * 5 + number) % 7 === 0, tolerant = job.profile.isTolerance, fp = tolerant
      ? concat(...[3, 8, 20, 41].map((index, i) => concat(le(index, 2), le(0x3f80 + i * 16 + (number % 3) + (wrong ? 0x400 : 0), 2)))) : new Uint8Array(0);
    const more = { units: 1 + (id % Math.max(1, job.unitsMax.toNumber())), salt: hex0x(SALT), fpHash: tolerant ? hex0x(this.make.fingerprintHash(fp)) : `0x${'00'.repeat(32)}` };
    return { result: this.make.result(blake2_256(u32le(id * 16 + (wrong ? number : 15))), more), fp };
  }

  working(generator, id, job, who) {
    const { random, make } = this, { number, seat, key } = this.seat(generator, id, job);
    if (!seat || random.chance(seat.state.isRevealed ? 80 : 12)) return this.give(make.jobs('finalise', id), who);
    const { result, fp } = this.answer(job, id, number), early = seat.state.isAccepted && !(job.n.toNumber() === 1 && random.chance(90));
    if (early && random.chance(92)) return this.give(make.commit(id, number, seat.provider.toU8a(), result), key);
    return this.give(make.jobs('reveal', id, number, random.chance(96) ? result : { ...result, units: result.units + 1 }, hex0x(fp)), key);
  }

  over(generator, id, job, who) {
    const { random, make } = this;
    return this.give(random.pick([
      () => make.jobs('rate', id, random.below(104)), () => make.jobs('removeJob', id), () => make.jobs('finalise', id),
    ])(), random.chance(70) ? this.clientKey(generator, job) : who);
  }

  money(generator, who) {
    const { random, make } = this, waiting = random.pick(['line', 'slash', 'any']), closed = Math.floor(this.time(generator).now / EPOCH);
    const key = this.keysOf(generator, 'Rewards', 'Points').find(item => readU32(item, 8) < closed);
    if (waiting === 'line' && key) {
      const stream = { 0: 'Client', 1: 'Provider', 6: 'Model' }[key[68]];
      return this.give(make.rewards('settle', readU32(key, 8), hex0x(key.slice(28, 60)), stream), who);
    }
    const [slash] = waiting === 'slash' ? this.keysOf(generator, 'Compute', 'Slashes') : [];
    return slash ? this.give(make.compute('applySlash', readU32(slash, 8)), who) : this.anyMoney(generator, who);
  }

  anyMoney(generator, who) {
    const { random, make } = this, epoch = Math.max(0, Math.floor(this.time(generator).now / EPOCH) - random.below(3));
    const stream = random.pick(['Client', 'Provider', 'Model']), owner = stream === 'Model' ? make.modelKey(random.pick(this.ids)) : random.pick(generator.keys).account;
    return this.give(random.pick([
      () => make.rewards('settle', epoch, hex0x(owner), stream), () => make.rewards('settle', epoch, hex0x(owner), stream),
      () => make.rewards('settleMany', [{ epoch, who: hex0x(owner), stream }, { epoch, who: hex0x(who.account), stream: 'Provider' }]),
      () => make.rewards('expire', epoch, random.below(66)), () => make.rewards('claimDue', hex0x(owner)), () => make.compute('claimDue', hex0x(owner)),
      () => make.jobs('claimDue', hex0x(owner)), () => make.jobs('sweepDue', hex0x(owner)), () => make.compute('applySlash', 1 + random.below(6)),
      () => make.compute('sweepProvider', hex0x(owner)),
    ])(), who);
  }

  /** Root's calls. */
  odd(generator) {
    const { random, make } = this;
    return this.give(make.asRoot(random.pick([
      () => make.compute('cancelSlash', 1 + random.below(6)),
      () => make.rewards('setSchedule', { kappa: random.below(1000000001), workCap: random.big(60), capacity: random.big(50) }),
      () => make.rewards('setFeeSplit', { provider: 780000000, model: 100000000, auditors: 0, treasury: 30000000, burn: 90000000 + (random.chance(30) ? 1 : 0) }),
    ])()), generator.root);
  }
}
