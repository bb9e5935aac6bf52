import { startProgram, startReceiver } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const RUNTIME = [
  'nodejs.eventloop.delay.max',
  'nodejs.eventloop.delay.p99',
  'nodejs.eventloop.time',
  'nodejs.eventloop.utilization',
  'v8js.memory.heap.space.size',
  'v8js.memory.heap.used',
]

it.each(['plutus', 'upstream'])(
  'measures the event loop and the memory of a service that idles, by the engine %s',
  async (engine) => {
    const receiver = await startReceiver()
    const service = startProgram({ file: programFile('idle.mjs'), receiver, env: { PLUTUS_ENGINE: engine } })
    try {
      const told = (): Set<string> => new Set(receiver.metrics.map(({ name }) => name))
      await receiver.waitFor(() => RUNTIME.every((name) => told().has(name)), { timeoutMillis: 20_000 })
      const heap = receiver.metrics.find(({ name }) => name === 'v8js.memory.heap.used')
      expect(heap).toMatchObject({ unit: 'By', type: 'gauge' })
      expect(heap?.points.map(({ attributes }) => attributes['v8js.heap.space.name'])).toContain('old_space')
    } finally {
      await service.stop()
      await receiver.close()
    }
  },
)
