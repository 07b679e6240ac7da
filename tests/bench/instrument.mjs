// Makes a copy of a WebAssembly module that counts the instructions it executes.
//
// A mutable i64 global is added and exported; at the start of each basic block (a run of instructions of which, short of
// a trap, all are executed or none) the number of its instructions is added to it. `end` and `else` count nothing. Blocks
// are found as by wasm-instrument 0.4 gas_metering#determine_metered_blocks, so the counts are those of count-instructions.
import { Cursor, SECTION, importsOf, sectionRank, sections, signedLeb, unsignedLeb } from '../host/wasm.mjs';

export const COUNTER = 'executed_instructions';
/** The count of an instance, from its exports. */
export const countOf = exports => Number(exports[COUNTER].value);

const OP = { block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, brTable: 0x0e, return: 0x0f };
const GLOBAL_GET = 0x23, GLOBAL_SET = 0x24, I64_CONST = 0x42, I64_ADD = 0x7c, I64 = 0x7e, MUTABLE = 1, GLOBAL_KIND = 3;

/** Reads past the immediates of an instruction that is no control flow. */
function skipImmediates(op, cursor) {
  if (op === 0x10 || (op >= 0x20 && op <= 0x24) || op === 0x41 || op === 0x42 || op === 0x3f || op === 0x40) cursor.skip();
  else if (op === 0x11 || (op >= 0x28 && op <= 0x3e)) {
    cursor.skip();
    cursor.skip();
  } else if (op === 0x43) cursor.at += 4;
  else if (op === 0x44) cursor.at += 8;
  else if (!(op <= 0x01 || op === 0x1a || op === 0x1b || (op >= 0x45 && op <= 0xc4))) {
    throw new Error(`instrument: no MVP instruction: 0x${op.toString(16)}`);
  }
}

/** Finds the basic blocks of one function body. Positions are byte offsets of instructions. */
class Blocks {
  constructor(start) {
    this.stack = [];
    this.done = [];
    this.open(start, false);
  }

  get top() { return this.stack.at(-1); }

  open(start, isLoop) { this.stack.push({ lowest: this.stack.length, start, cost: 0, isLoop }); }

  add() { this.top.cost++; }

  /** Ends the current block; the next one starts at `next`. A block opened where its parent's began joins it. */
  finish(next) {
    const top = this.top, closed = { start: top.start, cost: top.cost }, parent = this.stack.at(-2);
    top.start = next;
    top.cost = 0;
    if (parent && parent.start === closed.start) parent.cost += closed.cost;
    else if (closed.cost > 0) this.done.push(closed);
  }

  end(next) {
    this.finish(next);
    const closed = this.stack.pop(), index = this.stack.length;
    if (index === 0) return;
    this.top.lowest = Math.min(this.top.lowest, closed.lowest);
    if (closed.lowest < index) this.finish(next);
  }

  branch(next, targets) {
    this.finish(next);
    for (const target of targets) {
      if (!this.stack[target].isLoop) this.top.lowest = Math.min(this.top.lowest, target);
    }
  }
}

function blocksOf(bytes, from, to) {
  const cursor = new Cursor(bytes, from, to), blocks = new Blocks(from);
  while (cursor.at < to) {
    const op = cursor.byte();
    if (op === OP.end) blocks.end(cursor.at);
    else if (op === OP.else) blocks.finish(cursor.at);
    else {
      blocks.add();
      if (op === OP.block || op === OP.loop || op === OP.if) {
        cursor.skip();
        blocks.open(op === OP.block ? blocks.top.start : cursor.at, op === OP.loop);
      } else if (op === OP.br || op === OP.brIf) {
        const label = cursor.unsigned();
        blocks.branch(cursor.at, [blocks.stack.length - 1 - label]);
      } else if (op === OP.brTable) {
        const targets = [];
        for (let left = cursor.unsigned() + 1; left > 0; left--) targets.push(blocks.stack.length - 1 - cursor.unsigned());
        blocks.branch(cursor.at, targets);
      } else if (op === OP.return) blocks.branch(cursor.at, [0]);
      else skipImmediates(op, cursor);
    }
  }
  return blocks.done.sort((a, b) => a.start - b.start);
}

