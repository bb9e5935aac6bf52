import { expect, it } from 'vitest'
import { describeFailure } from './failure.ts'

class TimeoutError extends Error {}
const withFields = (fields: object, message = 'no'): Error => Object.assign(new Error(message), fields)

it.each<[string, string, unknown, string, string | undefined]>([
  ['an SQLSTATE', 'postgresql', withFields({ code: '23505', severity: 'ERROR' }), '23505', '23505'],
  ['an error of the socket', 'postgresql', withFields({ code: 'EPIPE', syscall: 'write' }), 'EPIPE', undefined],
  [
    'a symbol of MySQL',
    'mysql',
    withFields({ code: 'ER_DUP_ENTRY', errno: 1062, sqlState: '23000' }),
    'ER_DUP_ENTRY',
    '1062',
  ],
  ['a number of the system', 'mysql', withFields({ code: 'ECONNREFUSED', errno: -111 }), 'ECONNREFUSED', undefined],
  ['an answer of Redis', 'redis', new Error('NOAUTH Authentication required.'), 'NOAUTH', 'NOAUTH'],
  ['a message that is no answer', 'redis', new TimeoutError('Connection is closed.'), 'TimeoutError', undefined],
  ['a code of MongoDB', 'mongodb', withFields({ code: 11_000 }), '11000', '11000'],
  ['a number of SQL Server', 'microsoft.sql_server', withFields({ code: 'EREQUEST', number: 208 }), '208', '208'],
  ['a code of Oracle', 'oracle.db', withFields({ code: 'ORA-00001' }), 'ORA-00001', 'ORA-00001'],
  ['a code of Cassandra', 'cassandra', withFields({ code: 8704 }), '8704', '8704'],
  ['a class', 'postgresql', new TimeoutError('late'), 'TimeoutError', undefined],
  ['a name', 'postgresql', withFields({ name: 'AbortError' }), 'AbortError', undefined],
  ['a plain error', 'postgresql', new Error('late'), 'Error', undefined],
  ['a code that is free text', 'postgresql', withFields({ code: 'card 4242 4242' }), 'Error', undefined],
  ['a string', 'postgresql', 'late', 'string', undefined],
  ['nothing', 'postgresql', undefined, '_OTHER', undefined],
  ['an object without a prototype', 'postgresql', Object.create(null), '_OTHER', undefined],
])('describes %s', (_what, system, error, type, statusCode) => {
  expect(describeFailure(system, error)).toMatchObject({ type, statusCode })
})

it('keeps what the system says of a socket, and no more of what a database says than its shape', () => {
  const refused = withFields({ code: 'ECONNREFUSED', syscall: 'connect' }, 'connect ECONNREFUSED 127.0.0.1:1')
  expect(describeFailure('postgresql', refused).message).toBe('connect ECONNREFUSED 127.0.0.1:1')
  expect(describeFailure('postgresql', new Error('no "secret"')).message).toBe('no ?')
})

it('describes an error that cannot be read', () => {
  const hostile = new Proxy(new Error('x'), {
    get: () => {
      throw new Error('no')
    },
  })
  expect(describeFailure('mysql', hostile)).toEqual({ type: '_OTHER', statusCode: undefined, message: undefined })
})
