// Calls of the Models pallet: arguments that make sense, and the commitment that a staged version is revealed against.
import { concat, hex0x, le, utf8 } from './bytes.mjs';
import { blake2_256 } from './hashes.mjs';

export const WHOLE = 1000000000;
const STAGE_TAG = 'deai/models/stage/1';
const ZERO = `0x${'00'.repeat(32)}`;
export const FLAG_DERIVATIVES = 2;

const tagged = (tag, ...fields) => blake2_256(concat(Uint8Array.of(tag.length), utf8(tag), ...fields));

export class Models {
  /** @param client client.mjs#Client whose metadata has the pallet */
  constructor(client) { this.client = client; }

  static fits(client) { return client.has('models', 'registerModel'); }

  call(method, ...args) { return this.client.call('models', method, ...args); }

  licence(more = {}) {
    return this.call('createLicence', {
      textHash: ZERO, flags: FLAG_DERIVATIVES, derivativeRoyaltyPpb: 1000000, minPrice: 0, expires: 0, acceptRequired: false, ...more,
    });
  }

  /** Equal parts for accounts; the rest to the first of them in the order of accounts. */
  split(keys) {
    const accounts = keys.map(key => hex0x(key.account)).sort(), part = Math.floor(WHOLE / accounts.length);
    return accounts.map((account, i) => ({ account, ppb: i === 0 ? WHOLE - part * (accounts.length - 1) : part }));
  }

  register(licence, keys, more = {}) {
    const { kind = 'Weights', nameHash = ZERO, royaltyPpb = WHOLE, policy = 'Open' } = more;
    return this.call('registerModel', kind, nameHash, licence, royaltyPpb, this.split(keys), policy);
  }

  /** A VersionSpec whose artifact root is `root` (32 bytes). */
  spec(root, more = {}) {
    return {
      artifactRoot: hex0x(root), artifactLen: 1 << 20, manifestHash: hex0x(root), programRoot: hex0x(root), profile: 'ExactInt',
      fpParams: { topk: 0, maxExpMiss: 0, meanMantissa: 0, minOverlap: 0 }, unitRule: 'Call', knowledge: [], evalRoot: ZERO, sbomHash: ZERO, ...more,
    };
  }

  encodedSpec(spec) {
    const { args } = this.client.tx.models.activateVersion.meta;
    return this.client.registry.createType(args[2].type.toString(), spec).toU8a();
  }

  /** What stage_version commits to. @param salt 16 bytes */
  commitment(owner, model, spec, salt) {
    return tagged(STAGE_TAG, owner.account, le(model, 8), this.encodedSpec(spec), salt);
  }

  stage(owner, model, spec, salt) { return this.call('stageVersion', model, hex0x(this.commitment(owner, model, spec, salt))); }

  activate(model, number, spec, salt) { return this.call('activateVersion', model, number, spec, hex0x(salt)); }

  parents(model, parents) { return this.call('setParents', model, parents.map(([parent, ppb]) => ({ model: parent, version: 1, ppb }))); }

  /** A Root call through sudo, for encoded calls. */
  asRoot(bytes) { return concat(this.client.head('sudo', 'sudo'), bytes); }
}
