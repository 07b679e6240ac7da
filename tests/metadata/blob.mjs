// What the blob itself answers, and what check-wasm says about the blob and about broken copies of it.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blake2AsU8a, xxhashAsU8a } from '@polkadot/util-crypto';
import { compact, concat, u32le, withLength } from '../host/bytes.mjs';
import { embeddedVersion, load } from '../host/host.mjs';
import { sections, unsignedLeb } from '../host/wasm.mjs';
import { countOf, instrument } from '../bench/instrument.mjs';
import { VERSIONS, bytes, hex, metadata, path, same, text } from './files.mjs';
import { unified } from './papi.mjs';

const BUDGET = 100_000;
const SECTION = { custom: 0, type: 1, import: 2, memory: 5, global: 6, export: 7, start: 8, code: 10, data: 11 };
const ascii = name => new TextEncoder().encode(name);
const section = (id, content) => concat(Uint8Array.of(id), Uint8Array.from(unsignedLeb(content.length)), content);
const name = value => concat(Uint8Array.from(unsignedLeb(value.length)), ascii(value));

function testAnswers(report, wasm) {
  const counted = load(instrument(wasm), { counter: countOf });
  const ask = (call, input) => {
    const answer = counted.call(call, input);
    if (answer.trap) throw new Error(answer.trap);
    return answer;
  };
  const spent = ({ instructions }) => (instructions > BUDGET ? `${instructions} instructions` : undefined);
  report.run('Metadata_metadata is V14', () => {
    const answer = ask('Metadata_metadata', new Uint8Array(0)), expected = withLength(metadata(14));
    return same(answer.result, expected) ? spent(answer) ?? (answer.calls ? `${answer.calls} host calls` : undefined) : 'other bytes';
  });
  for (const version of VERSIONS) {
    report.run(`Metadata_metadata_at_version(${version})`, () => {
      const answer = ask('Metadata_metadata_at_version', u32le(version));
      const expected = concat(Uint8Array.of(1), withLength(metadata(version)));
      return same(answer.result, expected) ? spent(answer) : 'other bytes';
    });
  }
  for (const version of [0, 13, 17, 0xffffffff]) {
    report.run(`Metadata_metadata_at_version(${version}) is None`, () => {
      const { result } = ask('Metadata_metadata_at_version', u32le(version));
      return hex(result) === '00' ? undefined : hex(result.slice(0, 8));
    });
  }
  report.run('Metadata_metadata_versions', () => {
    const { result } = ask('Metadata_metadata_versions', new Uint8Array(0));
    return hex(result) === '0c0e0000000f00000010000000' ? undefined : hex(result);
  });
  report.run('a method without parameters refuses input', () => (
    counted.call('Core_version', Uint8Array.of(0)).trap ? undefined : 'it answered'));
  report.run('an argument that ends early traps', () => (
    counted.call('Metadata_metadata_at_version', Uint8Array.of(14)).trap ? undefined : 'it answered'));
  report.run('Core_version, the custom sections and System.Version agree', () => {
    const { result } = ask('Core_version', new Uint8Array(0));
    const constant = unified(16).pallets[0].constants.find(c => c.name === 'Version').value;
    const stored = typeof constant === 'string' ? constant.slice(2) : hex(constant);
    if (hex(result) !== stored) return 'System.Version differs';
    return same(result, embeddedVersion(wasm)) ? undefined : 'the sections differ';
  });
  report.run('API ids are blake2b-64 of the names', () => {
    const module = new WebAssembly.Module(wasm);
    const [records] = WebAssembly.Module.customSections(module, 'runtime_apis').map(part => new Uint8Array(part));
    const expected = concat(...unified(16).apis.flatMap(api => [blake2AsU8a(api.name, 64), u32le(api.version)]));
    return same(records, expected) ? undefined : 'other records';
  });
  report.run('every API method and validate_block is exported, and nothing else', () => {
    const exported = WebAssembly.Module.exports(new WebAssembly.Module(wasm)).filter(e => e.kind === 'function').map(e => e.name).sort();
    const declared = [...unified(16).apis.flatMap(api => api.methods.map(method => `${api.name}_${method.name}`)), 'validate_block'].sort();
    return exported.join() === declared.join() ? undefined : exported.filter(e => !declared.includes(e)).join();
  });
}

