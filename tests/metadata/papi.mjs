// Metadata as polkadot-api reads it: a codec for everything, defaults and constants there and back.
import { decAnyMetadata, unifyMetadata } from '@polkadot-api/substrate-bindings';
import { getDynamicBuilder, getLookupFn } from '@polkadot-api/metadata-builders';
import { VERSIONS, metadata, same } from './files.mjs';

const variants = (lookup, type) => {
  const entry = type === undefined ? null : lookup(type);
  return entry?.type === 'enum' ? Object.keys(entry.value) : [];
};

export const unified = version => unifyMetadata(decAnyMetadata(metadata(version)));

/** @returns how many codecs were built, or throws */
function buildAll(version) {
  const data = unified(version), lookup = getLookupFn(data), builder = getDynamicBuilder(lookup);
  let count = 0;
  const roundTrip = (codec, from, what) => {
    const value = codec.dec(from);
    if (!same(Buffer.from(codec.enc(value)), Buffer.from(from))) throw new Error(`${what} does not re-encode`);
    count++;
  };
  const hexBytes = value => (typeof value === 'string' ? Uint8Array.from(Buffer.from(value.slice(2), 'hex')) : value);
  for (const pallet of data.pallets) {
    for (const item of pallet.storage?.items ?? []) {
      const codec = builder.buildStorage(pallet.name, item.name);
      if (item.modifier === 1) roundTrip(codec.value, hexBytes(item.fallback), `default of ${pallet.name}.${item.name}`);
      else count++;
    }
    for (const constant of pallet.constants) {
      roundTrip(builder.buildConstant(pallet.name, constant.name), hexBytes(constant.value), `${pallet.name}.${constant.name}`);
    }
    const type = part => (typeof part === 'object' && part !== null ? part.type : part);
    for (const name of variants(lookup, type(pallet.calls))) {
      const { codec, location } = builder.buildCall(pallet.name, name);
      if (!codec || location[0] !== pallet.index) throw new Error(`call ${pallet.name}.${name}`);
      count++;
    }
    for (const name of variants(lookup, type(pallet.events))) {
      if (!builder.buildEvent(pallet.name, name).codec) throw new Error(`event ${pallet.name}.${name}`);
      count++;
    }
    for (const name of variants(lookup, type(pallet.errors))) {
      if (!builder.buildError(pallet.name, name).codec) throw new Error(`error ${pallet.name}.${name}`);
      count++;
    }
  }
  for (const api of data.apis) {
    for (const method of api.methods) {
      const codec = builder.buildRuntimeCall(api.name, method.name);
      if (!codec.args || !codec.value) throw new Error(`API ${api.name}.${method.name}`);
      count++;
    }
  }
  return { count, data, builder };
}

export function testPapi(report) {
  for (const version of VERSIONS) {
    report.run(`papi builds every codec of V${version}`, () => {
      const { count, data, builder } = buildAll(version);
      if (builder.ss58Prefix !== 42) return `SS58 prefix ${builder.ss58Prefix}`;
      if (version > 14 && data.apis.length < 19) return `${data.apis.length} APIs`;
      if (version > 14 && data.extrinsic.version.join() !== (version === 16 ? '4,5' : '4')) return `extrinsic versions ${data.extrinsic.version}`;
      return count < 350 ? `only ${count} codecs` : undefined;
    });
  }
  report.run('papi: every extension it does not know is empty', () => {
    const known = ['CheckNonce', 'CheckMortality', 'ChargeTransactionPayment', 'CheckGenesis', 'CheckMetadataHash', 'CheckSpecVersion', 'CheckTxVersion'];
    const data = unified(16), lookup = getLookupFn(data);
    const isVoid = type => lookup(type).type === 'void';
    const wrong = data.extrinsic.extensionsByVersion[0]
      .filter(({ identifier, type, additionalSigned }) => !known.includes(identifier) && !(isVoid(type) && isVoid(additionalSigned)));
    return wrong.length ? wrong.map(x => x.identifier).join() : undefined;
  });
}
