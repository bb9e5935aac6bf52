import { expect, it } from 'vitest'
import { readError } from './read-error.ts'

it.each<[what: string, error: unknown, code: string, message: string | undefined]>([
  ['an error', new Error('broken'), 'Error', 'broken'],
  ['an error of Node', Object.assign(new Error('reset'), { code: 'ECONNRESET' }), 'ECONNRESET', 'reset'],
  ['an error of the web', new DOMException('late', 'TimeoutError'), 'TimeoutError', 'late'],
  ['a code that is none', Object.assign(new TypeError('x'), { code: 'not a code' }), 'TypeError', 'x'],
  ['a code that is too long', { code: 'A'.repeat(65), name: 'B'.repeat(64) }, 'B'.repeat(64), undefined],
  ['a name that is none', { name: 'order 17' }, '_OTHER', undefined],
  ['a text', 'why', '_OTHER', 'why'],
  ['a number', 5, '_OTHER', undefined],
  ['a symbol', Symbol('why'), '_OTHER', undefined],
  ['nothing', undefined, '_OTHER', undefined],
  ['null', null, '_OTHER', undefined],
])('reads %s', (_what, error, code, message) => {
  const read = readError(error)
  expect([read.code, read.message]).toEqual([code, message])
})

it('throws nothing for what cannot be read', () => {
  const refuse = (): never => {
    throw new Error('not to be read')
  }
  expect(readError(new Proxy({}, { get: refuse }))).toEqual({ name: '_OTHER', code: '_OTHER' })
})

it('keeps the stack', () => {
  const error = new Error('broken')
  expect(readError(error)).toEqual({ name: 'Error', code: 'Error', message: 'broken', stack: error.stack })
})
