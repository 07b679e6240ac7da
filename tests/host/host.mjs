// A Substrate host in V8: loads a runtime blob and calls its entry points as a node does.
//
// Each call runs in a fresh instance; only the host grows the guest's memory; every host call is counted by name.
import { execFileSync } from 'node:child_process';
import { concat, toHex, vector } from './bytes.mjs';
import { Allocator } from './allocator.mjs';
import { hostFunctions, Keystore } from './imports.mjs';
import { Storage } from './storage.mjs';
import { importsOf } from './wasm.mjs';

const PAGE = 65536;
/** What a node adds to a blob's own memory by default. */
const EXTRA_PAGES = 2048;
const COMPRESSED = '52bc537646db8e05';
const PREFIX = 'ext_';

/** A blob as WebAssembly bytes: strips the node's prefix and unpacks zstd where it is there. */
export function unpack(blob) {
  if (toHex(blob.subarray(0, 8)) !== COMPRESSED) return blob;
  return Uint8Array.from(execFileSync('zstd', ['-dcq'], { input: blob.subarray(8), maxBuffer: 1 << 28 }));
}

/** The encoded RuntimeVersion of a blob's custom sections, or undefined when it has none. */
export function embeddedVersion(blob) {
  let module;
  try { module = new WebAssembly.Module(unpack(blob)); } catch { return undefined; }
  const [version] = WebAssembly.Module.customSections(module, 'runtime_version').map(part => new Uint8Array(part));
  const [apis] = WebAssembly.Module.customSections(module, 'runtime_apis').map(part => new Uint8Array(part));
  if (!version || !apis || apis.length % 12 !== 0) return undefined;
  // Strings first, then three u32, then the empty list of APIs that the second section replaces.
  let at = 0;
  for (let text = 0; text < 2; text++) at += 1 + (version[at] >> 2);
  at += 12;
  const records = [];
  for (let i = 0; i < apis.length; i += 12) records.push(apis.slice(i, i + 12));
  return concat(version.slice(0, at), vector(records), version.slice(at + 1));
}

/** The guest's memory as the host functions see it. */
class Guest {
  constructor(memory, allocator) {
    this.memory = memory;
    this.allocator = allocator;
    /** Bytes of the buffers given to storage_read: a node copies each of them whole, in and out. */
    this.readBuffers = 0;
  }

  get view() { return new Uint8Array(this.memory.buffer); }

  range(fat) {
    const value = BigInt.asUintN(64, fat);
    return { pointer: Number(value & 0xffffffffn), size: Number(value >> 32n) };
  }

  at(pointer, size) {
    const from = pointer >>> 0, all = this.view;
    if (from + size > all.length) throw new Error('guest range outside memory');
    return all.slice(from, from + size);
  }

  bytes(fat) {
    const { pointer, size } = this.range(fat);
    return this.at(pointer, size);
  }

  text(fat) { return new TextDecoder().decode(this.bytes(fat)); }

  write(pointer, bytes) {
    const all = this.view;
    if (pointer + bytes.length > all.length) throw new Error('guest range outside memory');
    all.set(bytes, pointer);
  }

  place(bytes) {
    const pointer = this.allocator.allocate(bytes.length);
    this.write(pointer, bytes);
    return pointer;
  }

  give(bytes) { return BigInt.asIntN(64, (BigInt(bytes.length) << 32n) | BigInt(this.place(bytes))); }

  allocate(size) { return this.allocator.allocate(size); }
  release(pointer) { this.allocator.release(pointer); }
}

