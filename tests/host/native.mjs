// The native twin as an executor: a process that reads one JSON object a line and answers one line each
// ({"op":"call","fn","args","commit"} -> {"result"} or {"trap"}, and "state", "root", "dump", "reset").
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fromHex, hex0x } from './bytes.mjs';
import { stateMap, stateObject } from './chain.mjs';
import { PROJECT } from './tools.mjs';

/** Command of the native twin: $NATIVE (words), or what the Makefile builds. null when it is not built. */
export function nativeCommand() {
  if (process.env.NATIVE) return process.env.NATIVE.split(' ').filter(Boolean);
  const path = join(PROJECT, 'build/nalar-native');
  return existsSync(path) ? [path, 'serve'] : null;
}

/** Command of the blob turned into C by wasm2c, which speaks the same protocol ($WASM2C or what the Makefile builds); null when it is not built. */
export function wasm2cCommand() {
  if (process.env.WASM2C) return process.env.WASM2C.split(' ').filter(Boolean);
  const path = join(PROJECT, 'build/nalar-wasm2c');
  return existsSync(path) ? [path] : null;
}

export class NativeExecutor {
  constructor([program, ...args]) {
    this.waiting = [];
    this.errors = '';
    this.process = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.process.stderr.on('data', text => { this.errors = (this.errors + text).slice(-2000); });
    createInterface({ input: this.process.stdout }).on('line', line => this.waiting.shift()?.resolve(line));
    const ended = why => {
      this.ended = `the native twin ended (${why}) ${this.errors.trim()}`;
      for (const { reject } of this.waiting.splice(0)) reject(new Error(this.ended));
    };
    this.process.on('error', error => ended(error.message));
    this.process.on('exit', (code, signal) => ended(signal ?? code));
    this.process.stdin.on('error', () => {});
  }

  async ask(question) {
    if (this.ended) throw new Error(this.ended);
    const line = await new Promise((resolve, reject) => {
      this.waiting.push({ resolve, reject });
      this.process.stdin.write(`${JSON.stringify(question)}\n`);
    });
    let answer;
    try { answer = JSON.parse(line); } catch { throw new Error(`the native twin answered: ${line.slice(0, 200)}`); }
    if (answer.error !== undefined) throw new Error(`the native twin refused ${question.op}: ${answer.error}`);
    return answer;
  }

  async once(name, bytes, commit) {
    const { result, trap, hostCalls: calls, faultMet } = await this.ask({ op: 'call', fn: name, args: hex0x(bytes), commit });
    return trap === undefined ? { result: fromHex(result), calls, faultMet } : { trap, calls, faultMet };
  }

  /** See chain.mjs: 'ok' tries without keeping first, and runs again where the answer begins with 00. */
  async call(name, bytes = new Uint8Array(0), { commit = true } = {}) {
    if (commit !== 'ok') return this.once(name, bytes, commit);
    const tried = await this.once(name, bytes, false);
    if (tried.result?.[0] !== 0) return tried;
    const kept = await this.once(name, bytes, true);
    if (!kept.result || hex0x(kept.result) !== hex0x(tried.result)) throw new Error(`${name} answered differently when run again`);
    return kept;
  }

  /** Plans a fault at the n-th host call of the next call: a trap there (stop), or the function's failing answer. */
  async failAt(n, stop) { await this.ask({ op: 'failat', n, stop }); }

  async root() { return fromHex((await this.ask({ op: 'root' })).root); }
  async setState(state) { await this.ask({ op: 'state', top: stateObject(state) }); }
  async dump() { return stateMap((await this.ask({ op: 'dump' })).top); }
  close() { this.process.stdin.end(); }
}
