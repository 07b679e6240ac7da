// The host functions that a runtime may import from module "env", by name.
// Calling conventions: polkadot-sdk stable2609 substrate/primitives/io/src/lib.rs
import { compact, concat, hex0x, readCompact, readU32, splitVector, toHex, u32le, utf8, withLength } from './bytes.mjs';
import * as hashes from './hashes.mjs';
import { orderedRoot, root } from './trie.mjs';
import { devKey, ecdsaRecover, ecdsaVerifyHash, ed25519Verify, sr25519Verify, uncompressed } from './crypto.mjs';

const NO_PROOF_RECORDER = 0xffffffffffffffffn;
const CHILD_KEYS = toHex(utf8(':child_storage:'));
const ABSENT = Uint8Array.of(0);

const some = bytes => concat(Uint8Array.of(1), bytes);
const optionBytes = bytes => (bytes === undefined ? ABSENT : some(withLength(bytes)));

/** SCALE Option<u32>; anything else is refused as the node's decoder would. */
function optionU32(bytes) {
  if (bytes.length >= 1 && bytes[0] === 0) return undefined;
  if (bytes.length >= 5 && bytes[0] === 1) return readU32(bytes, 1);
  throw new Error('host function argument is no Option<u32>');
}

const killResult = ({ all, loops }) => concat(Uint8Array.of(all ? 0 : 1), u32le(loops));

