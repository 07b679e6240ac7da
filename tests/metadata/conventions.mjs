// What tools look for by name and shape; node ABI of polkadot-sdk stable2609: subxt-metadata 0.50, polkadot-omni-node 0.24, Chopsticks.
import { unified } from './papi.mjs';

const NODE_APIS = { Core: 5, Metadata: 2, BlockBuilder: 6, TaggedTransactionQueue: 3, OffchainWorkerApi: 2, SessionKeys: 2, AuraApi: 1,
  AuraUnincludedSegmentApi: 2, AccountNonceApi: 1, TransactionPaymentApi: 4, TransactionPaymentCallApi: 3, CollectCollationInfo: 3,
  GetParachainInfo: 1, RelayParentOffsetApi: 2, SchedulingV3EnabledApi: 1, TargetBlockRate: 1, KeyToIncludeInRelayProof: 1,
  GenesisBuilder: 1, ModelsApi: 1, DeaiApi: 1 };

export function testConventions(report) {
  const data = unified(16), types = new Map(data.lookup.map(type => [type.id, type]));
  const path = id => types.get(id).path.join('::');
  const byPath = wanted => data.lookup.filter(type => type.path.join('::') === wanted);
  const pallet = name => data.pallets.find(p => p.name === name);
  const item = (name, entry) => pallet(name)?.storage?.items.find(i => i.name === entry);
  const fields = type => type.def.value.map(f => f.name).join();

  report.run('type ids are dense and every reference resolves', () => {
    const wrong = data.lookup.findIndex((type, i) => type.id !== i);
    if (wrong >= 0) return `type ${wrong}`;
    const references = value => {
      if (Array.isArray(value)) return value.forEach(references);
      if (value === null || typeof value !== 'object') return undefined;
      for (const [key, inner] of Object.entries(value)) {
        if (key === 'type' && typeof inner === 'number' && !types.has(inner)) throw new Error(`type ${inner}`);
        references(inner);
      }
      return undefined;
    };
    return references(data.lookup) ?? references(data.pallets) ?? references(data.apis);
  });

  report.run('subxt: map keys fit their hashers', () => {
    for (const p of data.pallets) {
      for (const entry of p.storage?.items ?? []) {
        if (entry.type.tag !== 'map') continue;
        const { hashers, key } = entry.type.value, { def } = types.get(key);
        if (hashers.length > 1 && (def.tag !== 'tuple' || def.value.length !== hashers.length)) return `${p.name}.${entry.name}`;
      }
    }
    return undefined;
  });

  for (const [wanted, kind, names] of [
    ['sp_core::crypto::AccountId32', 'composite'], ['primitive_types::H256', 'composite'],
    ['sp_runtime::multiaddress::MultiAddress', 'variant', 'Id,Index,Raw,Address32,Address20'],
    ['sp_runtime::MultiSignature', 'variant', 'Ed25519,Sr25519,Ecdsa,Eth'],
    ['sp_runtime::DispatchError', 'variant'], ['sp_runtime::ModuleError', 'composite', 'index,error'],
    ['frame_system::EventRecord', 'composite', 'phase,event,topics'], ['frame_system::Phase', 'variant'],
    ['frame_system::DispatchEventInfo', 'composite', 'weight,class,pays_fee'],
    ['frame_system::AccountInfo', 'composite', 'nonce,consumers,providers,sufficients,data'],
    ['pallet_balances::types::AccountData', 'composite', 'free,reserved,frozen,flags'],
    ['sp_weights::weight_v2::Weight', 'composite', 'ref_time,proof_size'], ['sp_version::RuntimeVersion', 'composite'],
    ['sp_runtime::generic::header::Header', 'composite', 'parent_hash,number,state_root,extrinsics_root,digest'],
    ['nalar_runtime::RuntimeCall', 'variant'], ['nalar_runtime::RuntimeEvent', 'variant'], ['nalar_runtime::RuntimeError', 'variant'],
  ]) {
    report.run(`one type ${wanted}`, () => {
      const found = byPath(wanted);
      if (found.length !== 1) return `${found.length} of them`;
      if (found[0].def.tag !== kind) return found[0].def.tag;
      return names && fields(found[0]) !== names ? fields(found[0]) : undefined;
    });
  }

  report.run('Era has 256 variants, of one byte each after the first', () => {
    const [era] = byPath('sp_runtime::generic::era::Era');
    const wrong = era?.def.value.findIndex((v, i) => v.index !== i || v.name !== (i ? `Mortal${i}` : 'Immortal') || v.fields.length !== (i ? 1 : 0));
    return era?.def.value.length === 256 && wrong === -1 ? undefined : `variant ${wrong}`;
  });
  report.run('UncheckedExtrinsic has its four parameters', () => {
    const [extrinsic] = byPath('sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic');
    const names = extrinsic.params.map(p => p.name).join();
    if (names !== 'Address,Call,Signature,Extra') return names;
    const [address, call, signature] = extrinsic.params.map(p => path(p.type));
    return `${address} ${call} ${signature}` === 'sp_runtime::multiaddress::MultiAddress nalar_runtime::RuntimeCall sp_runtime::MultiSignature'
      ? undefined : `${address} ${call} ${signature}`;
  });
  report.run('the node finds the Aura key: sr25519', () => {
    const authorities = types.get(item('Aura', 'Authorities').type.value);
    const key = path(authorities.params[0].type);
    return key.includes('sr25519') ? undefined : key;
  });
  report.run('the node finds the block number: plain u32', () => {
    const number = item('System', 'Number');
    const { def } = types.get(number.type.value);
    return number.type.tag === 'plain' && def.tag === 'primitive' && def.value.tag === 'u32' ? undefined : JSON.stringify(number.type);
  });
  report.run('subxt: System.Hashing is BlakeTwo256', () => {
    const hashing = pallet('System').associatedTypes.find(t => t.name === 'Hashing');
    return path(hashing.type).endsWith('::BlakeTwo256') ? undefined : path(hashing.type);
  });
  report.run('every pallet enum has its path; docs are in docs/PALLETS.md alone', () => {
    const enums = data.lookup.filter(type => /::pallet::(Call|Event|Error)$/.test(type.path.join('::')));
    const documented = enums.flatMap(type => type.def.value.filter(v => v.docs.length > 0).map(v => `${type.path[0]}.${v.name}`));
    const missing = data.pallets.flatMap(p => ['calls', 'events', 'errors'].filter(kind => {
      const id = p[kind]?.type;
      return typeof id === 'number' && !/::pallet::(Call|Event|Error)$/.test(path(id));
    }).map(kind => `${p.name}.${kind}`));
    return enums.length === 0 || documented.length + missing.length ? ['wrong', ...documented, ...missing].join() : undefined;
  });
  for (const [name, entries] of Object.entries({ System: ['Number', 'ParentHash', 'Account', 'Events', 'BlockHash', 'ExtrinsicData'],
    Timestamp: ['Now'], ParachainInfo: ['ParachainId'], ParachainSystem: ['PendingValidationCode', 'ValidationData', 'LastRelayChainBlockNumber'] })) {
    report.run(`Chopsticks' entries of ${name}`, () => {
      const missing = entries.filter(entry => !item(name, entry));
      return missing.length ? missing.join() : undefined;
    });
  }
  report.run('V16 lists the APIs with their versions', () => {
    const listed = Object.fromEntries(data.apis.map(api => [api.name, api.version]));
    const wrong = Object.entries(NODE_APIS).filter(([name, version]) => listed[name] !== version);
    return wrong.length || Object.keys(listed).length !== Object.keys(NODE_APIS).length ? JSON.stringify(listed) : undefined;
  });
}
