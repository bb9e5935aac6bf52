import { expect, it } from 'vitest'
import { createPlutusEngine } from './plutus-engine.ts'
import type { Works } from './works.ts'

/** An engine whose first collections lose something each, and what it did. */
function createEnd(lossyCollections: number) {
  const done: string[] = []
  const collections: unknown[] = []
  let marks = 0
  const collectNow = (): number => {
    if (done.filter((step) => step === 'collect').length < lossyCollections) marks++
    done.push('collect')
    return 8
  }
  const works = {
    outlet: {
      flush: () => Promise.resolve(void done.push('flush')),
      finish: () => void done.push('finish'),
    },
    metering: () => ({ collect: () => Promise.resolve(collectNow()), collectNow, repeated: 6 }),
    losses: { collected: (...args: unknown[]) => collections.push(args) },
    settle: () => {},
    sampling: undefined,
    marks: () => marks,
  } as unknown as Works
  return { done, collections, engine: createPlutusEngine('somewhere', () => works) }
}

it.each([
  ['nothing', 0, ['flush', 'collect', 'flush', 'finish']],
  ['something', 1, ['flush', 'collect', 'collect', 'flush', 'finish']],
  ['something every time', 9, ['flush', 'collect', 'collect', 'flush', 'finish']],
])('tells in further metrics, once, where the last of a quiet end lost %s', async (_what, lossy, steps) => {
  const { done, engine } = createEnd(lossy)
  await engine.flush(100, true)
  engine.finish?.(100, true)
  expect(done).toEqual(steps)
})

it.each([
  ['nothing', 0, ['collect', 'finish']],
  ['something', 1, ['collect', 'collect', 'finish']],
])('tells in further metrics where those of an end at once lost %s', (_what, lossy, steps) => {
  const { done, engine } = createEnd(lossy)
  engine.finish?.(100)
  expect(done).toEqual(steps)
})

it('collects again what listeners of the application to the end have measured, and nothing after that', () => {
  const { done, engine } = createEnd(0)
  engine.finish?.(100, false, true)
  engine.finish?.(100)
  engine.finish?.(100, false, true)
  expect(done).toEqual(['collect', 'finish', 'collect', 'finish', 'finish'])
})

it('tells what every collection of an end repeats', async () => {
  const { collections, engine } = createEnd(9)
  await engine.flush(100)
  engine.finish?.(100, false, true)
  await engine.flush(100, true)
  expect(collections).toEqual([
    [8, 6, true],
    [8, 6, false],
    [8, 6, false],
    [8, 6, true],
    [8, 6, false],
  ])
})
