// profile.mjs BLOB [ROW]...   which functions the instructions of a call are spent in; BLOB has to have a name section
// (link without --strip-all). Rows are those of scenario.mjs; without any, the ones that have a budget.
import { readFileSync } from 'node:fs';
import { load, unpack } from '../host/host.mjs';
import { Cursor, SECTION, importsOf, sections } from '../host/wasm.mjs';
import { BUDGETS } from './budgets.mjs';
import { COUNTER, instrument } from './instrument.mjs';
import { Scenario } from './scenario.mjs';

const SHOWN = Number(process.env.SHOWN || 30), FUNCTION_NAMES = 1;

/** Names of all functions by their index, imports first; empty when the blob was stripped. */
function functionNames(bytes) {
  const names = new Map();
  for (const { id, from, to } of sections(bytes)) {
    const cursor = new Cursor(bytes, from, to);
    if (id !== SECTION.custom || cursor.name() !== 'name') continue;
    while (cursor.at < to) {
      const part = cursor.byte(), size = cursor.unsigned(), end = cursor.at + size;
      if (part === FUNCTION_NAMES) {
        for (let left = cursor.unsigned(); left > 0; left--) {
          const index = cursor.unsigned();
          names.set(index, cursor.name());
        }
      }
      cursor.at = end;
    }
  }
  return names;
}

const [path, ...wanted] = process.argv.slice(2);
if (!path) {
  console.error('usage: profile.mjs BLOB [ROW]...');
  process.exit(2);
}
const blob = new Uint8Array(readFileSync(path)), raw = unpack(blob), names = functionNames(raw), first = importsOf(raw).functions;
const counter = exports => Object.entries(exports)
  .filter(([name, item]) => name.startsWith(`${COUNTER}_`) && item.value > 0n)
  .map(([name, item]) => [Number(name.slice(COUNTER.length + 1)), Number(item.value)])
  .sort((a, b) => b[1] - a[1]);
const rows = await new Scenario(blob, load(instrument(raw, { perFunction: true }), { counter })).run();
for (const row of wanted.length ? wanted : new Set(BUDGETS.filter(({ what }) => what === 'instructions').map(({ measure }) => measure))) {
  const spent = rows.get(row)?.instructions;
  if (!spent) {
    console.error(`no row "${row}"; there are: ${[...rows.keys()].join(', ')}`);
    process.exit(2);
  }
  console.log(`${row}: ${spent.reduce((sum, [, n]) => sum + n, 0)}`);
  for (const [index, n] of spent.slice(0, SHOWN)) console.log(`  ${String(n).padStart(8)}  ${names.get(first + index) ?? `function ${first + index}`}`);
}
