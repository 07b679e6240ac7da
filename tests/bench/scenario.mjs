// Runs one blob, instrumented, through a fixed course of runtime calls in the V8 host and notes what each costs.
import { concat, hex0x, u32le } from '../host/bytes.mjs';
import { Author, decodeHeader, startChain } from '../host/chain.mjs';
import { clientOf } from '../host/client.mjs';
import { devKey } from '../host/crypto.mjs';
import { load, unpack } from '../host/host.mjs';
import { countOf, instrument } from './instrument.mjs';
import { MarketScenario } from './market-scenario.mjs';
import { ModelsScenario } from './models-scenario.mjs';

const KINDS = { ext_storage: 'storage', ext_default: 'storage', ext_hashing: 'hashing', ext_crypto: 'crypto', ext_trie: 'trie', ext_allocator: 'allocator' };
const EXTERNAL = 2;
const NOTHING = new Uint8Array(0);

/** One row of the table. */
function rowOf(answer) {
  const row = { calls: answer.calls, mallocs: answer.mallocs, blocks: answer.blocks, readBuffers: answer.readBuffers, instructions: answer.instructions, bytes: answer.result.length };
  for (const kind of new Set(Object.values(KINDS))) row[kind] = 0;
  row.other = 0;
  for (const [name, count] of Object.entries(answer.hostCalls)) row[KINDS[name.split('_').slice(0, 2).join('_')] ?? 'other'] += count;
  row.names = Object.fromEntries(Object.entries(answer.hostCalls).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]));
  return row;
}

export class Scenario {
  /**
   * @param blob bytes of a runtime, as `:code` gets them
   * @param chain host.mjs#Chain that counts instructions
   */
  constructor(blob, chain = load(instrument(unpack(blob)), { counter: countOf })) {
    this.blob = blob;
    this.rows = new Map();
    this.chain = chain;
    this.alice = devKey('Alice');
    this.bob = devKey('Bob');
  }

  note(name, answer) {
    if (answer.trap !== undefined) throw new Error(`${name}: trap: ${answer.trap}`);
    this.rows.set(name, rowOf(answer));
    return answer;
  }

  /** Calls without keeping changes, and notes. */
  query(name, method, bytes = NOTHING) { return this.note(name, this.chain.call(method, bytes, { commit: false })); }

  nonce(key) {
    const raw = this.chain.state.get(this.client.key('system', 'account', hex0x(key.account)));
    return raw ? new DataView(raw.buffer, raw.byteOffset).getUint32(0, true) : 0;
  }

  signed(call, key, options = {}) {
    return this.client.signed(call, key, { ...this.author.facts, genesisHash: this.author.genesisHash, nonce: this.nonce(key), ...options });
  }

  transfer() { return this.client.call('balances', 'transferKeepAlive', { Id: hex0x(this.bob.account) }, 1000000000000n); }

  /** Applies a call in the open block; its answer has to be `expected`. */
  async apply(call, key = this.alice, name = null, expected = '0x0000') {
    const answer = await this.author.apply(this.signed(call, key));
    const got = answer.trap === undefined ? hex0x(answer.result) : `trap: ${answer.trap}`;
    if (got !== expected) throw new Error(`${name ?? 'set-up'}: expected ${expected}, got ${got}`);
    if (name) this.note(name, answer);
    return answer;
  }

  /** Opens a block and applies its inherents; with `names`, notes the costs of each. */
  async open(noted = false) {
    const opened = await this.author.begin();
    if (noted) this.note('Core_initialize_block', opened);
    const made = noted ? this.chain.call('BlockBuilder_inherent_extrinsics', this.author.inherentData(), { commit: false }) : null;
    if (made) this.note('BlockBuilder_inherent_extrinsics', made);
    for (const [i, inherent] of (await this.author.inherents()).entries()) {
      const answer = await this.author.apply(inherent);
      if (answer.result?.[1] !== 0) throw new Error(`inherent ${i}: ${answer.trap ?? hex0x(answer.result)}`);
      if (noted) this.note(`apply ${i === 0 ? 'ParachainSystem.set_validation_data' : i === 1 ? 'Timestamp.set' : `inherent ${i}`}`, answer);
    }
  }

  async close(name = null) {
    const done = await this.author.finish();
    if (done.trap !== undefined) throw new Error(`finalize_block: ${done.trap}`);
    if (name) this.note(name, done);
    return done;
  }

  async emptyBlocks(count) {
    for (let i = 0; i < count; i++) {
      await this.open();
      await this.close();
    }
  }

  /** A chain at its genesis. */
  async begin() {
    const start = await startChain(this.chain, this.blob);
    this.client = await clientOf(start.executor);
    this.author = new Author(start.executor, start.facts, start.header);
  }

  async run() {
    await this.begin();
    this.query('Core_version', 'Core_version');
    this.query('Metadata_metadata', 'Metadata_metadata');
    for (const version of [14, 15, 16]) this.query(`Metadata_metadata_at_version(${version})`, 'Metadata_metadata_at_version', u32le(version));

    await this.open();
    await this.apply(this.transfer());
    await this.apply(this.transfer(), this.bob);
    await this.close();

    await this.block();
    await this.open();
    await this.apply(this.transfer());
    await this.apply(this.client.call('system', 'remark', `0x${'00'.repeat(32)}`), this.alice, 'apply System.remark');
    await this.apply(this.transfer(), this.alice, 'apply Balances.transfer_keep_alive');
    await this.close();

    const bytes = this.signed(this.transfer(), this.alice);
    this.query('TaggedTransactionQueue_validate_transaction', 'TaggedTransactionQueue_validate_transaction',
      concat(Uint8Array.of(EXTERNAL), bytes, this.author.parentHash));
    this.query('AccountNonceApi_account_nonce', 'AccountNonceApi_account_nonce', this.alice.account);
    this.query('TransactionPaymentApi_query_info', 'TransactionPaymentApi_query_info', concat(bytes, u32le(bytes.length)));

    if (ModelsScenario.fits(this.client)) await new ModelsScenario(this).run();
    if (MarketScenario.fits(this.client)) await new MarketScenario(this).run();
    return this.rows;
  }

  /** A block of the inherents and one transfer, each step noted, and its import. */
  async block() {
    const before = this.chain.storage.snapshot();
    await this.open(true);
    await this.apply(this.transfer());
    const { block } = await this.close('BlockBuilder_finalize_block');
    const after = this.chain.storage.snapshot();
    this.chain.storage.restore(before);
    this.chain.storage.beginBlock();
    this.note('Core_execute_block (inherents and one transfer)', this.chain.call('Core_execute_block', block));
    if (hex0x(this.chain.root()) !== hex0x(decodeHeader(this.author.parent).stateRoot)) throw new Error('the imported block gives another state root');
    this.chain.storage.restore(after);
  }
}

