// Checks the counts of instrument.mjs: on a loop counted by hand, and against count-instructions where that tool is.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { concat, fromHex, utf8, withLength } from '../host/bytes.mjs';
import { load, unpack } from '../host/host.mjs';
import { Report } from '../host/report.mjs';
import { blobPath, findTool, findToolFile } from '../host/tools.mjs';
import { COUNTER, countOf, instrument } from './instrument.mjs';

const report = new Report('instrument');

/**
 * (func (export "f") (param i32) (result i32) (local i32)
 *   (block (br_if 0 (i32.eqz (local.get 0)))
 *     (loop local.get 1  local.get 0  i32.add  local.set 1
 *           local.get 0  i32.const 1  i32.sub  local.tee 0  br_if 0))
 *   local.get 1)
 * Counted by hand: block, local.get, i32.eqz, br_if, then loop, then 9 each round, then local.get: 5 for n = 0, 6 + 9 n else.
 */
const SUM = fromHex('0061736d01000000' + '01060160017f017f' + '03020100' + '07050101660000' + '0a230121' +
  '01017f' + '0240200045' + '0d00' + '0340' + '200120006a2101' + '200041016b2200' + '0d00' + '0b0b' + '20010b');

function fixed() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(instrument(SUM)));
  let before = 0n;
  for (const n of [0, 1, 2, 800]) {
    const result = exports.f(n), spent = Number(exports[COUNTER].value - before);
    before = exports[COUNTER].value;
    report.equal(`${result} ${spent}`, `${(n * (n + 1)) / 2} ${n === 0 ? 5 : 6 + 9 * n}`, `loop counted by hand, n = ${n}`);
  }
}

function compare(tool, path) {
  const folder = mkdtempSync(join(tmpdir(), 'instrument-'));
  try {
    const raw = unpack(new Uint8Array(readFileSync(path))), name = path.split('/').pop();
    writeFileSync(join(folder, 'in.wasm'), raw);
    execFileSync(tool, [join(folder, 'in.wasm'), join(folder, 'out.wasm')]);
    let spent = 0n;
    const others = { count: { instructions: more => { spent += more; } } };
    const theirs = load(new Uint8Array(readFileSync(join(folder, 'out.wasm'))), { others });
    const ours = load(instrument(raw), { counter: countOf });
    const preset = concat(Uint8Array.of(1), withLength(utf8('development')));
    for (const [call, bytes] of [['Core_version'], ['GenesisBuilder_get_preset', preset], ['Metadata_metadata']]) {
      spent = 0n;
      theirs.call(call, bytes);
      const answer = ours.call(call, bytes);
      report.check(answer.trap === undefined && answer.instructions === Number(spent), `${name} ${call} as count-instructions (${spent})`,
        `got ${answer.instructions} ${answer.trap ?? ''}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

fixed();
const tool = findTool('count-instructions');
if (tool) {
  for (const path of [blobPath(), findToolFile('penpal.wasm')]) if (path && existsSync(path)) compare(tool, path);
} else console.log('note: no count-instructions on this machine, its counts are not compared');
report.end();