function pairs(bytes) {
  const count = readCompact(bytes), out = [];
  let at = count.size;
  const text = () => {
    const length = readCompact(bytes, at);
    at += length.size + length.value;
    return bytes.slice(at - length.value, at);
  };
  for (let i = 0; i < count.value; i++) out.push([toHex(text()), text()]);
  return out.sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/**
 * @param guest how to reach the guest: bytes(fat), at(ptr, size), write(ptr, bytes), give(bytes) -> fat,
 *              place(bytes) -> ptr, allocate(size), release(ptr)
 * @param host {storage, log(level, target, text), logLevel, runtimeVersion(blob), keystore}
 */
export function hostFunctions(guest, host) {
  const { storage } = host;
  const key = fat => toHex(guest.bytes(fat));
  const isChild = name => name.startsWith(CHILD_KEYS) || CHILD_KEYS.startsWith(name);
  /** The node ignores direct writes to child roots, with a warning. */
  const set = (name, value) => { if (!name.startsWith(CHILD_KEYS)) storage.put(name, value); };
  const give = bytes => guest.give(bytes);

  /** Copies what fits from `offset`; answers how many bytes there are from `offset` on. */
  function read(value, out, offset) {
    const { pointer, size } = guest.range(out);
    guest.readBuffers += size;
    if (value === undefined) return give(ABSENT);
    const rest = value.subarray(Math.min(offset >>> 0, value.length));
    guest.write(pointer, rest.subarray(0, Math.min(size, rest.length)));
    return give(some(u32le(rest.length)));
  }

  const functions = {
    allocator_malloc_version_1: size => guest.allocate(size >>> 0),
    allocator_free_version_1: pointer => guest.release(pointer >>> 0),

    storage_get_version_1: k => give(optionBytes(storage.get(key(k)))),
    storage_read_version_1: (k, out, offset) => read(storage.get(key(k)), out, offset),
    storage_set_version_1: (k, v) => set(key(k), guest.bytes(v)),
    storage_clear_version_1: k => set(key(k), undefined),
    storage_exists_version_1: k => (storage.get(key(k)) === undefined ? 0 : 1),
    storage_clear_prefix_version_1: p => { if (!isChild(key(p))) storage.clearPrefix(key(p)); },
    storage_clear_prefix_version_2: (p, limit) => {
      const most = optionU32(guest.bytes(limit));
      return give(killResult(isChild(key(p)) ? { all: true, loops: 0 } : storage.clearPrefix(key(p), most)));
    },
    storage_append_version_1: (k, v) => storage.append(key(k), guest.bytes(v)),
    storage_root_version_1: () => give(storage.root(0)),
    storage_root_version_2: version => give(storage.root(version)),
    storage_next_key_version_1: k => {
      const next = storage.nextKey(key(k));
      return give(next === undefined ? ABSENT : optionBytes(Uint8Array.from(Buffer.from(next, 'hex'))));
    },
    storage_start_transaction_version_1: () => storage.begin(),
    storage_rollback_transaction_version_1: () => host.closeTransaction(() => storage.rollback()),
    storage_commit_transaction_version_1: () => host.closeTransaction(() => storage.commit()),

    default_child_storage_get_version_1: (c, k) => give(optionBytes(storage.get(key(k), key(c)))),
    default_child_storage_read_version_1: (c, k, out, offset) => read(storage.get(key(k), key(c)), out, offset),
    default_child_storage_set_version_1: (c, k, v) => storage.put(key(k), guest.bytes(v), key(c)),
    default_child_storage_clear_version_1: (c, k) => storage.put(key(k), undefined, key(c)),
    default_child_storage_exists_version_1: (c, k) => (storage.get(key(k), key(c)) === undefined ? 0 : 1),
    default_child_storage_next_key_version_1: (c, k) => {
      const next = storage.nextKey(key(k), key(c));
      return give(next === undefined ? ABSENT : optionBytes(Uint8Array.from(Buffer.from(next, 'hex'))));
    },
    default_child_storage_storage_kill_version_3: (c, limit) =>
      give(killResult(storage.clearPrefix('', optionU32(guest.bytes(limit)), key(c)))),
    default_child_storage_clear_prefix_version_2: (c, p, limit) =>
      give(killResult(storage.clearPrefix(key(p), optionU32(guest.bytes(limit)), key(c)))),
    default_child_storage_root_version_2: (c, version) => give(storage.childRoot(key(c), version)),

    trie_blake2_256_root_version_2: (list, version) => guest.place(root(pairs(guest.bytes(list)), version)),
    trie_blake2_256_ordered_root_version_1: list => guest.place(orderedRoot(splitVector(guest.bytes(list)), 0)),
    trie_blake2_256_ordered_root_version_2: (list, version) =>
      guest.place(orderedRoot(splitVector(guest.bytes(list)), version)),

    crypto_sr25519_verify_version_2: (signature, message, publicKey) =>
      Number(sr25519Verify(guest.at(signature, 64), guest.bytes(message), guest.at(publicKey, 32))),
    crypto_ed25519_verify_version_1: (signature, message, publicKey) =>
      Number(ed25519Verify(guest.at(signature, 64), guest.bytes(message), guest.at(publicKey, 32))),
    crypto_ecdsa_verify_version_2: (signature, message, publicKey) =>
      Number(ecdsaVerifyHash(guest.at(signature, 65), hashes.blake2_256(guest.bytes(message)), guest.at(publicKey, 33))),
    crypto_ecdsa_verify_prehashed_version_1: (signature, hash, publicKey) =>
      Number(ecdsaVerifyHash(guest.at(signature, 65), guest.at(hash, 32), guest.at(publicKey, 33))),
    crypto_sr25519_generate_version_1: (type, seed) => {
      const text = guest.bytes(seed);
      return guest.place(host.keystore.generate(toHex(guest.at(type, 4)), text[0] === 1 ? splitVector(concat(compact(1), text.slice(1)))[0] : null));
    },
    crypto_sr25519_sign_version_1: (type, publicKey, message) => {
      const signature = host.keystore.sign(toHex(guest.at(type, 4)), guest.at(publicKey, 32), guest.bytes(message));
      return give(signature ? some(signature) : ABSENT);
    },
    crypto_sr25519_public_keys_version_1: type => {
      const all = host.keystore.list(toHex(guest.at(type, 4)));
      return give(concat(compact(all.length), ...all));
    },

    logging_log_version_1: (level, target, message) => host.log(level >>> 0, guest.text(target), guest.text(message)),
    logging_max_level_version_1: () => host.logLevel,
    misc_print_num_version_1: number => host.log(2, 'print', String(BigInt.asUintN(64, number))),
    misc_print_utf8_version_1: text => host.log(2, 'print', guest.text(text)),
    misc_print_hex_version_1: bytes => host.log(2, 'print', hex0x(guest.bytes(bytes))),
    misc_runtime_version_version_1: blob => give(optionBytes(host.runtimeVersion(guest.bytes(blob)))),
    panic_handler_abort_on_panic_version_1: message => { throw new Error(`abort: ${guest.text(message)}`); },

    offchain_index_set_version_1: () => {},
    offchain_index_clear_version_1: () => {},
    storage_proof_size_storage_proof_size_version_1: () => BigInt.asIntN(64, NO_PROOF_RECORDER),
  };

  for (const name of ['blake2_128', 'blake2_256', 'twox_64', 'twox_128', 'twox_256', 'keccak_256', 'keccak_512', 'sha2_256']) {
    functions[`hashing_${name}_version_1`] = bytes => guest.place(hashes[name](guest.bytes(bytes)));
  }
  for (const version of [1, 2]) {
    const recover = (signature, hash) => ecdsaRecover(guest.at(signature, 65), guest.at(hash, 32), { lenient: version === 1 });
    const answer = (found, form) => give(found.key ? concat(ABSENT, form(found.key)) : Uint8Array.of(1, found.error));
    functions[`crypto_secp256k1_ecdsa_recover_version_${version}`] = (s, h) => answer(recover(s, h), uncompressed);
    functions[`crypto_secp256k1_ecdsa_recover_compressed_version_${version}`] = (s, h) => answer(recover(s, h), k => k);
  }
  return functions;
}

/** Session keys as a node keeps them; only "//name" seeds, and a fixed key where no seed is given. */
export class Keystore {
  constructor() { this.keys = new Map(); }

  generate(type, seed) {
    const suri = seed ? new TextDecoder().decode(seed) : '//Generated';
    if (!/^\/\/\w+$/.test(suri)) throw new Error(`keystore: cannot derive ${suri}`);
    const pair = devKey(suri.slice(2));
    this.keys.set(`${type}/${toHex(pair.publicKey)}`, pair);
    return pair.publicKey;
  }

  sign(type, publicKey, message) { return this.keys.get(`${type}/${toHex(publicKey)}`)?.sign(message) ?? null; }

  list(type) {
    return [...this.keys].filter(([id]) => id.startsWith(`${type}/`)).map(([, pair]) => pair.publicKey);
  }
}
