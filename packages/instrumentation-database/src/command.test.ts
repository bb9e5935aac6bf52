import { expect, it } from 'vitest'
import { describeCommand, serverFor } from './command.ts'
import { wordsOfSql } from './sql-words.ts'

const words = wordsOfSql('SELECT * FROM payments', 'standard')
const server = (namespace: string | undefined, port = 5432) => serverFor({}, 'postgresql', namespace, 'db', port)

it('describes a command once for all connections to a server', () => {
  expect(describeCommand(server('shop'), words)).toBe(describeCommand(server('shop'), words))
})

it.each([
  ['another database', server('other')],
  ['another port', server('shop', 5433)],
  ['no database', server(undefined)],
])('describes a command anew for %s', (_which, other) => {
  const command = describeCommand(other, words)
  expect(command).not.toBe(describeCommand(server('shop'), words))
  expect(command.server).toEqual(other)
})
