import { setTimeout as sleep } from 'node:timers/promises'
import { propagation } from '@opentelemetry/api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { captureContext, runWithCarrier } from './carrier.ts'
import { getContext, setUser, withContext } from './context.ts'
import { isCorrelationId } from './correlation-id.ts'
import { getCorrelationId, withCorrelation } from './correlation.ts'
import { manageContext } from './recording.test.support.ts'
import { currentScope } from './scope.ts'
import type { Fields, Scope } from './scope.ts'

const behaviour = (): void => {
  it('carries fields across awaits and timers, and nowhere else', async () => {
    const seen = await Promise.all(
      ['a', 'b'].map((tenant) =>
        withContext({ tenant }, async () => {
          await sleep(1)
          return getContext()
        }),
      ),
    )
    expect(seen).toEqual([{ tenant: 'a' }, { tenant: 'b' }])
    expect(getContext()).toEqual({})
  })

  it('adds to the fields around it, and gives them back afterwards', () => {
    withContext({ a: 1, b: 1 }, () => {
      withContext({ b: 2 }, () => expect(getContext()).toEqual({ a: 1, b: 2 }))
      expect(getContext()).toEqual({ a: 1, b: 1 })
    })
  })

  it('leaves out a correlation id that breaks the rule, and the one around it stays', () => {
    withContext({ 'correlation.id': 'a\r\nb', a: 1 }, () => expect(getContext()).toEqual({ a: 1 }))
    withCorrelation('order-17', () =>
      withContext({ 'correlation.id': 'x'.repeat(65) }, () => expect(getCorrelationId()).toBe('order-17')),
    )
  })

  it('gives back what the function returns and throws what it throws', () => {
    const value = {}
    expect(withContext({}, () => value)).toBe(value)
    expect(() =>
      withContext({}, () => {
        throw new RangeError('x')
      }),
    ).toThrow(RangeError)
  })

  it('puts a user who is learnt late on the whole unit of work, and on no other', async () => {
    const work = (id: string): Promise<unknown> =>
      withContext({ work: id }, async () => {
        await withContext({ step: 'login' }, async () => {
          await sleep(1)
          setUser({ id, roles: ['payer'], sessionId: `s-${id}` })
        })
        return getContext()
      })
    expect(await Promise.all([work('u1'), work('u2')])).toEqual([
      { work: 'u1', 'user.id': 'u1', 'user.roles': ['payer'], 'session.id': 's-u1' },
      { work: 'u2', 'user.id': 'u2', 'user.roles': ['payer'], 'session.id': 's-u2' },
    ])
  })

  it('keeps the users of requests apart that run below a user of no unit of work', async () => {
    const request = async (id: string, open: (fn: () => Promise<unknown>) => Promise<unknown>): Promise<unknown> =>
      open(async () => {
        await Promise.resolve()
        setUser({ id })
        await sleep(1)
        return getContext()['user.id']
      })
    const bare = async (fn: () => Promise<unknown>): Promise<unknown> => {
      await Promise.resolve()
      return fn()
    }
    const layered = (fn: () => Promise<unknown>): Promise<unknown> => withContext({}, () => withContext({}, fn))
    await bare(async () => {
      setUser({ id: 'service', roles: ['machine'] })
      for (const open of [bare, layered]) {
        expect(await Promise.all(['u1', 'u2'].map((id) => request(id, open)))).toEqual(['u1', 'u2'])
      }
      withContext({ a: 1 }, () =>
        expect(getContext()).toEqual({ a: 1, 'user.id': 'service', 'user.roles': ['machine'] }),
      )
      expect(getContext()).toEqual({ 'user.id': 'service', 'user.roles': ['machine'] })
    })
    expect(getContext()).toEqual({})
  })

  it('gives a user neither the roles nor the session of the one before, and leaves him his own', () => {
    withContext({ 'session.id': 's1' }, () => {
      setUser({ id: 'admin', roles: ['admin'] })
      expect(getContext()).toEqual({ 'session.id': 's1', 'user.id': 'admin', 'user.roles': ['admin'] })
      setUser({ id: 'admin' })
      expect(getContext()).toEqual({ 'session.id': 's1', 'user.id': 'admin', 'user.roles': ['admin'] })
      setUser({ id: 'customer' })
      expect(getContext()).toEqual({ 'user.id': 'customer' })
    })
  })

  it('holds two layers of fields however often it is called inside of itself', async () => {
    const open = async (left: number): Promise<[Scope | undefined, Fields]> => {
      await Promise.resolve()
      return left === 0
        ? [currentScope(), getContext()]
        : withContext({ left, [`k${left}`]: left }, () => open(left - 1))
    }
    const [scope, fields] = await withContext({ first: true }, () => open(100))
    expect(scope?.parent?.fields).toEqual({ first: true })
    expect(scope?.parent?.parent).toBeUndefined()
    expect(fields).toMatchObject({ first: true, left: 1, k1: 1, k100: 100 })
  })

  it('does not take later changes of the object it was given', () => {
    const fields = { tenant: 'a' }
    withContext(fields, () => {
      fields.tenant = 'b'
      expect(getContext()).toEqual({ tenant: 'a' })
    })
  })

  it('travels as plain texts in a payload', () => {
    const payload = withCorrelation('order-17', () =>
      withContext({ tenant: 'a', tries: 2 }, () => JSON.stringify(captureContext())),
    )
    runWithCarrier(JSON.parse(payload) as Record<string, string>, () => {
      expect(getContext()).toEqual({ 'correlation.id': 'order-17', tenant: 'a', tries: 2 })
    })
    expect(getContext()).toEqual({})
  })

  it.each([
    ['nothing', undefined],
    ['a text', 'x'],
    ['fields that are no JSON', { 'plutus-context': '{' }],
    ['fields that are a list', { 'plutus-context': '[1]' }],
    ['fields that are too long', { 'plutus-context': JSON.stringify({ a: 'x'.repeat(9_000) }) }],
    [
      'too many fields',
      { 'plutus-context': JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`k${i}`, 1]))) },
    ],
    ['values that are no texts', { 'plutus-context': { a: 1 } }],
    ['a correlation id that is none', { 'plutus-context': JSON.stringify({ 'correlation.id': 'a\r\nb' }) }],
  ])('runs the function without fields when the carrier is %s', (_what, carrier) => {
    expect(runWithCarrier(carrier as Record<string, string>, () => getContext())).toEqual({})
  })
}

