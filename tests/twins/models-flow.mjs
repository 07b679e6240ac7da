// Calls of the Models pallet that make sense one after the other: licences, models, versions staged and revealed ticks
// later, parents, income, claims, transfers; each now and then by the wrong account or at the wrong time.
import { hex0x } from '../host/bytes.mjs';
import { Models } from '../host/models.mjs';

const STAGE_DELAY = 10;
const UNIT = 1000000000000n;

export class ModelsFlow {
  static fits(client) { return Models.fits(client); }

  constructor(client, random) {
    this.make = new Models(client);
    this.client = client;
    this.random = random;
    this.licences = 0;
    this.models = [];
    this.pending = null;
  }

  /** After the answer to the last call that `next` gave: keeps what it brought. */
  applied(result) {
    const done = this.pending;
    this.pending = null;
    if (done && result?.[0] === 0 && result[1] === 0) done();
  }

  /** A call, the key that signs it, and what is so once it worked. */
  give(call, key, done = () => {}) {
    this.pending = done;
    return { call, key };
  }

  model(filter = () => true) {
    const fit = this.models.filter(filter);
    return fit.length ? this.random.pick(fit) : null;
  }

  next(generator) {
    const { random } = this, who = random.pick(generator.keys.slice(0, 4)), now = generator.author.number;
    this.pending = null;
    if (this.licences === 0 || random.chance(4)) {
      const more = { flags: random.pick([2, 2, 3, 6, 0]), derivativeRoyaltyPpb: random.pick([0, 1000000, 50000000]), acceptRequired: random.chance(30) };
      return this.give(this.make.licence(more), who, () => { this.licences++; });
    }
    const step = random.weighted({
      register: this.models.length < 60 ? 16 : 4, stage: 16, activate: 24, parents: 10, revenue: 12, royalty: 10, ancestor: 8, split: 5, policy: 3,
      controller: 2, transfer: 4, accept: 4, yank: 2, deprecate: 1, claim: 3, resolve: 2, freeze: 1, unfreeze: 3, licence: 3,
    });
    return this[step](generator, who, now);
  }

  register(generator, who) {
    const { random, client } = this, next = client.value('models', 'nextModelId', generator.state().get(client.key('models', 'nextModelId')));
    const number = next?.toNumber() ?? 1;
    const members = generator.keys.filter(() => random.chance(35)), keys = members.length ? members : [who];
    const call = this.make.register(1 + random.below(this.licences), keys, { royaltyPpb: random.chance(80) ? 1000000000 : random.below(1000000000) });
    return this.give(call, who, () => this.models.push({ id: number, owner: who, members: keys, versions: 0, stages: [], live: [], parents: [] }));
  }

  stage(generator, who, now) {
    const model = this.model(item => item.stages.length < 5), { random } = this;
    if (!model) return this.register(generator, who);
    const spec = this.make.spec(random.bytes(32)), salt = random.bytes(16);
    return this.give(this.make.stage(model.owner, model.id, spec, salt), this.by(model, who), () => {
      model.versions++;
      model.stages.push({ number: model.versions, spec, salt, at: now });
    });
  }

  /** Mostly the owner, now and then whoever. */
  by(model, who) { return this.random.chance(92) ? model.owner : who; }

  activate(generator, who, now) {
    const due = item => item.stages.some(stage => now >= stage.at + STAGE_DELAY);
    const model = this.model(due) ?? (this.random.chance(20) ? this.model(item => item.stages.length > 0) : null);
    if (!model) return this.stage(generator, who, now);
    const stage = model.stages[0], salt = this.random.chance(95) ? stage.salt : this.random.bytes(16);
    return this.give(this.make.activate(model.id, stage.number, stage.spec, salt), this.by(model, who), () => {
      model.stages.shift();
      model.live.push(stage.number);
    });
  }

