import * as fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { BatchQueue } from './batch-queue.ts'
import type { BatchQueueOptions } from './batch-queue.ts'

interface Sent {
  readonly batch: number[]
  readonly finish: () => void
}

function createQueue(options: Partial<BatchQueueOptions<number>> = {}) {
  const sent: Sent[] = []
  const overflown: number[] = []
  const queue = new BatchQueue<number>({
    maxQueueSize: 10,
    maxExportBatchSize: 3,
    scheduledDelayMillis: 1000,
    send: (batch) => new Promise((resolve) => sent.push({ batch, finish: resolve })),
    onOverflow: (item) => overflown.push(item),
    ...options,
  })
  return { queue, sent, overflown }
}

const push = (queue: BatchQueue<number>, ...items: number[]): void => items.forEach((item) => queue.push(item))
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('sends as soon as a batch is full, and not before', () => {
  const { queue, sent } = createQueue()
  push(queue, 1, 2)
  expect(sent).toEqual([])
  push(queue, 3)
  expect(sent.map(({ batch }) => batch)).toEqual([[1, 2, 3]])
})

it('sends what is there when the delay is over', () => {
  vi.useFakeTimers()
  try {
    const { queue, sent } = createQueue()
    push(queue, 1)
    vi.advanceTimersByTime(999)
    expect(sent).toEqual([])
    vi.advanceTimersByTime(1)
    expect(sent.map(({ batch }) => batch)).toEqual([[1]])
  } finally {
    vi.useRealTimers()
  }
})

it('sends one batch at a time, the next as soon as one is done with', async () => {
  const { queue, sent } = createQueue()
  push(queue, 1, 2, 3, 4, 5, 6, 7)
  expect(sent).toHaveLength(1)
  sent[0]?.finish()
  await turn()
  expect(sent.map(({ batch }) => batch)).toEqual([
    [1, 2, 3],
    [4, 5, 6],
  ])
})

it('drops the newest when it is full, a batch under way not counted', () => {
  const { queue, overflown } = createQueue({ maxQueueSize: 4 })
  push(queue, 1, 2, 3, 4, 5, 6, 7, 8)
  expect(overflown).toEqual([8])
})

it('drains without waiting for a full batch, and only what was there when it was asked', async () => {
  const { queue, sent } = createQueue()
  push(queue, 1, 2, 3, 4)
  let drained = false
  const drain = queue.drain().then(() => (drained = true))
  sent[0]?.finish()
  await turn()
  push(queue, 5)
  expect(sent.map(({ batch }) => batch)).toEqual([[1, 2, 3], [4]])
  expect(drained).toBe(false)
  sent[1]?.finish()
  await drain
  expect(queue.isEmpty).toBe(false)
})

it('is drained at once when nothing is in it', async () => {
  const { queue } = createQueue()
  await queue.drain()
  expect(queue.isEmpty).toBe(true)
})

it('sends everything it accepts exactly once and in order', async () => {
  const operation = fc.oneof({ weight: 5, arbitrary: fc.constant('push') }, fc.constant('finish'), fc.constant('drain'))
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
      const { queue, sent, overflown } = createQueue({ maxQueueSize: 5 })
      let next = 0
      for (const name of operations) {
        if (name === 'push') queue.push(next++)
        else if (name === 'finish') sent.at(-1)?.finish()
        else void queue.drain()
        await turn()
      }
      void queue.drain()
      while (!queue.isEmpty) {
        sent.at(-1)?.finish()
        await turn()
      }
      const all = [...Array(next).keys()].filter((item) => !overflown.includes(item))
      expect(sent.flatMap(({ batch }) => batch)).toEqual(all)
      expect(Math.max(0, ...sent.map(({ batch }) => batch.length))).toBeLessThanOrEqual(3)
    }),
    { numRuns: 50 },
  )
})