function testPrefixes(report) {
  report.run('every storage prefix is twox128(pallet) ++ twox128(item)', () => {
    const lines = [...text('build/gen/prefixes.h').matchAll(/#define (\w+)_PREFIX \{([^}]*)\}/g)];
    const known = new Map(lines.map(([, item, list]) => [hex(Uint8Array.from(list.split(','), Number)), item]));
    let count = 0;
    for (const { storage } of unified(16).pallets) {
      for (const item of storage?.items ?? []) {
        const prefix = hex(concat(xxhashAsU8a(storage.prefix, 128), xxhashAsU8a(item.name, 128)));
        if (!known.get(prefix)?.endsWith(`_${item.name}`)) return `${storage.prefix}.${item.name}`;
        count++;
      }
    }
    return count === lines.length && count > 80 ? undefined : `${count} items, ${lines.length} prefixes`;
  });
}

function testLayouts(report) {
  report.run('struct layouts on wasm32 are those of the descriptors', () => {
    const module = new WebAssembly.Module(bytes('build/layout.wasm'));
    const env = { memory: new WebAssembly.Memory({ initial: 64 }) };
    for (const { name: item, kind } of WebAssembly.Module.imports(module)) if (kind === 'function') env[item] = () => { throw new Error(item); };
    const { layout_failures: failures, layout_checked: checked, layout_notices: notices } = new WebAssembly.Instance(module, { env }).exports;
    const count = failures();
    if (count || checked() < 200) return `${count} of ${checked()} wrong`;
    return notices() ? undefined : 'a wrong size is not noticed';
  });
}

/** The module with the content of a section replaced by change(content), or the section taken out. */
function edit(wasm, id, change) {
  const parts = [wasm.subarray(0, 8)];
  for (const { id: found, from, to } of sections(wasm)) {
    const content = wasm.slice(from, to), next = found === id ? change(content) : content;
    if (next) parts.push(section(found, next));
  }
  return concat(...parts);
}

/** The module with a further section before the first one that comes after it. */
function insert(wasm, id, content) {
  const parts = [wasm.subarray(0, 8)];
  let done = false;
  for (const { id: found, from, to } of sections(wasm)) {
    if (!done && (found > id || found === SECTION.custom)) {
      parts.push(section(id, content));
      done = true;
    }
    parts.push(section(found, wasm.slice(from, to)));
  }
  return concat(...parts);
}

/** The last function gets a body that drops the value of one more instruction. */
function withBody(wasm, code) {
  return edit(wasm, SECTION.code, content => {
    const body = concat(Uint8Array.of(0), Uint8Array.from(code), Uint8Array.of(0x0b));
    let at = 0, count = 0, shift = 0;
    do { count += (content[at] & 127) * 2 ** shift; shift += 7; } while (content[at++] >= 128);
    let last = at;
    for (let i = 0; i < count; i++) {
      last = at;
      let size = 0;
      shift = 0;
      do { size += (content[at] & 127) * 2 ** shift; shift += 7; } while (content[at++] >= 128);
      at += size;
    }
    return concat(content.slice(0, last), Uint8Array.from(unsignedLeb(body.length)), body);
  });
}

const replaced = (wasm, from, to) => {
  const copy = Buffer.from(wasm), at = copy.indexOf(from);
  if (at < 0) throw new Error(`no ${from} in the blob`);
  copy.write(to, at, 'latin1');
  return new Uint8Array(copy);
};

function brokenBlobs(wasm) {
  const without = wanted => {
    const parts = [wasm.subarray(0, 8)];
    for (const { id, from, to } of sections(wasm)) {
      const content = wasm.slice(from, to);
      if (id === SECTION.custom && Buffer.from(content).includes(wanted)) continue;
      parts.push(section(id, content));
    }
    return concat(...parts);
  };
  return [
    ['a sign-extension', withBody(wasm, [0x41, 0, 0xc0, 0x1a, 0x00]), 'opcode 0xc0'],
    ['a bulk-memory instruction', withBody(wasm, [0xfc, 0x0b, 0x00, 0x00]), 'opcode 0xfc'],
    ['a float constant', withBody(wasm, [0x43, 0, 0, 0, 0, 0x1a, 0x00]), 'opcode 0x43'],
    ['a float load', withBody(wasm, [0x41, 0, 0x2a, 2, 0, 0x1a, 0x00]), 'opcode 0x2a'],
    ['memory.grow', withBody(wasm, [0x41, 0, 0x40, 0, 0x1a, 0x00]), 'memory.grow'],
    ['memory.size', withBody(wasm, [0x3f, 0, 0x1a, 0x00]), 'memory.size'],
    ['a body that ends early', withBody(wasm, [0x0b, 0x00]), 'does not end where its body ends'],
    ['a float local', edit(wasm, SECTION.type, t => { const c = t.slice(); c[c.indexOf(0x7f)] = 0x7d; return c; }), 'value type 0x7d'],
    ['a start function', insert(wasm, SECTION.start, Uint8Array.of(30)), 'a start function'],
    ['an own memory', insert(wasm, SECTION.memory, Uint8Array.of(1, 0, 17)), 'an own memory'],
    ['a data count section', insert(wasm, 12, Uint8Array.of(1)), 'section 12'],
    ['another import', replaced(wasm, 'ext_storage_set_version_1', 'ext_storage_sum_version_1'), 'import ext_storage_sum_version_1 is not in the list'],
    ['an import of another module', replaced(wasm, '\x03env', '\x03bad'), 'is not from module env'],
    ['another export', replaced(wasm, 'AuraApi_slot_duration', 'AuraApi_slot_durations'.slice(0, 20) + 'x'), 'is not in the list'],
    ['no __heap_base', replaced(wasm, '__heap_base', '__heap_bass'), '__heap_base is not exported'],
    ['a mutable __heap_base', edit(wasm, SECTION.global, g => { const c = g.slice(); for (let i = 1; i + 1 < c.length; i++) if (c[i] === 0x7f && c[i + 1] === 0) c[i + 1] = 1; return c; }), 'not an immutable i32'],
    ['no runtime_version', without('runtime_version'), 'runtime_version is missing'],
    ['no runtime_apis', without('runtime_apis'), 'runtime_apis is missing'],
    ['another spec version', (() => { const c = wasm.slice(); const at = Buffer.from(c).lastIndexOf('nalar-c') + 7 + 4; c[at]++; return c; })(), 'not the version of runtime/config.h'],
    ['another custom section', concat(wasm, section(0, name('name'))), 'unexpected custom section name'],
    ['bytes after the last section', concat(wasm, Uint8Array.of(0)), 'in the middle of something'],
    ['a blob cut short', wasm.slice(0, wasm.length - 5), 'beyond the end'],
    ['something else', ascii('not a module'), 'no wasm module'],
  ];
}

function testCheck(report, wasm) {
  const folder = mkdtempSync(join(tmpdir(), 'check-wasm-'));
  const run = (blob, ...more) => {
    const file = join(folder, 'blob.wasm');
    writeFileSync(file, blob);
    const { status, stdout, stderr } = spawnSync(path('build/check-wasm'), [path('runtime/host/imports.txt'), file, ...more], { encoding: 'utf8' });
    return { status, lines: `${stdout}${stderr}` };
  };
  try {
    report.run('check-wasm accepts the blob', () => {
      const { status, lines } = run(wasm);
      return status === 0 ? undefined : lines;
    });
    for (const [what, blob, expected] of brokenBlobs(wasm)) {
      report.run(`check-wasm refuses ${what}`, () => {
        const { status, lines } = run(blob);
        if (status !== 1) return `exit code ${status}`;
        return lines.includes(expected) ? undefined : lines;
      });
    }
    report.run('check-wasm refuses a blob over its budget', () => (run(wasm, '1000').lines.includes('more than the budget') ? undefined : 'it did not'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export function testBlob(report) {
  const wasm = bytes('build/nalar.wasm');
  testAnswers(report, wasm);
  testPrefixes(report);
  testLayouts(report);
  testCheck(report, wasm);
  report.run('the compressed blob is the blob', () => {
    const packed = bytes('build/nalar.compact.compressed.wasm');
    if (hex(packed.subarray(0, 8)) !== '52bc537646db8e05') return hex(packed.subarray(0, 8));
    const { stdout, status } = spawnSync('zstd', ['-dcq'], { input: packed.subarray(8), maxBuffer: 1 << 26 });
    return status === 0 && same(stdout, wasm) ? undefined : 'it unpacks to something else';
  });
}
