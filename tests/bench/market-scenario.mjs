// The market's calls, each in a state where it has its usual work: a job of three seats on a model with four ancestors, served by
// providers two of whom have delegated pools.
import { hex0x, readU32, u32le } from '../host/bytes.mjs';
import { devKey } from '../host/crypto.mjs';
import { blake2_256 } from '../host/hashes.mjs';
import { Market, UNIT } from '../host/market.mjs';
import { Models } from '../host/models.mjs';

const PER_BLOCK = 8, STAGE_DELAY = 10, EPOCH = 14400, ACTIVATION = 100, SEED_DELAY = 6, RATE = 50000000;
const SALT = new Uint8Array(16).fill(6), SALT_HEX = hex0x(SALT);

export class MarketScenario {
  static fits(client) { return Market.fits(client) && Models.fits(client); }

  /** @param scenario scenario.mjs#Scenario between two blocks */
  constructor(scenario) {
    this.on = scenario;
    this.client = scenario.client;
    this.make = new Market(this.client);
    this.models = new Models(this.client);
    this.owner = scenario.alice;
    this.client_ = devKey('Ferdie');
    this.providers = ['Bob', 'Charlie', 'Dave'].map(name => devKey(name));
    this.delegator = devKey('Eve');
  }

  get state() { return this.on.chain.state; }
  value(pallet, item, ...keys) { return this.client.value(pallet, item, this.state.get(this.client.key(pallet, item, ...keys))); }

  /** Applies calls, some to a block. Items: [call, row name or null, key]. */
  async apply(items) {
    for (let at = 0; at < items.length; at += PER_BLOCK) {
      await this.on.open();
      for (const [call, name = null, key = this.owner] of items.slice(at, at + PER_BLOCK)) await this.on.apply(call, key, name && `apply ${name}`);
      await this.on.close();
    }
  }

  time() {
    const raw = this.state.get(this.client.key('clock', 'time'));
    return { raw, now: readU32(raw), relay: readU32(raw, 4) };
  }

  /** Moves the market's clock: waiting for an epoch block by block would take hours. */
  jump(now) {
    const { raw } = this.time();
    this.state.set(this.client.key('clock', 'time'), Uint8Array.from([...u32le(now), ...raw.subarray(4)]));
  }

  async nextEpoch() {
    const { now } = this.time();
    this.jump((Math.floor(now / EPOCH) + 1) * EPOCH - 1);
    await this.on.emptyBlocks(1);
  }

  spec(model) { return this.models.spec(blake2_256(u32le(0x70000000 + model))); }

  /** A model with four parents; answers its id. */
  async lineage() {
    const { models, owner } = this, licence = this.value('models', 'nextLicence')?.toNumber() ?? 1;
    const first = this.value('models', 'nextModelId')?.toNumber() ?? 1, ids = [0, 1, 2, 3, 4].map(i => first + i), child = ids[4];
    const activate = id => [models.activate(id, 1, this.spec(id), SALT)];
    await this.apply([[models.licence()], ...ids.map(() => [models.register(licence, [owner])])]);
    await this.apply(ids.map(id => [models.stage(owner, id, this.spec(id), SALT)]));
    await this.on.emptyBlocks(STAGE_DELAY);
    await this.apply(ids.slice(0, 4).map(activate));
    await this.apply([[models.parents(child, ids.slice(0, 4).map(id => [id, RATE]))]]);
    await this.apply([activate(child)]);
    return child;
  }

  async serve() {
    const { make, providers, delegator } = this;
    await this.apply(providers.map((key, i) => [make.register(key), i === 0 ? 'Compute.register_provider' : null, key]));
    const pool = key => this.value('compute', 'providers', hex0x(key.account)).pool.toNumber();
    this.pools = providers.map(pool);
    await this.apply([
      [make.compute('bondMore', 1000n * UNIT), 'Compute.bond_more', providers[0]],
      [make.compute('delegate', this.pools[0], 500n * UNIT), 'Compute.delegate', delegator],
      [make.compute('delegate', this.pools[1], 900n * UNIT), null, delegator],
    ]);
    await this.nextEpoch();
    this.jump(this.time().now + ACTIVATION);
    await this.apply(providers.map((key, i) => [make.compute('heartbeat'), i === 0 ? 'Compute.heartbeat' : null, key]));
    await this.apply(providers.map((key, i) => [make.advertise(this.model, 1000000000 * (8 + i)), i === 0 ? 'Compute.advertise' : null, key]));
    await this.apply([
      [make.compute('updatePrice', this.model, 7000000000, null), 'Compute.update_price', providers[0]],
      [make.compute('refreshAsk', this.model), 'Compute.refresh_ask', providers[0]],
    ]);
    await this.on.emptyBlocks(2);
  }

  /** Empty blocks until the randomness of a draw armed now is kept; answers the relay block. */
  async randomness() {
    const least = this.time().relay + SEED_DELAY;
    while (this.time().relay < least) await this.on.emptyBlocks(1);
    return this.time().relay;
  }

  lastJob() { return this.value('jobs', 'nextJob').toNumber() - 1; }
  seats(job) { return [0, 1, 2].map(i => this.value('jobs', 'seats', job, i)); }
  keyOf(account) { return this.providers.find(key => hex0x(key.account) === account.toHex()); }

  async draw(note) {
    const { make } = this;
    await this.apply([[make.submit(make.spec(this.model)), note && 'Jobs.submit_job', this.client_]]);
    const job = this.lastJob(), relay = await this.randomness();
    await this.apply([[make.jobs('assign', job, relay), note && 'Jobs.assign (3 seats)']]);
    return { job, seats: this.seats(job).map(seat => this.keyOf(seat.provider)) };
  }