/** A runtime together with the state it runs on. */
export class Chain {
  /**
   * @param bytes blob, raw or compressed
   * @param options logLevel 0..5, extraPages heap beyond the blob's own memory, counter (exports) -> what the call's answer gives as instructions,
   *                tick called at each host call with its name (may throw to inject a fault), others {module: {name: function}}
   *                further functions to import
   */
  constructor(bytes, { logLevel = 3, extraPages = EXTRA_PAGES, counter = null, tick = null, state = new Map(), others = {} } = {}) {
    const wasm = unpack(bytes), module = new WebAssembly.Module(wasm);
    this.module = module;
    this.memoryPages = importsOf(wasm).memoryPages;
    this.storage = new Storage(state);
    this.options = { logLevel, extraPages, counter, tick, others };
    this.keystore = new Keystore();
    this.logs = [];
    this.lastVersion = { blob: null, answer: undefined };
    const known = hostFunctions(null, { storage: this.storage, keystore: this.keystore, logLevel });
    for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
      if (kind === 'memory' && from === 'env' && name === 'memory') continue;
      if (kind === 'function' && others[from]?.[name]) continue;
      if (kind === 'function' && from === 'env' && name.startsWith(PREFIX) && name.slice(PREFIX.length) in known) continue;
      throw new Error(`the host does not know the import ${from}.${name} (${kind})`);
    }
  }

  /** The state: hexadecimal keys without 0x to values. */
  get state() { return this.storage.top; }

  exports(name) { return WebAssembly.Module.exports(this.module).some(item => item.kind === 'function' && item.name === name); }

  root(version = 1) { return this.storage.root(version); }

  instantiate(calls) {
    const { counter, tick, extraPages } = this.options;
    const own = this.memoryPages === undefined ? null : new WebAssembly.Memory({ initial: this.memoryPages });
    const guest = new Guest(own, null);
    const base = this.storage.depth;
    const host = {
      storage: this.storage,
      keystore: this.keystore,
      logLevel: this.options.logLevel,
      log: (level, target, text) => this.logs.push({ level, target, text }),
      runtimeVersion: blob => this.version(blob),
      closeTransaction: close => {
        if (this.storage.depth <= base) throw new Error('no open transaction');
        close();
      },
    };
    const functions = hostFunctions(guest, host), env = {};
    for (const { module: from, name, kind } of WebAssembly.Module.imports(this.module)) {
      if (kind !== 'function' || from !== 'env') continue;
      const work = functions[name.slice(PREFIX.length)];
      calls[name] = 0;
      env[name] = (...args) => {
        calls[name]++;
        tick?.(name);
        return work(...args);
      };
    }
    if (own) env.memory = own;
    const instance = new WebAssembly.Instance(this.module, { ...this.options.others, env });
    guest.memory = own ?? instance.exports.memory;
    const pages = guest.memory.buffer.byteLength / PAGE;
    guest.allocator = new Allocator(guest.memory, instance.exports.__heap_base.value, pages + extraPages);
    const read = () => counter?.(instance.exports);
    return { instance, guest, read };
  }

  version(blob) {
    if (!this.lastVersion.blob || Buffer.compare(this.lastVersion.blob, blob) !== 0) {
      this.lastVersion = { blob, answer: embeddedVersion(blob) };
    }
    return this.lastVersion.answer;
  }

  /**
   * Calls an entry point.
   * @param commit whether the changes of state stay, or a function of the result that says so; they never do after a trap
   * @returns {{result?: Uint8Array, trap?: string, hostCalls: Object, calls: number, mallocs: number, blocks: number,
   *          readBuffers: number, instructions?: number}} hostCalls counts by full import name, calls is their sum, mallocs are the guest's own
   *          allocations, blocks all blocks of its heap: argument and answers of host functions included, readBuffers bytes of the
   *          buffers given to storage_read
   */
  call(name, bytes = new Uint8Array(0), { commit = true } = {}) {
    if (!this.exports(name)) throw new Error(`the blob does not export ${name}`);
    const hostCalls = {}, answer = { hostCalls };
    const { storage } = this;
    const depth = storage.depth;
    storage.begin();
    let run;
    try {
      run = this.instantiate(hostCalls);
      const pointer = run.guest.place(bytes);
      answer.result = run.guest.bytes(run.instance.exports[name](pointer, bytes.length));
      if (storage.depth !== depth + 1) throw new Error('the call left a transaction open');
    } catch (error) {
      delete answer.result;
      answer.trap = this.trapMessage(error);
    }
    answer.instructions = run?.read();
    answer.blocks = run ? run.guest.allocator.blocks : 0;
    answer.readBuffers = run ? run.guest.readBuffers : 0;
    while (storage.depth > depth + 1) storage.rollback();
    const keep = answer.trap === undefined && (typeof commit === 'function' ? commit(answer.result) : commit);
    if (keep) storage.commit();
    else storage.rollback();
    answer.calls = Object.values(hostCalls).reduce((sum, n) => sum + n, 0);
    answer.mallocs = hostCalls.ext_allocator_malloc_version_1 ?? 0;
    return answer;
  }

  trapMessage(error) {
    const last = this.logs.at(-1);
    return error instanceof WebAssembly.RuntimeError && last && last.level === 0 ? `${error.message}: ${last.text}` : error.message;
  }
}

/** Loads a blob (raw or compressed). See Chain for the options. */
export function load(blob, options = {}) {
  return new Chain(blob, options);
}
