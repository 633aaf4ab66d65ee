/** Parts of a range of memory that are not given out, in order; neighbours are one part. */
export class FreeList {
  constructor(offset = 0, nbytes = 0) {
    this.parts = nbytes > 0 ? [[offset, nbytes]] : [];
  }

  /** The offset of `nbytes` bytes, or null where no part is large enough. */
  take(nbytes) {
    const i = this.parts.findIndex(([, size]) => size >= nbytes);
    if (i < 0) return null;
    const [offset, size] = this.parts[i];
    this.parts.splice(i, 1, ...(size > nbytes ? [[offset + nbytes, size - nbytes]] : []));
    return offset;
  }

  /** Makes bytes free that were taken, or that are new. */
  giveBack(offset, nbytes) {
    let i = this.parts.findIndex(([start]) => start > offset);
    if (i < 0) i = this.parts.length;
    this.parts.splice(i, 0, [offset, nbytes]);
    for (const at of [i, i - 1]) {
      const [low, high] = [this.parts[at], this.parts[at + 1]];
      if (low && high && low[0] + low[1] === high[0]) this.parts.splice(at, 2, [low[0], low[1] + high[1]]);
    }
  }
}
