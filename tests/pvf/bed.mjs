// pvf-check beside the tests: where it is told what to do, and the signer for a blob's own transactions.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHex } from '../host/bytes.mjs';
import { Client } from '../host/client.mjs';
import { Signer } from './transactions.mjs';

const clean = text => text.replace(/\x1b\[\d+m/g, '');

/** pvf-check on one blob: its answers, and files for it in a folder of their own ($PVF_DIR keeps them). */
export class Bed {
  constructor(tool, blob) {
    this.tool = tool;
    this.blob = blob;
    this.folder = process.env.PVF_DIR || mkdtempSync(join(tmpdir(), 'nalar-pvf-'));
    mkdirSync(this.folder, { recursive: true });
    const metadata = this.file('metadata');
    const facts = JSON.parse(this.run(['info', '--metadata', metadata]).trim().split('\n').at(-1));
    this.client = new Client(fromHex(readFileSync(metadata, 'utf8').trim().slice(2)));
    this.facts = { ...facts, genesisHash: fromHex(facts.genesisHash.slice(2)) };
  }

  file(name, content) {
    const path = join(this.folder, name);
    if (content !== undefined) writeFileSync(path, content);
    return path;
  }

  /** What a subcommand prints; throws the last lines of what it complains about. */
  run([command, ...args]) {
    try {
      return clean(execFileSync(this.tool, [command, '--blob', this.blob, ...args.map(String)], { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] }));
    } catch (error) {
      if (error.stdout === undefined) throw error;
      throw new Error(clean(`${error.stderr}`).trim().split('\n').slice(-3).join(' ') || `exit code ${error.status}`);
    }
  }

  signer() { return new Signer(this.client, this.facts); }

  close() { if (!process.env.PVF_DIR) rmSync(this.folder, { recursive: true }); }
}
