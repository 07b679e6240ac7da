// Reading WebAssembly binaries: sections, LEB128 numbers, the import of the memory.

export const SECTION = { custom: 0, import: 2, global: 6, export: 7, code: 10 };
const SECTION_ORDER = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];

/** A cursor over bytes. Numbers of up to 64 bits come as bigint from `wide`, as number from the others. */
export class Cursor {
  constructor(bytes, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte() {
    if (this.at >= this.end) throw new Error('wasm: cut short');
    return this.bytes[this.at++];
  }

  unsigned() {
    let value = 0, scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  }

  /** Skips a signed or unsigned LEB128 number. */
  skip() { while (this.byte() >= 128); }

  name() {
    const size = this.unsigned(), from = this.at;
    this.at += size;
    return new TextDecoder().decode(this.bytes.subarray(from, this.at));
  }

  limits() {
    const flag = this.byte(), least = this.unsigned();
    return { least, most: flag & 1 ? this.unsigned() : undefined };
  }
}

export function unsignedLeb(value) {
  const out = [];
  let rest = value;
  do {
    const low = rest % 128;
    rest = Math.floor(rest / 128);
    out.push(rest ? low | 128 : low);
  } while (rest);
  return out;
}

/** Signed LEB128 of a safe non-negative integer. */
export function signedLeb(value) {
  const out = unsignedLeb(value);
  if (out.at(-1) & 64) {
    out[out.length - 1] |= 128;
    out.push(0);
  }
  return out;
}

/** @returns list of {id, from, to}: the content of each section, in file order */
export function sections(bytes) {
  if (bytes[0] !== 0 || bytes[1] !== 0x61 || bytes[2] !== 0x73 || bytes[3] !== 0x6d) throw new Error('not a wasm binary');
  const cursor = new Cursor(bytes, 8), list = [];
  while (cursor.at < bytes.length) {
    const id = cursor.byte(), size = cursor.unsigned();
    list.push({ id, from: cursor.at, to: cursor.at + size });
    cursor.at += size;
  }
  return list;
}

/** Place of a section id among the non-custom ones. */
export const sectionRank = id => SECTION_ORDER.indexOf(id);

/**
 * What a module imports.
 * @returns {{memoryPages: number|undefined, globals: number, functions: number}} least pages of an imported memory; how many imports
 */
export function importsOf(bytes) {
  const found = { memoryPages: undefined, globals: 0, functions: 0 };
  const section = sections(bytes).find(item => item.id === SECTION.import);
  if (!section) return found;
  const cursor = new Cursor(bytes, section.from, section.to);
  for (let count = cursor.unsigned(); count > 0; count--) {
    cursor.name();
    cursor.name();
    const kind = cursor.byte();
    if (kind === 0) {
      cursor.unsigned();
      found.functions++;
    } else if (kind === 1) {
      cursor.byte();
      cursor.limits();
    } else if (kind === 2) found.memoryPages = cursor.limits().least;
    else {
      cursor.byte();
      cursor.byte();
      found.globals++;
    }
  }
  return found;
}
