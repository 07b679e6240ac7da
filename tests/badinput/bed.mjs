// What a row of the bad-input table is tried on: one executor with a chain that has an open block.
import { concat, equal, hex0x, readU32, u32le } from '../host/bytes.mjs';
import { Author, chainFacts } from '../host/chain.mjs';
import { devKey } from '../host/crypto.mjs';

const EXTERNAL = 2;

export class Bed {
  /**
   * @param executor see chain.mjs
   * @param client client.mjs#Client of the blob
   * @param genesis {header, state, exports} from startChain
   */
  constructor(executor, client, genesis) {
    Object.assign(this, { executor, client, genesis });
    this.alice = devKey('Alice');
    this.bob = devKey('Bob');
    this.dave = devKey('Dave');
    this.nobody = devKey('Zoe');
    this.edward = devKey('Edward', 'ed25519');
    this.ecdsa = devKey('Ella', 'ecdsa');
    this.deposit = client.consts.balances.existentialDeposit.toBigInt();
    /** Anyone can sign for these two: keys of small order, with signatures that hold for every message. */
    this.identityEd25519 = { account: concat(Uint8Array.of(1), new Uint8Array(31)), tag: 0, sign: () => concat(Uint8Array.of(1), new Uint8Array(63)) };
    this.zero = { account: new Uint8Array(32), tag: 1, sign: () => concat(new Uint8Array(63), Uint8Array.of(0x80)) };
  }

  id(key) { return { Id: hex0x(key.account) }; }

  /** Six blocks, the second of which gives everyone money; then another one is opened and its inherents applied. */
  async prepare() {
    const { client, executor } = this;
    await executor.setState(new Map(this.genesis.state));
    const facts = await chainFacts(executor, this.genesis.exports);
    this.author = new Author(executor, facts, this.genesis.header);
    await this.author.block();
    const rich = [this.dave, this.edward, this.ecdsa, this.identityEd25519, this.zero];
    const gifts = rich.map((key, i) => this.signed(client.call('balances', 'transferAllowDeath', this.id(key), this.deposit * 1000000n), this.alice, { nonce: i }));
    const { results } = await this.author.block(gifts);
    for (const answer of results) if (hex0x(answer.result ?? new Uint8Array(1)) !== '0x0000') throw new Error(`set-up transfer: ${answer.trap ?? hex0x(answer.result)}`);
    for (let i = 0; i < 4; i++) await this.author.block();
    this.closed = await this.save();
    await this.author.begin();
    this.inherents = await this.author.inherents();
    for (const inherent of this.inherents) {
      const answer = await this.author.apply(inherent);
      if (answer.result?.[0] !== 0) throw new Error(`set-up inherent: ${answer.trap ?? hex0x(answer.result)}`);
    }
    this.open = await this.save();
    this.known = this.open;
  }

  async save() {
    const { parent, hashes, body } = this.author;
    return { state: await this.executor.dump(), root: await this.executor.root(), parent, hashes: [...hashes], body: [...(body ?? [])] };
  }

  /** Goes back to a saved point. */
  async restore(point) {
    await this.executor.setState(new Map(point.state));
    Object.assign(this.author, { parent: point.parent, hashes: [...point.hashes], body: [...point.body] });
  }

  signed(call, key, options = {}) {
    const { author } = this;
    return this.client.signed(call, key, { ...author.facts, genesisHash: author.genesisHash, nonce: this.nonces?.get(key) ?? 0, ...options });
  }

  /** Nonces of the open block's state, by key object. */
  async readNonces() {
    this.nonces = new Map();
    for (const key of [this.alice, this.bob, this.dave, this.nobody, this.edward, this.ecdsa, this.identityEd25519, this.zero]) {
      this.nonces.set(key, this.account(this.open.state, key).nonce);
    }
  }

  account(state, key) {
    const raw = state.get(this.client.key('system', 'account', hex0x(key.account)));
    if (!raw) return { nonce: 0, free: 0n };
    return { nonce: readU32(raw), free: BigInt(hex0x(raw.slice(16, 32).reverse())) };
  }

  async validate(bytes) {
    return this.executor.call('TaggedTransactionQueue_validate_transaction', concat(Uint8Array.of(EXTERNAL), bytes, this.author.parentHash), { commit: false });
  }

  /** Fee of an extrinsic as the runtime quotes it. */
  async fee(bytes) {
    const { result, trap } = await this.executor.call('TransactionPaymentApi_query_info', concat(bytes, u32le(bytes.length)), { commit: false });
    if (trap !== undefined) throw new Error(`query_info: ${trap}`);
    return BigInt(hex0x(result.slice(-16).reverse()));
  }

  /** Names of keys whose values differ, in hexadecimal. */
  static changed(before, after) {
    return [...new Set([...before.keys(), ...after.keys()])]
      .filter(key => !(before.has(key) && after.has(key) && equal(before.get(key), after.get(key))));
  }
}