/** Bytes put together piece by piece. */
class Output {
  constructor() {
    this.parts = [];
    this.size = 0;
  }

  add(part) {
    this.parts.push(part);
    this.size += part.length;
  }

  join() {
    const out = new Uint8Array(this.size);
    let at = 0;
    for (const part of this.parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

function countedBody(bytes, from, to, global) {
  const cursor = new Cursor(bytes, from, to);
  for (let groups = cursor.unsigned(); groups > 0; groups--) {
    cursor.unsigned();
    cursor.byte();
  }
  const out = new Output(), index = unsignedLeb(global);
  let copied = from;
  for (const { start, cost } of blocksOf(bytes, cursor.at, to)) {
    out.add(bytes.subarray(copied, start));
    out.add([GLOBAL_GET, ...index, I64_CONST, ...signedLeb(cost), I64_ADD, GLOBAL_SET, ...index]);
    copied = start;
  }
  out.add(bytes.subarray(copied, to));
  return out.join();
}

function countedCode(bytes, { from, to }, globalOf) {
  const cursor = new Cursor(bytes, from, to), count = cursor.unsigned(), out = new Output();
  out.add(unsignedLeb(count));
  for (let i = 0; i < count; i++) {
    const size = cursor.unsigned(), body = countedBody(bytes, cursor.at, cursor.at + size, globalOf(i));
    out.add(unsignedLeb(body.length));
    out.add(body);
    cursor.at += size;
  }
  return out.join();
}

/** A section of entries with more at its end. */
function extended(bytes, section, entries) {
  const out = new Output();
  if (!section) out.add(unsignedLeb(entries.length));
  else {
    const cursor = new Cursor(bytes, section.from, section.to), count = cursor.unsigned();
    out.add(unsignedLeb(count + entries.length));
    out.add(bytes.subarray(cursor.at, section.to));
  }
  for (const entry of entries) out.add(entry);
  return out.join();
}

/**
 * @param bytes a raw (not compressed) WebAssembly binary of the MVP
 * @param perFunction one counter for each function of the code section, COUNTER_0, COUNTER_1 and so on, instead of one for all
 * @returns Uint8Array the copy; its exported global COUNTER (i64, mutable) holds the count
 */
export function instrument(bytes, { perFunction = false } = {}) {
  const list = sections(bytes), find = id => list.find(section => section.id === id);
  const globals = find(SECTION.global), code = find(SECTION.code);
  const own = globals ? new Cursor(bytes, globals.from, globals.to).unsigned() : 0;
  const index = importsOf(bytes).globals + own;
  const names = perFunction ? Array.from({ length: new Cursor(bytes, code.from, code.to).unsigned() }, (_, i) => `${COUNTER}_${i}`) : [COUNTER];
  const exported = (name, global) => [...unsignedLeb(name.length), ...new TextEncoder().encode(name), GLOBAL_KIND, ...unsignedLeb(global)];
  const changed = new Map([
    [SECTION.global, extended(bytes, globals, names.map(() => [I64, MUTABLE, I64_CONST, 0, OP.end]))],
    [SECTION.export, extended(bytes, find(SECTION.export), names.map((name, i) => exported(name, index + i)))],
  ]);
  if (code) changed.set(SECTION.code, countedCode(bytes, code, i => (perFunction ? index + i : index)));
  const out = new Output();
  out.add(bytes.subarray(0, 8));
  const emit = (id, content) => {
    out.add([id, ...unsignedLeb(content.length)]);
    out.add(content);
  };
  for (const section of list) {
    if (section.id !== SECTION.custom) {
      for (const [id, content] of changed) {
        if (sectionRank(id) < sectionRank(section.id)) {
          emit(id, content);
          changed.delete(id);
        }
      }
    }
    if (changed.has(section.id)) {
      emit(section.id, changed.get(section.id));
      changed.delete(section.id);
    } else emit(section.id, bytes.subarray(section.from, section.to));
  }
  for (const [id, content] of changed) emit(id, content);
  return out.join();
}
