import { expect, it } from 'vitest'
import { createStackRepair } from './stack-repair.ts'

const FRAMES = 10

/** A function that calls others in their place, as the hook's `require` does. */
function createGoBetween() {
  const { pass, repair } = createStackRepair()
  let depth = 0
  const goBetween = <T>(call: () => T): T => {
    let isDone = false
    depth++
    try {
      const result = call()
      isDone = true
      return result
    } finally {
      depth--
      if (!isDone) pass(depth)
    }
  }
  return { goBetween, repair }
}

const nest = <T>(times: number, call: () => T): T => (times === 0 ? call() : nest(times - 1, call))
const fail = (): never => {
  throw new Error('of the module')
}
const catchFrom = (call: () => unknown): Error => {
  try {
    call()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
const framesOf = ({ stack = '' }: Error): string[] => stack.split('\n').filter((line) => line.startsWith('    at '))

it.each([0, 3, 20])(
  'takes the frames of a function out, and fills up with those below (%i frames of others)',
  (times) => {
    const { goBetween, repair } = createGoBetween()
    const direct = <T>(call: () => T): T => call()
    const throwBy = (between: <T>(call: () => T) => T): Error =>
      catchFrom(() => nest(12, () => between(() => nest(times, () => between(fail)))))
    const error = throwBy(goBetween)
    repair(error)
    expect(error.stack).not.toContain('goBetween')
    expect(framesOf(error)).toHaveLength(FRAMES)
    const named = (frames: string[]): string[] => frames.map((line) => line.replaceAll(/ \(.*|:\d+:\d+/g, ''))
    const without = named(framesOf(throwBy(direct))).filter((line) => !line.includes('direct'))
    expect(named(framesOf(error)).slice(0, without.length)).toEqual(without)
  },
)

it('repairs an error that is thrown after another one was caught', () => {
  const { goBetween, repair } = createGoBetween()
  const error = catchFrom(() =>
    nest(12, () =>
      goBetween(() => {
        catchFrom(() => goBetween(fail))
        fail()
      }),
    ),
  )
  repair(error)
  expect(error.stack).not.toContain('goBetween')
  expect(framesOf(error)).toHaveLength(FRAMES)
})

it.each([
  ['an error that never went by', new Error('of somebody else')],
  ['an error without a call stack', Object.assign(new Error('bare'), { stack: undefined })],
  ['a frozen error', Object.freeze(new Error('frozen'))],
  ['no error', 'a text'],
])('leaves %s alone', (_what, thrown) => {
  const { goBetween, repair } = createGoBetween()
  catchFrom(() => goBetween(fail))
  const before = thrown instanceof Error ? thrown.stack : thrown
  repair(thrown)
  expect(thrown instanceof Error ? thrown.stack : thrown).toBe(before)
})

it('leaves the length of call stacks as it is, also where it cannot be changed', () => {
  const { goBetween } = createGoBetween()
  const limit = Error.stackTraceLimit
  catchFrom(() => goBetween(fail))
  expect(Error.stackTraceLimit).toBe(limit)
  const descriptor = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {}
  Object.defineProperty(Error, 'stackTraceLimit', { ...descriptor, writable: false })
  try {
    expect(catchFrom(() => goBetween(fail)).message).toBe('of the module')
  } finally {
    Object.defineProperty(Error, 'stackTraceLimit', descriptor)
  }
})
