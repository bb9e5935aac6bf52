import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Engine } from './engine.ts'
import { flushAtExit } from './exit-flush.ts'

const WAIT_MILLIS = 500
// What `process.exit` calls last.
const host = process as unknown as { reallyExit: (code: number) => void }
const { reallyExit } = host

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  host.reallyExit = reallyExit
})

/** A process that ends when it is told to, with an engine that takes so long to flush. */
function createEnd(flushMillis: number) {
  const listeners = new Map<unknown, (...args: unknown[]) => void>()
  const keep = (name: unknown, listener: (...args: unknown[]) => void): NodeJS.Process => {
    listeners.set(name, listener)
    return process
  }
  vi.spyOn(process, 'once').mockImplementation(keep as typeof process.once)
  vi.spyOn(process, 'on').mockImplementation(keep as typeof process.on)
  const waits: number[] = []
  const stages: string[] = []
  const engine: Engine = {
    name: 'plutus',
    destination: 'somewhere',
    flush: () =>
      new Promise((resolve) => {
        if (flushMillis < Infinity) setTimeout(resolve, flushMillis)
      }),
    finish: (millis, _wasLast, isMore = false) => {
      waits.push(millis)
      stages.push(isMore ? 'more' : 'over')
    },
  }
  flushAtExit(engine, WAIT_MILLIS)
  return { waits, stages, emit: (name: string) => listeners.get(name)?.() }
}

it('leaves the whole wait to an end that nothing was flushed for', () => {
  const { waits, emit } = createEnd(0)
  emit('exit')
  expect(waits).toEqual([WAIT_MILLIS])
})

it.each([
  ['in time', 200, 300],
  ['never', Infinity, 100],
])('waits no longer in all when a flush ends %s', async (_when, flushMillis, left) => {
  const { waits, emit } = createEnd(flushMillis)
  emit('beforeExit')
  await vi.advanceTimersByTimeAsync(Math.min(flushMillis, WAIT_MILLIS * 0.8))
  emit('exit')
  expect(waits).toEqual([left])
})

it('leaves the whole wait to the end of a program that has gone on after its event loop ran dry', async () => {
  const { waits, emit } = createEnd(200)
  emit('beforeExit')
  await vi.advanceTimersByTimeAsync(200 + WAIT_MILLIS)
  emit('exit')
  expect(waits).toEqual([WAIT_MILLIS])
})

it('finishes once more, and once only, when listeners of the application to the end have run', () => {
  const codes: unknown[] = []
  host.reallyExit = (...args) => void codes.push(args)
  vi.spyOn(process, 'listeners').mockReturnValue([() => {}])
  const { stages, emit } = createEnd(0)
  emit('exit')
  expect(stages).toEqual(['more'])
  host.reallyExit(4)
  emit('uncaughtExceptionMonitor')
  expect([stages, codes]).toEqual([['more', 'over'], [[4]]])
})

it('finishes once more when a listener of the application to the end throws', () => {
  vi.spyOn(process, 'listeners').mockReturnValue([() => {}])
  const { stages, emit } = createEnd(0)
  emit('exit')
  emit('uncaughtExceptionMonitor')
  expect(stages).toEqual(['more', 'over'])
})
