// Encodes calls and extrinsics, and decodes events, by the metadata of the blob under test (@polkadot/types).
import { Metadata, TypeRegistry, expandMetadata } from '@polkadot/types';
import { compactStripLength } from '@polkadot/util';
import { concat, hex0x, readCompact, toHex, u32le, withLength } from './bytes.mjs';
import { blake2_256 } from './hashes.mjs';

export const VERSION_SIGNED = 0x84, VERSION_BARE = 0x05, VERSION_BARE_4 = 0x04, VERSION_GENERAL = 0x45;
const IMMORTAL = { ImmortalEra: '0x00' };
/** Payloads beyond this many bytes are hashed before they are signed. */
const LONGEST_PAYLOAD = 256;

/** What each transaction extension puts into the extrinsic and into the signed payload, by its name in the metadata. */
const EXPLICIT = {
  CheckMortality: options => options.era ?? IMMORTAL,
  CheckEra: options => options.era ?? IMMORTAL,
  CheckNonce: options => options.nonce ?? 0,
  ChargeTransactionPayment: options => options.tip ?? 0,
  ChargeAssetTxPayment: options => ({ tip: options.tip ?? 0, assetId: null }),
  CheckMetadataHash: options => (options.metadataHash ? 'Enabled' : 'Disabled'),
};
const IMPLICIT = {
  CheckSpecVersion: options => options.specVersion,
  CheckTxVersion: options => options.transactionVersion,
  CheckGenesis: options => options.genesisHash,
  CheckMortality: options => options.blockHash ?? options.genesisHash,
  CheckEra: options => options.blockHash ?? options.genesisHash,
  CheckMetadataHash: options => (options.metadataHash ? hex0x(options.metadataHash) : null),
};

/** Runs `work` without the library's notes about extensions it does not know: their types come from the metadata. */
function quietly(work) {
  const { warn } = console;
  console.warn = () => {};
  try { return work(); } finally { console.warn = warn; }
}

export class Client {
  /** @param bytes metadata, version 14 or 15, with its magic number but without a length before it */
  constructor(bytes) {
    this.bytes = bytes;
    this.registry = new TypeRegistry();
    this.metadata = new Metadata(this.registry, bytes);
    quietly(() => this.registry.setMetadata(this.metadata));
    const { tx, query, consts, errors, events } = expandMetadata(this.registry, this.metadata);
    Object.assign(this, { tx, query, consts, errors, events });
    const raw = this.metadata.version === 14 ? this.metadata.asV14 : this.metadata.asV15;
    this.extensions = raw.extrinsic.signedExtensions.map(item => ({
      name: item.identifier.toString(),
      type: this.registry.createLookupType(item.type),
      implicit: this.registry.createLookupType(item.additionalSigned),
    }));
  }

  /** A call as bytes: call('balances', 'transferKeepAlive', dest, value). Names in the library's camel case. */
  call(pallet, method, ...args) {
    const make = this.tx[pallet]?.[method];
    if (!make) throw new Error(`the metadata has no call ${pallet}.${method}`);
    return make(...args).toU8a();
  }

  /** Pallet and call index. */
  head(pallet, method) { return this.tx[pallet][method].callIndex; }

  has(pallet, method) { return Boolean(this.tx[pallet]?.[method]); }

  encodeField(table, { name, type }, options) {
    if (table === EXPLICIT && options.raw?.[name]) return options.raw[name];
    let value = table[name]?.(options);
    if (value === undefined) return this.registry.createType(type).toU8a();
    // A structure of one field is given by its field: {mode: ...}, {tip: ...}.
    const shape = this.registry.createType(type);
    if (shape.size !== undefined && typeof shape.keys === 'function' && shape.defKeys?.length === 1) value = { [shape.defKeys[0]]: value };
    return this.registry.createType(type, value).toU8a();
  }

  explicit(options) { return concat(...this.extensions.map(item => this.encodeField(EXPLICIT, item, options))); }

