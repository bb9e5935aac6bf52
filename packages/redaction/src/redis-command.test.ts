import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { maskRedisCommand } from './redis-command.ts'
import { maskStatement } from './statement.ts'

it.each<[name: string, args: unknown[], text: string]>([
  ['GET', ['session:9f3c'], 'GET session:?'],
  ['SET', ['user:42:cart', 'secret', 'EX', 5], 'SET user:?:? ? ? ?'],
  ['GET', [Buffer.from('user:42')], 'GET user:?'],
  ['GET', [`k:${'x'.repeat(254)}`], 'GET k:?'],
  ['GET', [`k:${'x'.repeat(255)}`], 'GET ?'],
  ['auth', ['hunter'], 'auth ?'],
  ['EVAL', ['hunter', 1, 'k'], 'EVAL ? ? ?'],
  ['MSET', ['a:1', 1, 'b:2', 2, 'c:3', 3, 'd:4', 4], 'MSET a:? ? ? ? ? ? ? ?'],
  ['MSET', ['a:1', 1, 'b:2', 2, 'c:3', 3, 'd:4', 4, 'e:5'], 'MSET a:? ? ? ? ? ? ? ? …'],
])('shows %s %j as %s', (name, args, text) => {
  expect(maskRedisCommand(name, args)).toBe(text)
  expect(maskStatement(text)).toBe(text)
})

it.each([[''], ['4242424242424242'], ['a b'], ['x'.repeat(41)]])('takes %j for no command', (name) => {
  expect(maskRedisCommand(name, ['secret'])).toBeUndefined()
})

it('keeps nothing of a key but its kind', () => {
  const part = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[:./|?]/.test(text))
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(':', '.', '/', '|'),
      (parts, separator) => {
        const masked = maskRedisCommand('GET', [['user', ...parts].join(separator)])
        expect(masked).toMatch(/^GET (?:user[:./|?]+|\?)$/)
      },
    ),
  )
})
