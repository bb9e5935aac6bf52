import type { UnheardBatch } from './exporter.ts'

// An answer of a collector on the same machine takes as long; a look costs next to nothing.
const LOOK_MILLIS = 2

/**
 * Blocks this thread until something was heard of each batch of which something can be, or until a time by the monotonic
 * clock; looks once at least. Returns those of which nothing was heard.
 */
export function listenOn(batches: readonly UnheardBatch[], until: number): readonly UnheardBatch[] {
  const silent: UnheardBatch[] = []
  let open = batches
  for (;;) {
    open = open.filter((batch) => {
      const found = batch.hear()
      if (found === 'never') silent.push(batch)
      return found === 'later'
    })
    const left = until - performance.now()
    if (open.length === 0 || left <= 0) return [...silent, ...open]
    sleep(Math.min(LOOK_MILLIS, left))
  }
}

function sleep(millis: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, millis)
}
