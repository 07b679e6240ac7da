// bench.mjs           measures the blob, prints a table, writes docs/BENCH.md, fails when a budget is passed
// bench.mjs --check   the budgets only, one line each
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Report, giveUp, runSuite } from '../host/report.mjs';
import { PROJECT, blobPath, findTool, findToolFile, readBlob } from '../host/tools.mjs';
import { BUDGETS, SIZE_BUDGETS } from './budgets.mjs';
import { overhead } from './omni.mjs';
import { PEER, PEER_NAME } from './peers.mjs';
import { Scenario } from './scenario.mjs';

const PAGE = join(PROJECT, 'docs/BENCH.md');
const BEGIN = '<!-- bench: begin, written by make bench -->', END = '<!-- bench: end -->';
const check = process.argv.includes('--check');

const grouped = n => (n === undefined ? '' : String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ' '));
const ratio = (ours, theirs) => (theirs === undefined || ours === 0 ? '' : `${(theirs / ours).toFixed(theirs / ours < 10 ? 1 : 0)}x`);
const table = (head, rows) => [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n');

/** Bytes of the blob and of its compressed form; the latter undefined when it is not there. */
function sizes(blob) {
  const packed = process.env.BLOB_COMPRESSED ?? join(dirname(blobPath()), 'nalar.compact.compressed.wasm');
  return { raw: blob.length, compressed: existsSync(packed) ? statSync(packed).size : undefined };
}

function judge(report, rows, size) {
  for (const { measure, what, most, goal = most, text } of BUDGETS) {
    const row = rows.get(measure);
    if (!row) report.fail(text, `the blob was not measured in "${measure}"`);
    else report.check(row[what] <= most, `${text}: ${grouped(row[what])} of ${grouped(most)}${row[what] > goal ? ` (the goal is ${grouped(goal)})` : ''}`, `over the budget by ${grouped(row[what] - most)}`);
  }
  for (const [form, most] of Object.entries(SIZE_BUDGETS)) {
    if (size[form] === undefined) report.fail(`blob, ${form}`, 'there is no such file: run "make blob"');
    else report.check(size[form] <= most, `blob, ${form}: ${grouped(size[form])} of ${grouped(most)} bytes`, `over the budget by ${grouped(size[form] - most)}`);
  }
}

const costTable = rows => table(
  ['call', 'host calls', 'storage', 'hashing', 'crypto', 'trie', 'other', 'guest allocations', 'read buffers', 'wasm instructions', 'result bytes'],
  [...rows].map(([name, r]) => [name, r.calls, r.storage, r.hashing, r.crypto, r.trie, r.other, r.mallocs, r.readBuffers, r.instructions, r.bytes].map((cell, i) => (i ? grouped(cell) : cell))),
);

const peerTable = (rows, peer, name) => table(
  ['call', 'host calls', name, 'instructions', name, 'allocations', name, 'fewer instructions'],
  [...rows].filter(([row]) => peer[row]).map(([row, ours]) => {
    const theirs = peer[row];
    return [row, grouped(ours.calls), grouped(theirs.calls), grouped(ours.instructions), grouped(theirs.instructions), grouped(ours.mallocs), grouped(theirs.mallocs),
      ratio(ours.instructions, theirs.instructions)];
  }),
);

const budgetTable = (rows, size) => table(['budget', 'goal', 'at most', 'measured'], [
  ...BUDGETS.map(({ measure, what, most, goal = most, text }) => [text, grouped(goal), grouped(most), rows.has(measure) ? grouped(rows.get(measure)[what]) : 'not measured']),
  ...Object.entries(SIZE_BUDGETS).map(([form, most]) => [`blob, ${form}: bytes`, grouped(most), grouped(most), grouped(size[form]) || 'not built']),
]);

function overheads() {
  const tool = findTool('frame-omni-bencher'), peer = findToolFile('penpal.wasm');
  if (!tool) return 'frame-omni-bencher was not found on the machine of the last run.';
  const cells = ({ block, extrinsic }) => [block.least, block.median, extrinsic.least, extrinsic.median].map(ns => (ns / 1000).toFixed(1));
  const blobs = [['Nalar', blobPath()], ...(peer ? [['penpal (FRAME)', peer]] : [])];
  const rows = blobs.map(([name, path]) => {
    try { return [name, ...cells(overhead(tool, path))]; } catch (error) { return [name, error.message, '', '', '']; }
  });
  return table(['blob', 'empty block, least µs', 'median', 'signed remark, least µs', 'median'], rows);
}

async function penpal() {
  const path = findToolFile('penpal.wasm');
  return path ? Object.fromEntries(await new Scenario(new Uint8Array(readFileSync(path))).run()) : null;
}

function writePage(parts) {
  const fixed = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : `# What runtime calls cost\n\n${BEGIN}\n${END}\n`;
  const from = fixed.indexOf(BEGIN), to = fixed.indexOf(END);
  if (from < 0 || to < from) giveUp('bench', `docs/BENCH.md has lost its markers "${BEGIN}" and "${END}"`);
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, `${fixed.slice(0, from + BEGIN.length)}\n${parts.join('\n\n')}\n${fixed.slice(to)}`);
}

async function main() {
  const blob = readBlob('bench'), report = new Report(check ? 'budgets' : 'bench');
  const rows = await new Scenario(blob).run(), size = sizes(blob);
  if (!check) {
    const parts = ['## Budgets', budgetTable(rows, size), '## Every call measured', costTable(rows), `## Beside ${PEER_NAME}`, peerTable(rows, PEER, PEER_NAME)];
    const measured = await penpal();
    if (measured) parts.push('## Beside penpal, measured in the same run', peerTable(rows, measured, 'penpal'));
    parts.push('## Time, by frame-omni-bencher in the same run', overheads());
    console.log(parts.join('\n\n'));
    if (!process.env.BLOB) writePage(parts);
  }
  judge(report, rows, size);
  report.end();
}

await runSuite('bench', main);
