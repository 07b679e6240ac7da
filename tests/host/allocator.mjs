// The node's allocator for guest memory ("freeing bump"): size classes of powers of two, an 8-byte header before each
// block, a free list per class. polkadot-sdk stable2609 substrate/client/allocator/src/freeing_bump.rs#FreeingBumpHeapAllocator

const PAGE = 65536, HEADER = 8, ORDERS = 23, SMALLEST = 8, LARGEST = 32 * 1024 * 1024, NIL = 0xffffffff, OCCUPIED = 1;

export class Allocator {
  /**
   * @param memory WebAssembly.Memory, grown only here
   * @param heapBase the module's __heap_base
   * @param maxPages most pages the memory may have
   */
  constructor(memory, heapBase, maxPages) {
    this.memory = memory;
    this.bumper = Math.ceil(heapBase / 8) * 8;
    this.maxPages = maxPages;
    this.free = new Array(ORDERS).fill(NIL);
    this.poisoned = false;
    /** Blocks handed out, the call's argument among them. */
    this.blocks = 0;
    this.view = new DataView(memory.buffer);
  }

  fresh() {
    if (this.view.buffer !== this.memory.buffer) this.view = new DataView(this.memory.buffer);
    return this.view;
  }

  guarded(work) {
    if (this.poisoned) throw new Error('the allocator has been poisoned');
    this.poisoned = true;
    const result = work();
    this.poisoned = false;
    return result;
  }

  header(at) {
    const view = this.fresh();
    if (at < 0 || at + HEADER > view.byteLength) throw new Error('allocator: header outside memory');
    return { data: view.getUint32(at, true), occupied: (view.getUint32(at + 4, true) & OCCUPIED) !== 0 };
  }

  writeHeader(at, data, occupied) {
    const view = this.fresh();
    view.setUint32(at, data, true);
    view.setUint32(at + 4, occupied ? OCCUPIED : 0, true);
  }

  bump(size) {
    const needed = Math.ceil((this.bumper + size) / PAGE), pages = this.memory.buffer.byteLength / PAGE;
    if (needed > pages) {
      if (needed > this.maxPages) throw new Error('allocator: out of space');
      this.memory.grow(Math.max(Math.min(pages * 2, this.maxPages), needed) - pages);
    }
    const at = this.bumper;
    this.bumper += size;
    return at;
  }

  /** @returns pointer of a block of at least `size` bytes, 8-aligned; the content is whatever was there */
  allocate(size) {
    return this.guarded(() => {
      if (size > LARGEST) throw new Error('allocator: requested allocation too large');
      let order = 0;
      while (SMALLEST << order < size) order++;
      let at = this.free[order];
      if (at !== NIL) {
        const { data, occupied } = this.header(at);
        if (occupied) throw new Error('allocator: free list points to an occupied header');
        this.free[order] = data;
      } else at = this.bump((SMALLEST << order) + HEADER);
      this.writeHeader(at, order, true);
      this.blocks++;
      return at + HEADER;
    });
  }

  release(pointer) {
    this.guarded(() => {
      const at = pointer - HEADER, { data: order, occupied } = this.header(at);
      if (!occupied || order >= ORDERS) throw new Error('allocator: the pointer is of no occupied block');
      this.writeHeader(at, this.free[order], false);
      this.free[order] = at;
    });
  }
}
