import { expect, it } from 'vitest'
import type { UnheardBatch } from './exporter.ts'
import { listenOn } from './listen-on.ts'

const SOON = 20
const NEVER_REACHED = 600_000

/** A batch of which these are found one after the other. */
function batchOf(...found: ReturnType<UnheardBatch['hear']>[]): UnheardBatch {
  return { hear: () => found.shift() ?? 'later' } as UnheardBatch
}

it('listens until something was heard of each batch', () => {
  const batches = [batchOf('later', 'later', 'heard'), batchOf('heard'), batchOf('later', 'heard')]
  expect(listenOn(batches, performance.now() + NEVER_REACHED)).toEqual([])
})

it('does not wait for what cannot be heard', () => {
  const [deaf, over] = [batchOf('never'), batchOf('later', 'never')]
  expect(listenOn([deaf, batchOf('heard'), over], performance.now() + NEVER_REACHED)).toEqual([deaf, over])
})

it('waits no longer than it may, and looks once where there is no time', () => {
  const [late, heard] = [batchOf(), batchOf('heard')]
  expect(listenOn([late, batchOf('later', 'heard')], performance.now() + SOON)).toEqual([late])
  expect(listenOn([late, heard], 0)).toEqual([late])
})
