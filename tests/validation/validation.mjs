// validation: the native program (main.c) makes blocks, proofs of validity and altered ones and validates them under
// sanitizers; then the blob gets the same parameters, with nothing but what validators offer, and must answer the same bytes.
//
//   validation.mjs PROGRAM POVS    SEED=, BLOCKS=, ALTERATIONS= as main.c has them
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { Chain } from '../host/host.mjs';
import { Report, giveUp, runSuite } from '../host/report.mjs';
import { blobPath, findTool, readBlob } from '../host/tools.mjs';

const SUITE = 'validation';
const PAGE = 65536;
/** What validators give to a candidate in all (ExecutorParams' default). */
const VALIDATOR_PAGES = 2080;
/** What ours may take: a random block, a proof of validity of 5 MiB, a block of as many events as its weight allows. Pages that
 *  were handed out; a validator's memory itself grows by doubling, as far as the limit. */
const MOST_PAGES = { random: 128, 'many nodes': 1000, 'long values': 1000, events: 1000 };
/** What validation may call: memory, hashes (the root of a body is one), signatures, the version of new code, and the log, which is for
 *  refusals. Validators offer more (polkadot-node-core-pvf-common 29 executor_interface.rs#HostFunctions), no storage among it. */
const ALLOWED = /^ext_(allocator_|hashing_|trie_blake2_256_ordered_root_|crypto_\w+_(verify|recover)_|crypto_secp256k1_|misc_runtime_version_|logging_)/;

class Validator extends Chain {
  constructor(blob) {
    super(blob, { logLevel: 0, tick: name => this.met(name) });
    this.options.extraPages = VALIDATOR_PAGES - this.memoryPages;
    this.pages = 0;
  }

  met(name) {
    if (ALLOWED.test(name)) return;
    this.forbidden = name;
    throw new Error(`validation calls ${name}`);
  }

  instantiate(calls) {
    const run = super.instantiate(calls);
    this.allocator = run.guest.allocator;
    return run;
  }

  validate(params) {
    this.forbidden = null;
    this.logs.length = 0;
    const answer = this.call('validate_block', params, { commit: false });
    this.pages = Math.ceil(this.allocator.bumper / PAGE);
    return answer;
  }
}

/** The strings of a file, one after the other. */
function* strings(path) {
  const file = openSync(path, 'r'), head = Buffer.alloc(4);
  while (readSync(file, head, 0, 4) === 4) {
    const text = Buffer.alloc(head.readUInt32LE(0));
    if (text.length && readSync(file, text, 0, text.length) !== text.length) throw new Error(`${path} ends early`);
    yield new Uint8Array(text);
  }
  closeSync(file);
}

/** Proofs of validity by the node's own recorder, where pvf-check is at hand: the folder, else nothing. */
function realProofs(povs) {
  const tool = findTool('pvf-check'), folder = `${povs}.real`;
  rmSync(folder, { recursive: true, force: true });
  if (!tool) return '';
  for (const bundle of [1, 4]) {
    const out = `${folder}/${bundle}`, more = bundle > 1 ? ['--slot-based'] : [];
    const args = ['pov', '--blob', blobPath(), '--alterations', '0', '--blocks', '12', '--bundle', `${bundle}`, ...more, '--out', out];
    mkdirSync(out, { recursive: true });
    const { status, stderr } = spawnSync(tool, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`pvf-check: ${stderr.trim().split('\n').at(-1)}`);
    for (const name of readdirSync(out)) renameSync(`${out}/${name}`, `${folder}/${bundle}-${name}`);
    rmSync(out, { recursive: true });
  }
  return folder;
}

function runNative(report, program, povs) {
  const env = { ...process.env, POVS: povs, REAL: realProofs(povs) };
  if (!env.REAL) console.log('without pvf-check: no proofs of validity by the node\'s own recorder');
  const { stdout, stderr, status } = spawnSync(program, { env, maxBuffer: 1 << 26, encoding: 'utf8' });
  const quiet = /^\[ +(RUN|OK|PASSED|FAILED|==+) +\]|^\[=+\]|^ERROR runtime|^\s*$|^ \d+ FAILED/;
  console.log(stdout.split('\n').filter(line => !quiet.test(line)).join('\n'));
  for (const [, name] of stdout.matchAll(/^\[ +OK \] (\w+)$/gm)) report.pass(`${name}, native`);
  for (const name of new Set([...stdout.matchAll(/^\[ +FAILED +\] (\w+)$/gm)].map(found => found[1]))) report.fail(`${name}, native`, 'see above');
  if (status !== 0 && report.failed === 0) {
    const at = stderr.search(/ERROR: AddressSanitizer|runtime error/);
    report.fail('native', `ended with ${status}: ${stderr.slice(Math.max(at, 0), at + 2500) || stderr.slice(-500)}`);
  }
}

function compare(validator, what, params, expected) {
  const { result, trap } = validator.validate(params);
  if (validator.forbidden) return `called ${validator.forbidden}`;
  if (expected.length === 0) return result === undefined ? null : 'accepted what the native build refuses';
  if (trap !== undefined) return `refused what the native build accepts: ${trap}`;
  if (validator.logs.length) return `logged, though it is no refusal: ${validator.logs[0].text}`;
  return Buffer.compare(result, expected) === 0 ? null : 'another answer than the native build\'s';
}

async function main() {
  const [program, povs] = process.argv.slice(2);
  if (!povs) giveUp(SUITE, 'usage: validation.mjs PROGRAM POVS');
  const report = new Report(SUITE), validator = new Validator(readBlob()), tallies = new Map();
  runNative(report, program, povs);
  const parts = [];
  for (const part of strings(povs)) {
    if (parts.push(part) < 3) continue;
    const [name, params, expected] = parts.splice(0), what = new TextDecoder().decode(name);
    const wrong = compare(validator, what, params, expected), pages = validator.pages, bound = MOST_PAGES[what];
    const tally = tallies.get(what) ?? { count: 0, refused: 0, pages: 0, bytes: 0 };
    tallies.set(what, tally);
    tally.count++;
    tally.refused += expected.length === 0 ? 1 : 0;
    tally.pages = Math.max(tally.pages, pages);
    tally.bytes = Math.max(tally.bytes, params.length);
    if (wrong) report.fail(`${what} in the blob`, wrong);
    else if (bound && pages > bound) report.fail(`memory of ${what}`, `${pages} pages for ${params.length} bytes, more than ${bound}`);
    else report.passed++;
  }
  for (const [what, { count, refused, pages, bytes }] of tallies) {
    console.log(`blob: ${what}: ${count - refused} with the native answer, ${refused} refused; parameters to ${bytes} bytes, pages to ${pages} of ${VALIDATOR_PAGES}`);
  }
  report.end();
}

await runSuite(SUITE, main);
