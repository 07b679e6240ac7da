// Metadata as @polkadot/types reads it: decoded, every definition used, and written again byte for byte.
import { Metadata, TypeRegistry } from '@polkadot/types';
import { u8aToHex } from '@polkadot/util';
import { VERSIONS, metadata, same } from './files.mjs';

function check(version) {
  const bytes = metadata(version), registry = new TypeRegistry(), decoded = new Metadata(registry, u8aToHex(bytes));
  if (decoded.version !== version) return `version ${decoded.version}`;
  if (!same(decoded.toU8a(), bytes)) return 'does not re-encode to the same bytes';
  registry.setMetadata(decoded);
  const { lookup, pallets } = decoded.asLatest;
  let types = 0;
  for (const { id } of lookup.types) {
    registry.createClass(registry.createLookupType(id));
    types++;
  }
  for (const pallet of pallets) {
    for (const item of pallet.storage.isSome ? pallet.storage.unwrap().items : []) {
      if (item.modifier.isOptional) continue;
      const type = item.type.isPlain ? item.type.asPlain : item.type.asMap.value;
      const again = registry.createTypeUnsafe(registry.createLookupType(type), [item.fallback.toU8a(true)]).toU8a();
      if (!same(again, item.fallback.toU8a(true))) return `default of ${pallet.name}.${item.name}`;
    }
    for (const constant of pallet.constants) {
      const again = registry.createTypeUnsafe(registry.createLookupType(constant.type), [constant.value.toU8a(true)]).toU8a();
      if (!same(again, constant.value.toU8a(true))) return `constant ${pallet.name}.${constant.name}`;
    }
  }
  return types < 250 ? `only ${types} types` : undefined;
}

/** The names that polkadot.js has its own code for. */
function checkAliases() {
  const registry = new TypeRegistry(), decoded = new Metadata(registry, u8aToHex(metadata(16)));
  registry.setMetadata(decoded);
  const wanted = { AccountId: 'AccountId32', Address: 'MultiAddress', ExtrinsicSignature: 'MultiSignature' };
  for (const [name, target] of Object.entries(wanted)) {
    if (registry.createType(name).toRawType() !== registry.createType(target).toRawType()) return `${name} is not ${target}`;
  }
  const call = registry.createType('Call', { callIndex: [10, 3], args: [{ Id: new Uint8Array(32).fill(7) }, 5n] });
  if (`${call.section}.${call.method}` !== 'balances.transferKeepAlive') return `call 10.3 is ${call.section}.${call.method}`;
  if (call.toHex() !== `0x0a0300${'07'.repeat(32)}14`) return call.toHex();
  const { signedExtensions } = registry;
  return signedExtensions.join() === 'AuthorizeCall,CheckNonZeroSender,CheckSpecVersion,CheckTxVersion,CheckGenesis,CheckMortality,CheckNonce,' +
    'CheckWeight,ChargeTransactionPayment,CheckMetadataHash' ? undefined : signedExtensions.join();
}

export function testPolkadotJs(report) {
  const { warn } = console; // it names the extensions without effect; that they have none is checked with PAPI
  console.warn = () => {};
  try {
    for (const version of VERSIONS) report.run(`polkadot.js reads V${version} and writes it again byte for byte`, () => check(version));
    report.run('polkadot.js finds accounts, addresses, signatures, calls, extensions', checkAliases);
  } finally {
    console.warn = warn;
  }
}
