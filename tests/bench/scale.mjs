// scale.mjs [--short] [KIND...]   each call of the market, and the hooks of a block, measured in a chain with few objects, then
// with 100, 10,000 and 1,000,000 live objects of each kind, and of all kinds together (--short: without the million). Host calls
// and instructions must not change by a single one. KIND: only these.
import { hex0x } from '../host/bytes.mjs';
import { Report, runSuite } from '../host/report.mjs';
import { readBlob } from '../host/tools.mjs';
import { Filler, account } from './scale-fill.mjs';
import { PALLETS, Probes } from './scale-probes.mjs';
import { Scenario } from './scenario.mjs';

const SUITE = 'scale', PREFIX = 64, EXPIRY = 85 * 14400, LINES = 64;
const words = process.argv.slice(2), COUNTS = words.includes('--short') ? [100, 10000] : [100, 10000, 1000000], KINDS = words.filter(word => !word.startsWith('--'));
/** Native is the only asset that there are books for. */
const NOT_FILLED = ['Models.Books'];

function compare(report, few, now, about) {
  const different = [...now].filter(([name, cost]) => String(cost) !== String(few.get(name)));
  if (different.length) report.fail(about, different.map(([name, cost]) => `${name}: ${cost}, not ${few.get(name)}`).join('; '));
  else report.pass(about, few.size);
}

/** That the runtime sees what is filled in: what walks or reads it has another answer than among few. */
async function checkSeen(report, probes, filler, use) {
  const { make, owner, client, facts: { epoch } } = probes, AMONG = 100, MOST = 64;
  const expire = ['Rewards.expire', make.rewards('expire', epoch, MOST), owner, [EXPIRY]], claim = ['Jobs.claim_due', make.jobs('claimDue', hex0x(account(5))), owner];
  const lines = () => client.eventList(probes.state.get(client.key('system', 'events'))).find(event => event.name === 'rewards.Expired').data[1];
  const claimed = () => probes.once(claim).then(() => true, () => false);
  const seen = async kinds => {
    use(filler.fill(kinds, AMONG));
    return [await probes.once(expire.slice(), lines), await claimed()];
  };
  const [own, nothing] = await seen([]), [walked, read] = await seen(['points', 'dues']);
  report.check(own < MOST && walked === MOST, 'expire walks the lines that were filled in', `${own} lines among few, ${walked} among more`);
  report.check(!nothing && read, 'a due that was filled in is paid', `${nothing} among few, ${read} among more`);
}

/** A draw looks at four price classes and 32 asks in a call, however many there are of the model itself. */
async function checkBooks(report, probes) {
  for (const [asks, few] of [[1, 5], [64, 2]]) {
    const [least, most] = [await probes.book(asks, few), await probes.book(asks, 256)];
    report.equal(String(most), String(least), `assign costs the same in a book of ${256 * asks} asks as in one of ${few * asks}`);
  }
}

/**
 * Most records of the market's pallets that a call reads and writes. Where the goal is lower it stands behind: such a count may
 * fall, but not rise.
 */
async function checkRecords(report, probes) {
  const named = name => [name, () => probes.once(probes.list.find(([title]) => title === name))];
  const events = name => probes.client.eventList(probes.state.get(probes.client.key('system', 'events'))).filter(event => event.name === name).length;
  const many = stream => probes.once(probes.settleMost(stream, Array.from({ length: LINES }, (_, n) => account(n))), () => events('rewards.Settled'));
  const most = stream => [`Rewards.settle_many (${LINES}, ${stream.toLowerCase()}s)`, async () => {
    const settled = await many(stream);
    if (settled !== LINES) throw new Error(`settle_many settled ${settled} lines of ${LINES}`);
  }];
  for (const [[name, work], ...limits] of [
    [named('Jobs.submit_job'), [8], [8, 6]], [named('Jobs.assign'), [32 * 3 + 64 + 8], [4 + 3]], [most('Client'), [192], [192]], [most('Provider'), [259, 192], [259, 192]],
    [['an epoch\'s roll-over', () => probes.endEpoch()], [6], [6]],
  ]) {
    const counts = await probes.touched(work);
    ['reads', 'writes'].forEach((what, i) => {
      const [limit, goal = limit] = limits[i], about = `${name} ${what} at most ${limit} records of the market${goal < limit ? ` (goal ${goal})` : ''}`;
      report.check(counts[i] <= limit, `${about}: ${counts[i]}`, `${counts[i]}`);
    });
  }
}

/** A record of each map: what the probes have left of it in one state or another. */
function sampler(storage) {
  const samples = new Map(), keep = (key, value) => value && !samples.has(key.slice(0, PREFIX)) && samples.set(key.slice(0, PREFIX), value);
  for (const [key, value] of storage.top) keep(key, value);
  return { samples, seen: () => { for (const { key } of storage.layers.at(-1).values()) keep(key, storage.get(key)); } };
}

async function main() {
  const report = new Report(SUITE), scenario = new Scenario(readBlob(SUITE));
  await scenario.begin();
  const probes = new Probes(scenario);
  await probes.prepare();
  const { storage } = scenario.chain, { samples, seen } = sampler(storage);
  // What the root costs is the depth of the proof.
  storage.root = () => new Uint8Array(32);
  storage.nextKey = key => storage.top.next(key);
  const filler = new Filler(probes.client, new Map(storage.top), samples, probes.facts), use = map => storage.tries.set('', map);
  use(filler.fill([], 0));
  const few = await probes.measure(seen);
  report.equal(probes.missing().join(', '), '', `every call of ${PALLETS.join(', ')} is measured where it succeeds`);
  report.equal(filler.missing([...PALLETS, 'Models'], NOT_FILLED).join(', '), '', `every map of ${PALLETS.join(', ')} and Models is filled`);
  const sampled = filler.maps().filter(({ pallet, item }) => PALLETS.includes(pallet) && !samples.has(filler.prefix(pallet, item)));
  report.equal(sampled.map(({ pallet, item }) => `${pallet}.${item}`).join(', '), '', 'the measured calls wrote a record of each of the market\'s maps');
  report.equal(filler.fault(200) ?? '', '', 'a filled state answers as a plain one');
  await checkSeen(report, probes, filler, use);
  use(filler.fill([], 0));
  await checkBooks(report, probes);
  await checkRecords(report, probes);
  compare(report, few, await probes.measure(), 'the same calls among few cost the same again');

  const kinds = Object.keys(filler.kinds), together = 'all kinds', unknown = KINDS.filter(kind => !kinds.includes(kind));
  if (unknown.length) throw new Error(`there is no kind ${unknown.join(', ')}; kinds are ${kinds.join(', ')}`);
  for (const count of COUNTS) {
    for (const kind of KINDS.length ? KINDS : [...kinds, together]) {
      use(filler.fill(kind === together ? kinds : [kind], count));
      const about = kind === together ? 'of each kind' : `${kind} (${filler.describe(kind)})`;
      compare(report, few, await probes.measure(), `${count.toLocaleString('en')} ${about}: ${few.size} calls and hooks cost what they cost among few`);
    }
    filler.kept.clear();
  }
  console.log(`memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most`);
  report.end();
}

await runSuite(SUITE, main);
