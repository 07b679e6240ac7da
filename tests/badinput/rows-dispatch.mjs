// Extrinsics that are applied and fail: the exact DispatchError, and nothing changed but nonce, fee and the block's books.
import { compact, concat, fromHex, le, toHex, vector } from '../host/bytes.mjs';
import { unpack } from '../host/host.mjs';
import { sections } from '../host/wasm.mjs';
import { CODE_KEY } from '../host/chain.mjs';

const MOST = (1n << 128n) - 1n;
const module = ({ index, error }) => `0x000103${toHex([index, error])}000000`;

/** The blob with its embedded spec name or version changed. */
function otherVersion(code, change) {
  const copy = Uint8Array.from(unpack(code));
  for (const { id, from, to } of sections(copy)) {
    if (id !== 0 || new TextDecoder().decode(copy.subarray(from + 1, from + 16)) !== 'runtime_version') continue;
    change(copy.subarray(from + 16, to));
  }
  return copy;
}

/** Rows: {name, make, expect, event?: what a Sudid event must hold}; a row whose result is 0x0000 has its error in an event,
 * an unsigned one that is applied (as FRAME does: only the pool asks for a validator) has nobody who pays. */
export const dispatchRows = async bed => {
  const { client, alice, bob, dave, nobody, deposit } = bed;
  const head = (pallet, method) => client.head(pallet, method);
  const call = (pallet, method, ...args) => client.call(pallet, method, ...args);
  const free = bed.account(bed.open.state, dave).free;
  const from = (key, bytes) => bed.signed(bytes, key);
  const sudo = bytes => from(alice, concat(head('sudo', 'sudo'), bytes));
  /** Leaves one unit after the fee: below the existential deposit. */
  const reaping = async make => free - await bed.fee(from(dave, make(free))) - 1n;
  const reapers = {
    keepAlive: value => call('balances', 'transferKeepAlive', bed.id(bob), value),
    allowDeath: value => call('balances', 'transferAllowDeath', bed.id(bob), value),
    burn: value => call('balances', 'burn', value, true),
  };
  const reap = {};
  for (const [kind, make] of Object.entries(reapers)) if (kind !== 'burn' || client.has('balances', 'burn')) reap[kind] = make(await reaping(make));
  const to = bed.id(bob), signedOnly = '0x000102';
  const remark = call('system', 'remark', '0x01');
  const failing = call('balances', 'transferKeepAlive', to, free + 1n);
  const dispatchAs = bytes => concat(head('utility', 'dispatchAs'), Uint8Array.of(0, 0), bytes);
  const error = (pallet, name) => module(client.moduleError(pallet, name));
  const sudid = (pallet, name) => {
    const found = client.moduleError(pallet, name);
    return `0103${toHex([found.index, found.error])}000000`;
  };
  const code = bed.open.state.get(CODE_KEY);
  const setCode = bytes => sudo(concat(head('system', 'setCode'), compact(bytes.length), bytes));
  const rows = [
    ['transfer below the existential deposit to a new account', from(dave, call('balances', 'transferAllowDeath', bed.id(nobody), deposit - 1n)), '0x00010702'],
    ['keep-alive transfer below the existential deposit to a new account', from(dave, call('balances', 'transferKeepAlive', bed.id(nobody), 1n)), '0x00010702'],
    ['transfer of nothing to a new account', from(dave, call('balances', 'transferAllowDeath', bed.id(nobody), 0n)), '0x0000', { control: true }],
    ['transfer of more than free', from(dave, call('balances', 'transferAllowDeath', to, free + 1n)), '0x00010700'],
    ['transfer of more than there is', from(dave, call('balances', 'transferAllowDeath', to, MOST)), '0x00010800'],
    ['keep-alive transfer of more than free', from(dave, call('balances', 'transferKeepAlive', to, free + 1n)), '0x00010700'],
    ['keep-alive transfer that would reap the sender', from(dave, reap.keepAlive), '0x00010708'],
    ['the same with death allowed (control)', from(dave, reap.allowDeath), '0x0000', { control: true }],
    ['transfer to an address by index', from(dave, concat(head('balances', 'transferKeepAlive'), Uint8Array.of(1), compact(1))), '0x000101'],
    ['transfer to a raw address', from(dave, call('balances', 'transferKeepAlive', { Raw: '0x0102' }, 1n)), '0x000101'],
    ['transfer to an address of 20 bytes', from(dave, call('balances', 'transferKeepAlive', { Address20: `0x${'11'.repeat(20)}` }, 1n)), '0x000101'],
    ['burn of more than free', from(dave, call('balances', 'burn', free + 1n, false)), '0x00010700', { needs: ['balances', 'burn'] }],
    ['keep-alive burn that would reap', from(dave, reap.burn), '0x00010700', { needs: ['balances', 'burn'] }],
    ['transfer_all keeping alive of an account of one deposit (nothing moves)', from(dave, call('balances', 'transferAll', to, true)), '0x0000', { control: true }],
    ['force_transfer by a signed origin', from(dave, call('balances', 'forceTransfer', bed.id(alice), to, 1n)), signedOnly],
    ['force_unreserve by a signed origin', from(dave, call('balances', 'forceUnreserve', bed.id(alice), 1n)), signedOnly],
    ['force_set_balance by a signed origin', from(dave, call('balances', 'forceSetBalance', bed.id(alice), 1n)), signedOnly],
    ['force_adjust_total_issuance by a signed origin', from(dave, call('balances', 'forceAdjustTotalIssuance', 'Increase', 1n)), signedOnly],
    ['set_heap_pages by a signed origin', from(dave, call('system', 'setHeapPages', 9n)), signedOnly],
    ['set_code by a signed origin', from(dave, call('system', 'setCode', '0x00')), signedOnly],
    ['set_code_without_checks by a signed origin', from(dave, call('system', 'setCodeWithoutChecks', '0x00')), signedOnly],
    ['set_storage by a signed origin', from(dave, call('system', 'setStorage', [])), signedOnly],
    ['kill_storage by a signed origin', from(dave, call('system', 'killStorage', [])), signedOnly],
    ['kill_prefix by a signed origin', from(dave, call('system', 'killPrefix', '0x00', 1)), signedOnly],
    ['authorize_upgrade by a signed origin', from(dave, call('system', 'authorizeUpgrade', `0x${'00'.repeat(32)}`)), signedOnly],
    ['authorize_upgrade_without_checks by a signed origin', from(dave, call('system', 'authorizeUpgradeWithoutChecks', `0x${'00'.repeat(32)}`)), signedOnly],
    ['apply_authorized_upgrade with nothing authorised', from(dave, call('system', 'applyAuthorizedUpgrade', '0x00')), () => error('System', 'NothingAuthorized')],
    ['sudo by another account', from(dave, concat(head('sudo', 'sudo'), remark)), () => error('Sudo', 'RequireSudo')],
    ['sudo_unchecked_weight by another account', from(dave, concat(head('sudo', 'sudoUncheckedWeight'), remark, compact(1), compact(1))), () => error('Sudo', 'RequireSudo')],
    ['sudo_as by another account', from(dave, concat(head('sudo', 'sudoAs'), Uint8Array.of(0), alice.account, remark)), () => error('Sudo', 'RequireSudo')],
    ['set_key by another account', from(dave, call('sudo', 'setKey', bed.id(dave))), () => error('Sudo', 'RequireSudo')],
    ['remove_key by another account', from(dave, call('sudo', 'removeKey')), () => error('Sudo', 'RequireSudo')],
    ['batch_all with a failing call', from(dave, concat(head('utility', 'batchAll'), vector([remark, failing]))), '0x00010700'],
    ['batch with a failing call ends there', from(dave, concat(head('utility', 'batch'), vector([remark, failing, remark]))), '0x0000',
      { control: true, event: /utility\.BatchInterrupted/ }],
    ['force_batch goes past a failing call', from(dave, concat(head('utility', 'forceBatch'), vector([failing, remark]))), '0x0000',
      { control: true, event: /utility\.BatchCompletedWithErrors/ }],
    ['as_derivative of an account without money', from(dave, concat(head('utility', 'asDerivative'), le(7, 2), failing)), '0x00010700'],
    ['dispatch_as by a signed origin', from(dave, dispatchAs(remark)), signedOnly],
    ['with_weight by a signed origin', from(dave, concat(head('utility', 'withWeight'), remark, compact(1), compact(1))), signedOnly],
    ['timestamp by a signed origin', from(dave, call('timestamp', 'set', 1n)), '0x010008', { queue: '0x010009' }],
    ['sudo: issuance changed by nothing', sudo(call('balances', 'forceAdjustTotalIssuance', 'Increase', 0n)), '0x0000', { sudid: () => sudid('Balances', 'DeltaZero') }],
    ['sudo: code that is no code', setCode(Uint8Array.of(1, 2, 3)), '0x0000', { sudid: () => sudid('System', 'FailedToExtractRuntimeVersion') }],
    ['sudo: code of the same version', setCode(code), '0x0000', { sudid: () => sudid('System', 'SpecVersionNeedsToIncrease'), large: true }],
    ['sudo: code of another name', setCode(otherVersion(code, version => { version[1] ^= 1; })), '0x0000', { sudid: () => sudid('System', 'InvalidSpecName'), large: true }],
    ['bare call without a validator', client.bare(reapers.keepAlive(1n)), '0x000102', { queue: '0x010101', unsigned: true }],
    ['bare call of format 4 without a validator', client.bare(reapers.keepAlive(1n), 0x04), '0x000102', { queue: '0x010101', unsigned: true }],
    ['bare call of System, whose validator takes one call only', client.bare(remark), '0x010000', { queue: '0x010000' }],
    ['bare apply_authorized_upgrade with nothing authorised', client.bare(call('system', 'applyAuthorizedUpgrade', '0x00')), '0x010000', { queue: '0x010000' }],
    ['general extrinsic that nothing authorises', client.general(remark, { ...bed.author.facts, genesisHash: bed.author.genesisHash, nonce: 0 }), '0x01000c', { queue: '0x01000c' }],
    ['signer given by a raw address', bed.signed(remark, alice, { address: concat(fromHex('0208'), Uint8Array.of(1, 2)) }), '0x010100', { queue: '0x010100' }],
    ['signer given by an address of 32 bytes', bed.signed(remark, alice, { address: concat(Uint8Array.of(3), alice.account) }), '0x010100', { queue: '0x010100' }],
    ['signer given by an address of 20 bytes', bed.signed(remark, alice, { address: concat(Uint8Array.of(4), alice.account.slice(0, 20)) }), '0x010100', { queue: '0x010100' }],
  ];
  return rows
    .filter(([, , , more]) => (!more?.needs || client.has(...more.needs)))
    .map(([name, bytes, expect, more = {}]) => ({ name, make: () => bytes, expect: typeof expect === 'function' ? expect() : expect, ...more, dispatched: true }));
};

/** Rows about limits of weight and length. They fill blocks, so they come last and run alone. */
export const limitRows = bed => {
  const { client, alice } = bed, limits = client.consts.system.blockLength.toJSON();
  const most = limits.max?.normal ?? limits.normal;
  const sized = size => bed.signed(concat(client.head('system', 'remark'), compact(size), new Uint8Array(size)), alice);
  return [
    { name: `one extrinsic longer than the ${most} bytes of its class`, make: () => sized(most), expect: '0x010006' },
    { name: 'an extrinsic that fills its class (control)', make: () => sized(most - 2000), expect: '0x0000' },
  ];
};

