import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'
import * as fc from 'fast-check'
import { afterEach, expect, it } from 'vitest'
import { flattenRoot, FlatContext } from './flat-context.ts'

let restore = (): void => undefined
afterEach(() => restore())

const KEYS = Array.from({ length: 5 }, (_, i) => createContextKey(`key ${i}`))
const read = (context: Context): unknown[] => KEYS.map((key) => context.getValue(key))

it('holds what the context of the API holds, whatever is set and deleted, and changes no context', () => {
  const step = fc.record({
    from: fc.nat(20),
    key: fc.constantFrom(...KEYS),
    value: fc.option(fc.integer(), { nil: undefined }),
    deletes: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const made: [flat: Context, known: Context][] = [[new FlatContext([]), ROOT_CONTEXT]]
      for (const { from, key, value, deletes } of steps) {
        const [flat, known] = made[from % made.length] ?? made[0]!
        made.push(
          deletes
            ? [flat.deleteValue(key), known.deleteValue(key)]
            : [flat.setValue(key, value), known.setValue(key, value)],
        )
      }
      for (const [flat, known] of made) expect(read(flat)).toEqual(read(known))
    }),
  )
})

it('makes what is derived from the root context flat until that is ended', () => {
  restore = flattenRoot()
  const [key] = KEYS as [symbol]
  expect(ROOT_CONTEXT.setValue(key, 1)).toBeInstanceOf(FlatContext)
  expect(ROOT_CONTEXT.setValue(key, 1).deleteValue(key).getValue(key)).toBeUndefined()
  expect(ROOT_CONTEXT.getValue(key)).toBeUndefined()
  restore()
  expect(ROOT_CONTEXT.setValue(key, 1)).not.toBeInstanceOf(FlatContext)
})

it('is let go of when young objects are collected', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void
  restore = flattenRoot()
  const [key, other] = KEYS as [symbol, symbol]
  const make = (): Context => ROOT_CONTEXT.setValue(key, {}).setValue(other, 1)
  for (let i = 0; i < 5_000; i++) make()
  collect()
  const made = Array.from({ length: 1_000 }, () => new WeakRef(make()))
  for (let i = 0; i < 3; i++) {
    // A weak reference holds its object until the turn ends that made or read it.
    await new Promise((resolve) => setImmediate(resolve))
    collect({ type: 'minor' })
  }
  expect(made.filter((one) => one.deref() !== undefined).length).toBeLessThan(100)
})
