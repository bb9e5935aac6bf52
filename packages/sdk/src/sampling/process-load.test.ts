import { expect, it } from 'vitest'
import { createLoadMeter } from './process-load.ts'

it('tells shares from 0 to 1', async () => {
  const readLoad = createLoadMeter()
  const until = performance.now() + 20
  while (performance.now() < until); // something to measure
  await new Promise((resolve) => setImmediate(resolve))
  const { eventLoop, cpu } = readLoad()
  expect(eventLoop).toBeGreaterThanOrEqual(0)
  expect(eventLoop).toBeLessThanOrEqual(1)
  expect(cpu).toBeGreaterThan(0)
  // The system counts processor time in ticks of its own.
  expect(cpu).toBeLessThanOrEqual(2)
})