  async whole() {
    const { make } = this, { job, seats } = await this.draw(true);
    const results = seats.map(() => make.result(blake2_256(u32le(job))));
    await this.apply(seats.map((key, i) => [make.jobs('accept', job, i), i === 0 ? 'Jobs.accept' : i === 2 ? 'Jobs.accept (the last)' : null, key]));
    await this.apply(seats.map((key, i) => [make.commit(job, i, key.account, results[i]), i === 0 ? 'Jobs.commit' : i === 2 ? 'Jobs.commit (the last)' : null, key]));
    await this.apply(seats.map((key, i) => [make.jobs('reveal', job, i, results[i], '0x'), i === 0 ? 'Jobs.reveal' : null, key]));
    await this.apply([[make.jobs('finalise', job), 'Jobs.finalise (3 seats, 2 pools, 4 ancestors)']]);
    await this.apply([[make.jobs('rate', job, 90), 'Jobs.rate', this.client_], [make.jobs('claimDue', hex0x(this.client_.account)), 'Jobs.claim_due']]);
    return job;
  }

  async others() {
    const { make } = this, { job, seats } = await this.draw(false);
    await this.apply([
      [make.jobs('decline', job, 0, 'Busy'), 'Jobs.decline (no reserve)', seats[0]],
      [make.submit(make.spec(this.model, { unitsMax: 9 })), null, this.client_],
    ]);
    const cancelled = this.lastJob();
    await this.apply([
      [make.jobs('topUp', cancelled, 2n * UNIT), 'Jobs.top_up', this.client_],
      [make.jobs('cancelJob', cancelled), 'Jobs.cancel_job', this.client_],
    ]);
    await this.bids();
  }

  async bids() {
    const { make, providers } = this, price = 5000000000n;
    await this.apply([[make.submit(make.spec(this.model, { mode: 'SealedBid' })), 'Jobs.submit_job (bids)', this.client_]]);
    const job = this.lastJob();
    await this.apply(providers.map((key, i) => [make.jobs('bid', job, hex0x(make.bidHash(job, key.account, price, SALT))), i === 0 ? 'Jobs.bid' : null, key]));
    this.jump(this.time().now + 20);
    await this.apply(providers.map((key, i) => [make.jobs('revealBid', job, price, SALT_HEX), i === 0 ? 'Jobs.reveal_bid' : null, key]));
    this.jump(this.time().now + 50);
    await this.apply([[make.jobs('assign', job, 0), 'Jobs.assign (3 of 3 bids)']]);
    await this.apply([[make.jobs('cancelJob', job), null, this.client_]]);
  }

  /** The inherent of a block that crosses an epoch's boundary, less that of one that does not. */
  async rollOver() {
    const cost = async () => {
      await this.on.open(true);
      const row = this.on.rows.get('apply ParachainSystem.set_validation_data');
      await this.on.close();
      return row;
    };
    const kept = new Map(this.on.rows), plain = await cost(), { now } = this.time();
    this.jump((Math.floor(now / EPOCH) + 1) * EPOCH - 1);
    const rolled = await cost();
    for (const [name, row] of kept) this.on.rows.set(name, row);
    const row = { ...rolled };
    for (const [name, count] of Object.entries(rolled)) if (typeof count === 'number') row[name] = count - plain[name];
    row.names = Object.fromEntries(Object.entries(rolled.names).map(([name, count]) => [name, count - (plain.names[name] ?? 0)]).filter(([, count]) => count > 0));
    this.on.rows.set('the epoch\'s roll-over', row);
  }

  async money(epoch, winner) {
    const { make, delegator } = this, line = (who, stream) => ({ epoch, who: hex0x(who), stream });
    await this.apply([
      [make.rewards('settle', epoch, hex0x(winner.account), 'Provider'), 'Rewards.settle (provider)'],
      [make.rewards('settle', epoch, hex0x(this.client_.account), 'Client'), 'Rewards.settle (client)'],
      [make.rewards('settle', epoch, hex0x(make.modelKey(this.model)), 'Model'), 'Rewards.settle (model)'],
      [make.rewards('settleMany', [line(winner.account, 'Provider')]), 'Rewards.settle_many (1, settled)'],
      [make.rewards('claimDue', hex0x(this.client_.account)), 'Rewards.claim_due'],
      [make.compute('claimDue', hex0x(winner.account)), 'Compute.claim_due'],
    ]);
    const paid = this.pools.find(pool => (this.value('compute', 'pools', pool).acc.toBigInt()) > 0n);
    for (const key of this.providers) await this.settleLeft(epoch, key);
    await this.apply([
      [make.compute('claim', paid), 'Compute.claim', delegator],
      [make.compute('undelegate', paid, 100n * UNIT), 'Compute.undelegate', delegator],
      [make.compute('requestUnbond', 100n * UNIT), 'Compute.request_unbond', this.providers[0]],
      [make.compute('withdrawAd', this.model), 'Compute.withdraw_ad', this.providers[0]],
      [make.compute('chill'), 'Compute.chill', this.providers[0]],
    ]);
  }

  async settleLeft(epoch, key) {
    const left = this.state.get(this.client.key('rewards', 'points', epoch, hex0x(key.account), 1));
    if (left) await this.apply([[this.make.rewards('settle', epoch, hex0x(key.account), 'Provider')]]);
  }

  async run() {
    this.model = await this.lineage();
    await this.serve();
    const job = await this.whole(), epoch = Math.floor(this.time().now / EPOCH);
    const winner = this.keyOf(this.seats(job)[0].provider);
    await this.others();
    await this.rollOver();
    await this.money(epoch, winner);
    this.jump(this.time().now + 700);
    await this.apply([[this.make.jobs('removeJob', job), 'Jobs.remove_job', this.client_]]);
  }
}