  parents(generator, who, now) {
    const { random } = this, child = this.model(item => item.live.length === 0);
    const fit = this.models.filter(item => item.live.length > 0 && child && item.id < child.id);
    if (!child || !fit.length) return this.activate(generator, who, now);
    const chosen = fit.filter(() => random.chance(40)).slice(0, 4), parents = (chosen.length ? chosen : [fit[0]]);
    const list = parents.map(item => ({ model: item.id, version: item.live[0], ppb: random.pick([1000000, 50000000, 60000000, 0]) }));
    return this.give(this.make.call('setParents', child.id, list), this.by(child, who), () => { child.parents = parents; });
  }

  root(generator, call) { return this.give(this.make.asRoot(call), generator.root); }

  any(generator, who) { return this.model(item => item.live.length > 0) ?? this.model() ?? { id: 1 + this.random.below(9), owner: who, members: [who], parents: [] }; }

  revenue(generator, who) {
    const amount = UNIT * BigInt(this.random.below(50)) + BigInt(this.random.below(1000));
    return this.root(generator, this.make.call('creditRevenue', hex0x(generator.root.account), this.any(generator, who).id, this.random.chance(95) ? 0 : 1, amount));
  }

  royalty(generator, who) {
    const model = this.any(generator, who);
    return this.give(this.make.call('claimRoyalty', model.id, this.random.pick([1, 1, 1, 1, 2, 0]), 0), this.random.pick(model.members));
  }

  ancestor(generator, who) {
    const child = this.model(item => item.parents.length > 0) ?? this.any(generator, who);
    const ancestor = child.parents.length ? this.random.pick(child.parents).id : 1 + this.random.below(5);
    return this.give(this.make.call('claimAncestor', child.id, ancestor, 0), who);
  }

  split(generator, who) {
    const model = this.any(generator, who), members = generator.keys.filter(() => this.random.chance(40));
    return this.give(this.make.call('setSplit', model.id, this.make.split(members.length ? members : [who])), this.by(model, who));
  }

  policy(generator, who) {
    const model = this.any(generator, who);
    return this.give(this.make.call('setPolicy', model.id, this.random.pick(['Open', 'LicenceAccepted', { Allow: { root: hex0x(this.random.bytes(32)), count: 5 } }])),
      this.by(model, who));
  }

  controller(generator, who) {
    const model = this.any(generator, who);
    return this.give(this.make.call('setController', model.id, hex0x(model.owner.account)), this.by(model, who));
  }

  transfer(generator, who) {
    const model = this.any(generator, who), to = this.random.chance(90) ? who : null;
    return this.give(this.make.call('transferModel', model.id, to && hex0x(to.account)), this.by(model, who), () => { model.offered = to; });
  }

  accept(generator, who) {
    const model = this.model(item => item.offered) ?? this.any(generator, who), taker = model.offered ?? who;
    return this.give(this.make.call('acceptTransfer', model.id), taker, () => {
      model.owner = taker;
      model.offered = null;
    });
  }

  yank(generator, who) {
    const model = this.any(generator, who);
    return this.give(this.make.call('yankVersion', model.id, 1 + this.random.below(3), this.random.below(9)), this.by(model, who));
  }

  deprecate(generator, who) {
    const model = this.model() ?? this.any(generator, who);
    return this.give(this.make.call('deprecate', model.id), this.by(model, who));
  }

  claim(generator, who) {
    const bond = this.client.consts.models.claimBond.toBigInt() - (this.random.chance(10) ? 1n : 0n);
    return this.give(this.make.call('openClaim', this.any(generator, who).id, 1, hex0x(this.random.bytes(32)), bond), who);
  }

  resolve(generator, who) { return this.root(generator, this.make.call('resolveClaim', this.any(generator, who).id, this.random.chance(50))); }

  freeze(generator, who) { return this.root(generator, this.make.call('freeze', this.any(generator, who).id)); }

  unfreeze(generator, who) { return this.root(generator, this.make.call('unfreeze', this.any(generator, who).id)); }

  licence(generator, who) { return this.give(this.make.call('acceptLicence', 1 + this.random.below(this.licences), `0x${'00'.repeat(32)}`), who); }
}