  implicit(options) {
    return concat(...this.extensions.map(({ name, implicit }) => this.encodeField(IMPLICIT, { name, type: implicit }, options)));
  }

  /**
   * A signed extrinsic of format 4, with its length.
   * @param key from crypto.mjs#devKey
   * @param options nonce, tip, era, blockHash, genesisHash, specVersion, transactionVersion, metadataHash;
   *                signature replaces the made one, address the whole MultiAddress, tag the kind of
   *                signature, raw {extension: bytes} what an extension puts into the extrinsic
   */
  signed(call, key, options) {
    const explicit = this.explicit(options);
    const payload = concat(call, explicit, this.implicit(options));
    const signature = options.signature ?? key.sign(payload.length > LONGEST_PAYLOAD ? blake2_256(payload) : payload);
    const address = options.address ?? concat(Uint8Array.of(0), key.account);
    return withLength(concat(Uint8Array.of(VERSION_SIGNED), address, Uint8Array.of(options.tag ?? key.tag), signature, explicit, call));
  }

  bare(call, version = VERSION_BARE) { return withLength(concat(Uint8Array.of(version), call)); }

  /** Format 5 general: extension version, extensions, call; no signature. */
  general(call, options, extensionVersion = 0) {
    return withLength(concat(Uint8Array.of(VERSION_GENERAL, extensionVersion), this.explicit(options), call));
  }

  /** Storage key as hexadecimal without 0x: key('system', 'account', address). */
  key(pallet, item, ...args) {
    const entry = this.query[pallet]?.[item];
    if (!entry) throw new Error(`the metadata has no storage ${pallet}.${item}`);
    return toHex(compactStripLength(entry(...args))[1]);
  }

  /** Decodes a raw storage value; undefined where there is none. */
  value(pallet, item, bytes) {
    if (bytes === undefined) return undefined;
    const { type } = this.query[pallet][item].meta;
    const id = type.isPlain ? type.asPlain : type.asMap.value;
    return this.registry.createType(this.registry.createLookupType(id), bytes);
  }

  /** Events as short texts "Balances.Transfer {...}" with their phase, from the raw value of System.Events. */
  eventList(bytes) {
    if (bytes === undefined) return [];
    return [...this.value('system', 'events', bytes)].map(({ phase, event }) => ({
      phase: phase.isApplyExtrinsic ? phase.asApplyExtrinsic.toNumber() : phase.type,
      name: `${event.section}.${event.method}`,
      data: event.data.toJSON(),
    }));
  }

  /** Where a module error is: {index, error}, both numbers, from names as in the metadata. */
  moduleError(pallet, name) {
    const found = this.metadata.asLatest.pallets.find(item => item.name.toString() === pallet);
    if (!found || found.errors.isNone) throw new Error(`the metadata has no errors of ${pallet}`);
    const variants = this.registry.lookup.getSiType(found.errors.unwrap().type).def.asVariant.variants;
    const variant = variants.find(item => item.name.toString() === name);
    if (!variant) throw new Error(`the metadata has no error ${pallet}.${name}`);
    return { index: found.index.toNumber(), error: variant.index.toNumber() };
  }
}

/** Reads the metadata out of a chain: version 15, or the version that Metadata_metadata gives. */
export async function clientOf(executor) {
  const answer = await executor.call('Metadata_metadata_at_version', u32le(15), { commit: false });
  if (answer.result && answer.result[0] === 1) return new Client(stripLength(answer.result.subarray(1)));
  const plain = await executor.call('Metadata_metadata', new Uint8Array(0), { commit: false });
  if (!plain.result) throw new Error(`no metadata: ${plain.trap}`);
  return new Client(stripLength(plain.result));
}

function stripLength(bytes) {
  const { size } = readCompact(bytes);
  return bytes.slice(size);
}

export const accountHex = key => hex0x(key.account);
