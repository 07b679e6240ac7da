// Random values of any type of the metadata, as SCALE bytes: arguments that decode, for every call there is.
import { compact, concat, le, u32le, utf8, withLength } from '../host/bytes.mjs';

const DEEPEST = 5;
const WIDTH = { U8: 1, U16: 2, U32: 4, U64: 8, U128: 16, U256: 32, I8: 1, I16: 2, I32: 4, I64: 8, I128: 16, I256: 32 };

export class Values {
  /**
   * @param client client.mjs#Client
   * @param random random.mjs#Random
   * @param hooks makers for types that random bytes would hit badly, by the last segment of the type's path: {name: () => bytes}
   */
  constructor(client, random, hooks = {}) {
    this.lookup = client.registry.lookup;
    this.random = random;
    this.hooks = hooks;
  }

  /** SCALE bytes of a random value of type `id`. */
  make(id, depth = 0) {
    const { path, def } = this.lookup.getSiType(id), name = path.length ? path.at(-1).toString() : '';
    if (this.hooks[name]) return this.hooks[name](depth);
    if (def.isComposite) return concat(...def.asComposite.fields.map(field => this.make(field.type, depth + 1)));
    if (def.isVariant) return this.variant(def.asVariant.variants, depth);
    if (def.isSequence) return this.sequence(def.asSequence.type, depth);
    if (def.isArray) return this.array(def.asArray, depth);
    if (def.isTuple) return concat(...def.asTuple.map(item => this.make(item, depth + 1)));
    if (def.isPrimitive) return this.primitive(def.asPrimitive.type);
    if (def.isCompact) return this.compact(def.asCompact.type);
    throw new Error(`no maker for type ${id.toString()}`);
  }

  variant(variants, depth) {
    if (variants.length === 0) return new Uint8Array(0);
    const simple = variants.filter(item => item.fields.length === 0);
    const chosen = this.random.pick(depth >= DEEPEST && simple.length ? simple : [...variants]);
    return concat(Uint8Array.of(chosen.index.toNumber()), ...chosen.fields.map(field => this.make(field.type, depth + 1)));
  }

  sequence(item, depth) {
    const count = depth >= DEEPEST ? 0 : this.random.below(this.random.chance(10) ? 40 : 5);
    if (this.isByte(item)) return withLength(this.random.bytes(this.random.chance(10) ? 300 : count * 3));
    return concat(compact(count), ...Array.from({ length: count }, () => this.make(item, depth + 1)));
  }

  isByte(id) {
    const { def } = this.lookup.getSiType(id);
    return def.isPrimitive && def.asPrimitive.type === 'U8';
  }

  array({ len, type }, depth) {
    const size = len.toNumber();
    if (this.isByte(type)) return this.random.chance(20) ? new Uint8Array(size) : this.random.bytes(size);
    return concat(...Array.from({ length: size }, () => this.make(type, depth + 1)));
  }

  primitive(name) {
    if (name === 'Bool') return Uint8Array.of(this.random.below(2));
    if (name === 'Str') return withLength(utf8(this.random.pick(['', 'x', 'nalar', 'ü€'])));
    if (name === 'Char') return u32le(97);
    const size = WIDTH[name];
    return le(this.random.big(8 * size), size);
  }

  compact(id) {
    const { def } = this.lookup.getSiType(id);
    if (def.isPrimitive) return compact(this.random.big(8 * WIDTH[def.asPrimitive.type]));
    if (def.isTuple && def.asTuple.length === 0) return new Uint8Array(0);
    if (def.isComposite && def.asComposite.fields.length === 1) return this.compact(def.asComposite.fields[0].type);
    throw new Error(`no compact maker for type ${id.toString()}`);
  }
}
