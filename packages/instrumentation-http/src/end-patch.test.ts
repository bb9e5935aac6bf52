import { expect, it } from 'vitest'
import { endPatch } from './end-patch.ts'

/** Puts a method above what is there, as instrumentations do. Returns a function that ends it. */
function patch(target: { say?: () => string }, word: string): () => void {
  const { say } = target
  const patched = (): string => `${word} ${say?.() ?? ''}`
  target.say = patched
  return () => endPatch(target, 'say', patched, () => (target.say = say as () => string))
}

const say = (): string => 'hello'

it.each([[[0, 1, 2]], [[0, 2, 1]], [[1, 0, 2]], [[1, 2, 0]], [[2, 0, 1]], [[2, 1, 0]]])(
  'gives the method back when the last patch ends, in the order %j',
  (order) => {
    const target = { say }
    const ends = ['a', 'b', 'c'].map((word) => patch(target, word))
    for (const at of order.slice(0, 2)) ends[at]?.()
    expect(target.say).not.toBe(say)
    ends[order[2] as number]?.()
    expect(target.say).toBe(say)
  },
)

it('leaves what somebody else has put on top', () => {
  const target = { say }
  const end = patch(target, 'a')
  const { say: ours } = target
  const theirs = (): string => `their ${ours()}`
  target.say = theirs
  end()
  expect(target.say).toBe(theirs)
})
