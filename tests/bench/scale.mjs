// scale.mjs [--short]   each call of the market, measured in a chain with few objects, then with 100, 10,000 and 1,000,000 live
// objects of each kind (--short: without the million). Host calls and instructions must not change by a single one.
import { hex0x, u32le } from '../host/bytes.mjs';
import { devKey } from '../host/crypto.mjs';
import { blake2_256 } from '../host/hashes.mjs';
import { UNIT } from '../host/market.mjs';
import { Report, runSuite } from '../host/report.mjs';
import { readBlob } from '../host/tools.mjs';
import { MarketScenario } from './market-scenario.mjs';
import { KINDS, describe, fill } from './scale-fill.mjs';
import { Scenario } from './scenario.mjs';

const SUITE = 'scale', COUNTS = process.argv.includes('--short') ? [100, 10000] : [100, 10000, 1000000];
const SALT = hex0x(new Uint8Array(16).fill(6)), EPOCH = 14400, PRICE = 5000000000n;

/** A chain with an object in every state that a call wants, and the calls: [name, signed extrinsic]. */
class Probes extends MarketScenario {
  async prepare() {
    const { make, on } = this;
    this.model = await this.lineage();
    await this.serve();
    const settled = await this.whole(), epoch = Math.floor(this.time().now / EPOCH), paid = this.keyOf(this.seats(settled)[0].provider);
    await this.nextEpoch();
    const free = this.providers.find(key => key !== paid); // nothing of it waits to be settled
    await this.settleLeft(epoch, free);
    await this.apply(this.providers.map(key => [make.compute('heartbeat'), null, key]));
    const working = await this.draw(false), revealing = await this.draw(false), done = await this.draw(false);
    await this.play(working, ['accept']);
    await this.play(revealing, ['accept', 'commit']);
    await this.play(done, ['accept', 'commit', 'reveal']);
    await this.apply([[make.submit(make.spec(this.model)), null, this.client_]]);
    const ready = this.lastJob(), relay = await this.randomness();
    // Last what has the shortest deadlines.
    const offered = await this.draw(false);
    await this.apply([[make.submit(make.spec(this.model, { mode: 'SealedBid' })), null, this.client_]]);
    const bidding = this.lastJob();
    await on.open();
    this.list = this.calls({ settled, epoch, paid, free, offered, working, revealing, done, bidding, ready, relay });
  }

  answer(job) { return this.make.result(blake2_256(u32le(job))); }

  async play({ job, seats }, steps) {
    const make = { accept: seat => this.make.jobs('accept', job, seat), commit: (seat, key) => this.make.commit(job, seat, key.account, this.answer(job)),
      reveal: seat => this.make.jobs('reveal', job, seat, this.answer(job), '0x') };
    for (const step of steps) await this.apply(seats.map((key, seat) => [make[step](seat, key), null, key]));
  }

  calls(at) {
    const { make, delegator, owner } = this, [first] = this.providers, client = this.client_, stranger = devKey('Alice');
    const list = [
      ['Jobs.submit_job', make.submit(make.spec(this.model)), client], ['Jobs.assign', make.jobs('assign', at.ready, at.relay), owner],
      ['Jobs.bid', make.jobs('bid', at.bidding, hex0x(make.bidHash(at.bidding, first.account, PRICE, new Uint8Array(16)))), first],
      ['Jobs.cancel_job', make.jobs('cancelJob', at.offered.job), client],
      ['Jobs.accept', make.jobs('accept', at.offered.job, 0), at.offered.seats[0]], ['Jobs.decline', make.jobs('decline', at.offered.job, 0, 'Busy'), at.offered.seats[0]],
      ['Jobs.commit', make.commit(at.working.job, 0, at.working.seats[0].account, this.answer(at.working.job)), at.working.seats[0]],
      ['Jobs.reveal', make.jobs('reveal', at.revealing.job, 0, this.answer(at.revealing.job), '0x'), at.revealing.seats[0]],
      ['Jobs.finalise', make.jobs('finalise', at.done.job), owner], ['Jobs.claim_due', make.jobs('claimDue', hex0x(at.paid.account)), owner],
      ['Compute.register_provider', make.register(stranger), stranger], ['Compute.heartbeat', make.compute('heartbeat'), first],
      ['Compute.update_price', make.compute('updatePrice', this.model, PRICE, null), first], ['Compute.refresh_ask', make.compute('refreshAsk', this.model), first],
      ['Compute.withdraw_ad', make.compute('withdrawAd', this.model), first], ['Compute.bond_more', make.compute('bondMore', UNIT), at.free],
      ['Compute.request_unbond', make.compute('requestUnbond', UNIT), first], ['Compute.set_commission', make.compute('setCommission', 1), first],
      ['Compute.claim_due', make.compute('claimDue', hex0x(at.paid.account)), owner], ['Compute.chill', make.compute('chill'), first],
      ['Rewards.settle (provider)', make.rewards('settle', at.epoch, hex0x(at.paid.account), 'Provider'), owner],
      ['Rewards.settle (client)', make.rewards('settle', at.epoch, hex0x(client.account), 'Client'), owner],
      ['Rewards.settle (model)', make.rewards('settle', at.epoch, hex0x(make.modelKey(this.model)), 'Model'), owner],
    ];
    return [...list, ...this.pools.slice(0, 1).map(pool => ['Compute.delegate or its refusal', make.compute('delegate', pool, UNIT), delegator])]
      .map(([name, call, key]) => [name, this.on.signed(call, key)]);
  }

  /** {name: [host calls, instructions]}, nothing kept. */
  measure() {
    return new Map(this.list.map(([name, bytes]) => {
      const { calls, instructions, result, trap } = this.on.chain.call('BlockBuilder_apply_extrinsic', bytes, { commit: false });
      if (trap !== undefined || result[0] !== 0) throw new Error(`${name}: ${trap ?? hex0x(result)}`);
      if (result[1] !== 0 && !name.includes('refusal')) throw new Error(`${name}: ${hex0x(result)}`);
      return [name, [calls, instructions]];
    }));
  }
}

async function main() {
  const report = new Report(SUITE), scenario = new Scenario(readBlob(SUITE));
  await scenario.begin();
  const probes = new Probes(scenario);
  await probes.prepare();
  const few = probes.measure(), { storage } = scenario.chain, plain = new Map(storage.top);
  for (const kind of Object.keys(KINDS)) {
    for (const count of COUNTS) {
      fill(storage, kind, count);
      const different = [...probes.measure()].filter(([name, cost]) => String(cost) !== String(few.get(name)));
      const about = `${count.toLocaleString('en')} ${kind} (${describe(kind)}): ${few.size} calls cost what they cost among few`;
      if (different.length) report.fail(about, different.map(([name, cost]) => `${name}: ${cost}, not ${few.get(name)}`).join('; '));
      else report.pass(about, few.size);
    }
    storage.tries.set('', new Map(plain));
    storage.sorted.clear();
  }
  report.end();
}

await runSuite(SUITE, main);