it.each([
  ['order-17', { 'correlation.id': 'order-17' }],
  ['not an id', {}],
])('takes of a context that is too large to travel the correlation id %j only if it is one', (id, travelled) => {
  const carrier = withContext({ 'correlation.id': id, cart: 'x'.repeat(9_000) }, captureContext)
  expect(runWithCarrier(carrier, getContext)).toEqual(travelled)
})

it.each([
  ['nothing', undefined],
  ['roles that are no list', { id: 'u1', roles: null }],
  ['a user that cannot be read', new Proxy({}, { get: () => expect.fail('read') })],
])('does not throw when the user is %s', (_what, user) => {
  withContext({ a: 1 }, () => {
    setUser(user as never)
    expect(getContext()).toMatchObject({ a: 1 })
  })
})

it.each([
  ['does', () => undefined],
  [
    'throws',
    () => {
      throw new Error('propagator')
    },
  ],
])('hands fields on whatever a propagator %s', (_what, fn) => {
  propagation.setGlobalPropagator({ inject: fn, extract: fn as () => never, fields: () => [] })
  onTestFinished(() => propagation.disable())
  const carrier = withContext({ a: 1 }, captureContext)
  expect(runWithCarrier(carrier, getContext)).toEqual({ a: 1 })
})

describe('without an SDK', () => {
  behaviour()
})
describe('with the context manager of an SDK', () => {
  manageContext()
  behaviour()
})

it.each([
  ['of one character', 'a'],
  ['of 64 characters', 'a'.repeat(64)],
  ['with dots, underscores and hyphens', 'A-1_b.2'],
])('accepts a correlation id %s', (_what, id) => {
  expect(isCorrelationId(id)).toBe(true)
  expect(withCorrelation(id, getCorrelationId)).toBe(id)
})

it.each([
  ['of no character', ''],
  ['of 65 characters', 'a'.repeat(65)],
  ['with a line break', 'a\nb'],
  ['with a carriage return and a header', 'a\r\nset-cookie: x'],
  ['with an escape sequence', '\u001b[31m'],
  ['with a space', 'a b'],
  ['with a letter beyond ASCII', 'é'],
  ['that is a list', ['a'] as unknown as string],
])('replaces a correlation id %s by a new one', (_what, id) => {
  expect(isCorrelationId(id)).toBe(false)
  const minted = withCorrelation(id, getCorrelationId)
  expect(minted).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
})
