import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import type { ContextManager } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { StorageContextManager } from '@plutus/sdk'
import * as fc from 'fast-check'
import { EventEmitter } from 'node:events'
import { setTimeout as later } from 'node:timers/promises'
import { expect, it } from 'vitest'

const KEY = createContextKey('place')
const ADDING = ['on', 'once', 'addListener', 'prependListener', 'prependOnceListener'] as const
const REMOVING = ['off', 'removeListener'] as const

interface Step {
  readonly do: (typeof ADDING)[number] | (typeof REMOVING)[number] | 'emit' | 'removeAllListeners'
  readonly event: string
  readonly listener?: number
}

/** What listeners of an emitter hear and where, and what the emitter tells of them. */
function useEmitter(steps: readonly Step[], place: 'bound' | 'around'): unknown[] {
  const manager = new StorageContextManager()
  const heard: unknown[] = []
  const placeNow = (): unknown => manager.active().getValue(KEY)
  const listeners = [0, 1, 2].map(
    (number) =>
      function (this: unknown, ...args: unknown[]): void {
        heard.push([number, args, placeNow() === place, this === emitter])
      },
  )
  const bare = new EventEmitter()
  const emitter = place === 'bound' ? manager.bind(ROOT_CONTEXT.setValue(KEY, place), bare) : bare
  manager.with(ROOT_CONTEXT.setValue(KEY, 'around'), () => {
    for (const step of steps) {
      if (step.do === 'emit') heard.push(emitter.emit(step.event, 1, 'two'))
      else if (step.do === 'removeAllListeners') emitter.removeAllListeners(step.event)
      else emitter[step.do](step.event, listeners[step.listener ?? 0] as () => void)
      heard.push([emitter.listenerCount('a'), emitter.listenerCount('b'), placeNow()])
    }
  })
  return heard
}

it('leaves an emitter as Node has it, but for the context in which its listeners run', () => {
  const event = fc.constantFrom('a', 'b')
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ do: fc.constantFrom(...ADDING), event, listener: fc.nat({ max: 2 }) }),
    fc.record({ do: fc.constantFrom(...REMOVING), event, listener: fc.nat({ max: 2 }) }),
    fc.record({ do: fc.constantFrom('emit' as const, 'removeAllListeners' as const), event }),
    fc.record({ do: fc.constant('emit' as const), event }),
  )
  const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
    expect(useEmitter(steps, 'bound')).toEqual(useEmitter(steps, 'around'))
  })
  fc.assert(property, { numRuns: 1_000 })
})

it.each([
  ['own', new StorageContextManager()],
  ['upstream', new AsyncLocalStorageContextManager()],
])('carries a context across awaits, timers and bound functions, and lets go of it: %s', async (_name, manager) => {
  const placeNow = (): unknown => manager.active().getValue(KEY)
  const place = ROOT_CONTEXT.setValue(KEY, 'inside')
  const seen: unknown[] = []
  const receiver = { name: 'receiver' }
  await manager.with(
    place,
    async function (this: unknown, ...args: unknown[]) {
      seen.push(placeNow(), this === receiver, args)
      await later(1)
      seen.push(placeNow())
    },
    receiver,
    1,
    2,
  )
  seen.push(placeNow())
  const bound = manager.bind(place, function (this: unknown, one: number, two: number) {
    return [placeNow(), this === receiver, one, two]
  })
  seen.push(bound.call(receiver, 1, 2), bound.length, manager.bind(place, 5))
  const token = (manager as Required<ContextManager>).attach(place)
  seen.push(placeNow())
  token.dispose()
  seen.push(placeNow())
  const outer = (manager as Required<ContextManager>).attach(ROOT_CONTEXT.setValue(KEY, 'outer'))
  token.dispose()
  seen.push(placeNow())
  outer.dispose()
  const inside = ['inside', true, [1, 2], 'inside', undefined, ['inside', true, 1, 2], 2, 5]
  expect(seen).toEqual(inside.concat(['inside', undefined, 'outer']))
})
