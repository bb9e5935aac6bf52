import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { isHandshake, wordsOfMongo } from './mongo-words.ts'

it.each<[string, object, string | undefined, string]>([
  ['a find', { find: 'users', filter: { email: 'x' } }, 'users', '{"find":"?","filter":{"email":"?"}}'],
  [
    'a list of values',
    { find: 'users', filter: { id: { $in: [1, 2, 3] } } },
    'users',
    '{"find":"?","filter":{"id":{"$in":["?"]}}}',
  ],
  ['an insert', { insert: 'users', documents: [{ email: 'x' }] }, 'users', '{"insert":"?","documents":"?"}'],
  ['getMore', { getMore: 7n, collection: 'users' }, 'users', '{"getMore":"?","collection":"?"}'],
  ['a user', { createUser: 'bob', pwd: 'x' }, undefined, '{"createUser":"?","pwd":"?"}'],
  ['a whole database', { aggregate: 1, pipeline: [] }, undefined, '{"aggregate":"?","pipeline":[]}'],
  ['a date', { find: 'a', filter: { at: new Date(0) } }, 'a', '{"find":"?","filter":{"at":"?"}}'],
])('describes %s', (_what, command, collection, queryText) => {
  expect(wordsOfMongo(command)).toMatchObject({ collection, queryText })
})

it('tells how many documents a batch has, if there are several', () => {
  expect(wordsOfMongo({ insert: 'a', documents: [{}, {}] }).batchSize).toBe(2)
  expect(wordsOfMongo({ insert: 'a', documents: [{}] }).batchSize).toBeUndefined()
})

it.each(['hello', 'isMaster', 'ismaster', 'saslStart', 'saslContinue', 'authenticate'])(
  'takes %s for a handshake',
  (name) => {
    expect(isHandshake({ [name]: 1 })).toBe(true)
  },
)

it('takes a find for none', () => {
  expect(isHandshake({ find: 'hello' })).toBe(false)
})

it('shows no value, however deep, and stays short', () => {
  const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small' },
      fc.constant('secret'),
      fc.constant(4242),
      fc.array(tie('value')),
      fc.dictionary(fc.constantFrom('a', '$b', '__proto__', 'toJSON'), tie('value')),
    ),
  })).value
  fc.assert(
    fc.property(value, (filter) => {
      const { queryText = '' } = wordsOfMongo({ find: 'users', filter })
      expect(queryText).not.toMatch(/secret|4242/)
      expect(queryText.length).toBeLessThan(6000)
    }),
  )
})

it('ends on a document that holds itself', () => {
  const filter: Record<string, unknown> = {}
  filter['self'] = filter
  expect(wordsOfMongo({ find: 'a', filter }).queryText).toContain('"self"')
})
