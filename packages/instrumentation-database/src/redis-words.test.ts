import { expect, it } from 'vitest'
import { wordsOfRedis } from './redis-words.ts'

it.each<[string, unknown[], string]>([
  ['GET', ['session:9f3c'], 'GET session:?'],
  ['SET', ['user:42:cart', 'secret', 'EX', 5], 'SET user:?:? ? ? ?'],
  ['INCR', ['visits'], 'INCR visits'],
  ['DEL', ['4242424242424242'], 'DEL ?'],
  ['AUTH', ['hunter'], 'AUTH ?'],
  ['auth', ['hunter'], 'auth ?'],
  ['ECHO', ['words'], 'ECHO ?'],
  ['EVAL', ['return redis.call("GET")', 1, 'k'], 'EVAL ? ? ?'],
  ['CONFIG', ['SET', 'requirepass', 'x'], 'CONFIG SET ? ?'],
  ['MSET', ['a:1', 1, 'b:2', 2, 'c:3', 3, 'd:4', 4, 'e:5', 5], 'MSET a:? ? ? ? ? ? ? ? …'],
  ['PING', [], 'PING'],
  ['GET', [undefined], 'GET ?'],
])('shows %s %j as %s', (name, args, text) => {
  expect(wordsOfRedis(name, args).queryText).toBe(text)
})

it('names the batch that a command belongs to', () => {
  expect(wordsOfRedis('SET', ['a', 1], 'MULTI').operation).toBe('MULTI SET')
  expect(wordsOfRedis('SET', ['a', 1], 'PIPELINE').operation).toBe('PIPELINE SET')
})

it.each([[''], [7], [undefined], ['4242424242424242'], ['a b'], ['x'.repeat(41)]])(
  'takes %j for no command',
  (name) => {
    expect(wordsOfRedis(name, ['secret'])).toEqual({})
  },
)
