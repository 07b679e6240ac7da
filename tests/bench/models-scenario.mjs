// The Models pallet's calls, each once in a state where it has its usual work, activation with its largest one.
import { hex0x, u32le } from '../host/bytes.mjs';
import { blake2_256 } from '../host/hashes.mjs';
import { Models } from '../host/models.mjs';

const STAGE_DELAY = 10, PER_BLOCK = 8, RATE = 50000000;
const SALT = new Uint8Array(16).fill(5);
const REVENUE = 1000000000000n, FIRST_GENERATION = 1;
/** Each of four parents has seven ancestors of its own: 4 x (7 + 1) = 32. */
const GROUPS = 4, ROOTS = 6;

export class ModelsScenario {
  static fits(client) { return Models.fits(client); }

  /** @param scenario scenario.mjs#Scenario between two blocks */
  constructor(scenario) {
    this.on = scenario;
    this.make = new Models(scenario.client);
    this.owner = scenario.alice;
    this.other = scenario.bob;
    this.made = 0;
  }

  /** Applies calls, some to a block. Items: [call, row name or null, key]. */
  async apply(items) {
    for (let at = 0; at < items.length; at += PER_BLOCK) {
      await this.on.open();
      for (const [call, name = null, key = this.owner] of items.slice(at, at + PER_BLOCK)) {
        await this.on.apply(call, key, name && `apply ${name}`);
        this.inner(name);
      }
      await this.on.close();
    }
  }

  /** A Root call tells only in an event whether it worked. */
  inner(name) {
    if (!name?.includes('by sudo')) return;
    const { client, chain } = this.on, events = client.eventList(chain.state.get(client.key('system', 'events')));
    const told = events.filter(event => event.name === 'sudo.Sudid').at(-1);
    if (!told || JSON.stringify(told.data) !== '[{"ok":null}]') throw new Error(`${name}: ${JSON.stringify(told?.data)}`);
  }

  spec(model, version = 1) { return this.make.spec(blake2_256(u32le(model * 1000 + version))); }

  stage(model, version = 1) { return this.make.stage(this.owner, model, this.spec(model, version), SALT); }

  activate(model, version = 1) { return this.make.activate(model, version, this.spec(model, version), SALT); }

  /** Numbers of `count` models that come next. */
  take(count) {
    const first = this.made + 1;
    this.made += count;
    return Array.from({ length: count }, (_, i) => first + i);
  }

  async run() {
    const { make, owner, other } = this, { client } = this.on;
    const register = () => make.register(1, [owner, other]);
    await this.apply([[make.licence(), 'Models.create_licence'], [register(), 'Models.register_model']]);
    const [plain] = this.take(1);
    const groups = Array.from({ length: GROUPS }, () => ({ roots: this.take(ROOTS), middle: this.take(1)[0], parent: this.take(1)[0] }));
    const [child] = this.take(1), [draft] = this.take(1);
    await this.apply(Array.from({ length: this.made - 1 }, () => [register()]));
    await this.apply([[this.stage(plain), 'Models.stage_version'], ...Array.from({ length: child - 1 }, (_, i) => [this.stage(i + 2)])]);
    await this.on.emptyBlocks(STAGE_DELAY);
    await this.apply([[this.activate(plain), 'Models.activate_version (no parents)'],
      ...groups.flatMap(({ roots }) => roots.map(model => [this.activate(model)]))]);
    await this.apply(groups.map(({ roots, middle }) => [make.parents(middle, roots.slice(0, 3).map(model => [model, RATE]))]));
    await this.apply(groups.map(({ middle }) => [this.activate(middle)]));
    await this.apply(groups.map(({ roots, middle, parent }) => [make.parents(parent, [...roots.slice(3), middle].map(model => [model, RATE]))]));
    await this.apply(groups.map(({ parent }) => [this.activate(parent)]));
    await this.apply([[make.parents(child, groups.map(({ parent }) => [parent, RATE])), 'Models.set_parents (4 parents)']]);
    await this.apply([[this.activate(child), 'Models.activate_version (4 parents, 32 ancestors)']]);
    const ancestors = client.value('models', 'ancestors', this.on.chain.state.get(client.key('models', 'ancestors', child)));
    if (ancestors?.length !== GROUPS * (ROOTS + 2)) throw new Error(`the child has ${ancestors?.length} ancestors`);
    await this.money(child, groups[0].roots[0]);
    await this.powers(plain, draft);
  }

  async money(child, ancestor) {
    const { make, owner, other } = this;
    await this.apply([
      [make.asRoot(make.call('creditRevenue', hex0x(owner.account), child, 0, REVENUE)), 'Models.credit_revenue (by sudo)'],
      [make.call('claimRoyalty', child, FIRST_GENERATION, 0), 'Models.claim_royalty', other],
      [make.call('claimAncestor', child, ancestor, 0), 'Models.claim_ancestor', other],
      [make.call('acceptLicence', 1, `0x${'00'.repeat(32)}`), 'Models.accept_licence', other],
    ]);
  }

  async powers(model, draft) {
    const { make, owner, other } = this;
    await this.apply([
      [make.call('setSplit', model, make.split([owner])), 'Models.set_split'],
      [make.call('setPolicy', model, 'LicenceAccepted'), 'Models.set_policy'],
      [make.call('openClaim', model, 1, `0x${'11'.repeat(32)}`, this.bond()), 'Models.open_claim', other],
      [make.asRoot(make.call('resolveClaim', model, false)), 'Models.resolve_claim (by sudo)'],
      [make.asRoot(make.call('freeze', model)), 'Models.freeze (by sudo)'],
      [make.asRoot(make.call('unfreeze', model)), 'Models.unfreeze (by sudo)'],
    ]);
    await this.apply([
      [make.call('yankVersion', model, 1, 7), 'Models.yank_version'],
      [make.call('transferModel', model, hex0x(other.account)), 'Models.transfer_model'],
      [make.call('acceptTransfer', model), 'Models.accept_transfer', other],
      [make.call('setController', model, hex0x(owner.account)), 'Models.set_controller', other],
      [make.call('deprecate', draft), 'Models.deprecate (a draft)'],
    ]);
  }

  bond() { return this.on.client.consts.models.claimBond.toBigInt(); }
}
