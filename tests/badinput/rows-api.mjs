// Runtime APIs with arguments that are wrong: what they answer, and that nothing changes.
import { concat, le, u32le, utf8, vector, withLength } from '../host/bytes.mjs';
import { RELAY_SLOT_MS, inherentData } from '../host/relay.mjs';
import { encodeHeader } from '../host/chain.mjs';

const NOTHING = new Uint8Array(0), HASH = new Uint8Array(32);
const text = words => withLength(utf8(words));
const refused = { text: 'Err(text)', holds: hex => hex.startsWith('0x01') && hex.length > 6 };

const brokenCall = { text: 'trap or Invalid(Call)', holds: hex => hex === 'trap' || hex === '0x010000' };

/** Rows: {name, fn, args, expect}: a result in hexadecimal, 'trap', or {text, holds(hex)} */
export const apiRows = bed => {
  const header = number => encodeHeader({ parentHash: HASH, number, stateRoot: HASH, extrinsicsRoot: HASH, digest: [] });
  const slot = bed.author.relaySlot(bed.author.number);
  const block = vector([]);
  const check = time => concat(header(bed.author.number + 1), block, inherentData({ timstap0: le(time, 8) }));
  const genesis = json => ({ fn: 'GenesisBuilder_build_state', args: text(json), expect: refused });
  const spoilt = (patch, name) => ({ name: `build_state: ${name}`, ...genesis(patch) });
  return [
    { name: 'metadata of version 13', fn: 'Metadata_metadata_at_version', args: u32le(13), expect: '0x00' },
    { name: 'metadata of version 17', fn: 'Metadata_metadata_at_version', args: u32le(17), expect: '0x00' },
    { name: 'metadata of version 2^32 - 1', fn: 'Metadata_metadata_at_version', args: u32le(0xffffffff), expect: '0x00' },
    { name: 'metadata_at_version without a version', fn: 'Metadata_metadata_at_version', args: NOTHING, expect: 'trap' },
    { name: 'Core_version with an argument', fn: 'Core_version', args: Uint8Array.of(1), expect: 'trap' },
    { name: 'account_nonce of half an account', fn: 'AccountNonceApi_account_nonce', args: new Uint8Array(16), expect: 'trap' },
    { name: 'account_nonce of no account', fn: 'AccountNonceApi_account_nonce', args: bed.nobody.account, expect: '0x00000000' },
    { name: 'initialize_block without a header', fn: 'Core_initialize_block', args: NOTHING, expect: 'trap' },
    { name: 'initialize_block of half a header', fn: 'Core_initialize_block', args: header(1).slice(0, 60), expect: 'trap' },
    { name: 'initialize_block of the wrong number', fn: 'Core_initialize_block', args: header(77), expect: 'trap' },
    { name: 'execute_block of nothing', fn: 'Core_execute_block', args: NOTHING, expect: 'trap' },
    { name: 'execute_block of block 0', fn: 'Core_execute_block', args: concat(header(0), block), expect: 'trap' },
    { name: 'inherent_extrinsics of nothing', fn: 'BlockBuilder_inherent_extrinsics', args: NOTHING, expect: 'trap' },
    { name: 'inherent_extrinsics without any data', fn: 'BlockBuilder_inherent_extrinsics', args: inherentData({}), expect: 'trap' },
    { name: 'check_inherents, timestamp right', fn: 'BlockBuilder_check_inherents', args: check(slot * RELAY_SLOT_MS), expect: '0x010000' },
    { name: 'get_preset of an unknown name', fn: 'GenesisBuilder_get_preset', args: concat(Uint8Array.of(1), text('no such preset')), expect: '0x00' },
    { name: 'get_preset with an option of 2', fn: 'GenesisBuilder_get_preset', args: Uint8Array.of(2), expect: 'trap' },
    { name: 'decode_session_keys of nothing', fn: 'SessionKeys_decode_session_keys', args: withLength(NOTHING), expect: '0x00' },
    { name: 'decode_session_keys of 31 bytes', fn: 'SessionKeys_decode_session_keys', args: withLength(new Uint8Array(31)), expect: '0x00' },
    { name: 'validate_transaction of nothing', fn: 'TaggedTransactionQueue_validate_transaction', args: NOTHING, expect: brokenCall },
    { name: 'validate_transaction from an unknown source', fn: 'TaggedTransactionQueue_validate_transaction', args: concat(Uint8Array.of(9), HASH), expect: brokenCall },
    spoilt('', 'no text'),
    spoilt('{', 'half a text'),
    spoilt('[]', 'a list'),
    spoilt('{"noSuchPallet":{}}', 'unknown pallet'),
    spoilt('{"balances":{"noSuchField":1}}', 'unknown field'),
    spoilt('{"balances":{"balances":[["not an address",1]]}}', 'address that is none'),
    spoilt('{"balances":{"balances":[["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQX",1000000000000000]]}}', 'address with a wrong checksum'),
    spoilt('{"balances":{"balances":[["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",-1]]}}', 'negative balance'),
    spoilt('{"balances":{"balances":[["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY",340282366920938463463374607431768211456]]}}', 'balance of 2^128'),
    spoilt('{"parachainInfo":{"parachainId":4294967296}}', 'parachain id of 2^32'),
    spoilt('{"parachainInfo":{"parachainId":"x"}}', 'parachain id that is a text'),
    spoilt(`{"balances":${'['.repeat(5000)}`, '5000 open brackets'),
  ];
};
