import { expect, it } from 'vitest'
import { replaceMethod } from './replace-method.ts'

it('calls the original again where somebody has kept the replaced one', () => {
  class Speaker {
    name = 'me'
    say(word: string): string {
      return `${this.name}: ${word}`
    }
  }
  const original = Object.getOwnPropertyDescriptor(Speaker.prototype, 'say')
  const undo = replaceMethod<(this: Speaker, word: string) => string>(
    Speaker.prototype,
    'say',
    (say) =>
      function (word) {
        return say.call(this, `${word}!`)
      },
  )
  const kept = Object.getOwnPropertyDescriptor(Speaker.prototype, 'say')?.value as typeof Speaker.prototype.say
  expect([kept.name, kept.length]).toEqual(['say', 1])
  expect(kept.call(new Speaker(), 'hello')).toBe('me: hello!')
  undo?.()
  expect(kept.call(new Speaker(), 'hello')).toBe('me: hello')
  expect(Object.getOwnPropertyDescriptor(Speaker.prototype, 'say')).toEqual(original)
})
