import { nodesOf } from '@plutus/test-kit'
import type { ReceivedSpan } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { isBelow, only, runBoth } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

interface Framework {
  readonly name: string
  /** Route of `/users/7`. */
  readonly users: string
  /** Part of the scope's name of the framework's own spans. */
  readonly scope: string
  /** Whether handlers run in the context of their own span, and what they throw is recorded there. */
  readonly hasHandlerContext?: false
}

const FRAMEWORKS: readonly Framework[] = [
  { name: 'express', users: '/users/:id', scope: 'express' },
  { name: 'fastify', users: '/users/:id', scope: 'fastify' },
  { name: 'koa', users: '/users/:id', scope: 'koa' },
  { name: 'hapi', users: '/users/{id}', scope: 'hapi' },
  { name: 'nest', users: '/users/:id', scope: 'nestjs-core' },
  { name: 'hono', users: '/users/:id', scope: 'hono' },
  { name: 'router', users: '/users/:id', scope: 'router' },
  { name: 'connect', users: '/users', scope: 'connect', hasHandlerContext: false },
]

describe.each(['cjs', 'mjs'] as const)('a program that is %s', (extension) => {
  const cases = FRAMEWORKS.flatMap((framework) =>
    nodesOf(extension).map((node) => [framework.name, node.label, framework, node] as const),
  )
  it.each(cases)(
    'has routes, errors and one trace per request with %s on Node %s, and answers as without the hook',
    async (_name, _label, framework, node) => {
      const { spans } = await runBoth(programFile(`${framework.name}.${extension}`), { node })
      const server = (path: string): ReceivedSpan =>
        only(spans, ({ kind, attributes }) => kind === 'SERVER' && attributes['url.path'] === path)
      const own = (below: ReceivedSpan): ReceivedSpan[] =>
        spans.filter((span) => span.scope.name.includes(framework.scope) && isBelow(spans, span, below))

      expect(outcome(server('/users/7'))).toEqual([framework.users, 200, 'UNSET', undefined])
      expect(outcome(server('/refuse'))).toEqual(['/refuse', 403, 'UNSET', undefined])
      expect(outcome(server('/fail'))).toEqual(['/fail', 500, 'ERROR', '500'])
      expect(outcome(server('/nowhere'))).toEqual([undefined, 404, 'UNSET', undefined])
      expect(server('/users/7').name).toBe(`GET ${framework.users}`)

      const inner = server('/inner')
      expect(isBelow(spans, inner, server('/users/7'))).toBe(true)
      expect(own(server('/users/7')).length).toBeGreaterThan(0)
      expect(spans.filter(({ kind }) => kind === 'SERVER')).toHaveLength(5)
      if (framework.hasHandlerContext === false) return

      const around = own(server('/users/7')).filter((span) => isBelow(spans, inner, span))
      expect(around.length).toBeGreaterThan(0)
      const thrown = own(server('/fail')).filter((span) => exceptions(span).includes('boom'))
      expect(thrown.length).toBeGreaterThan(0)
    },
  )

  it.each(nodesOf(extension).map((node) => [node.label, node] as const))(
    'has spans of GraphQL operations and of their resolvers on Node %s, and answers as without the hook',
    async (_label, node) => {
      const { spans } = await runBoth(programFile(`graphql.${extension}`), { node })
      const profile = only(spans, ({ name }) => name === 'query Profile')
      expect(profile.attributes).toMatchObject({
        'graphql.operation.name': 'Profile',
        'graphql.source': 'query Profile { user(id: *) }',
      })
      const resolver = only(spans, ({ name }) => name === 'graphql.resolve user')
      expect(resolver.parentSpanId).toBe(profile.spanId)
      const inner = only(spans, ({ name }) => name === 'graphql.resolve inner')
      expect(isBelow(spans, inner, resolver)).toBe(true)

      const failed = only(spans, ({ name }) => name === 'graphql.resolve fail')
      expect([failed.status, failed.attributes['error.type']]).toEqual([
        { code: 'ERROR', message: 'boom' },
        'TypeError',
      ])
      const operation = only(spans, ({ spanId }) => spanId === failed.parentSpanId)
      expect([operation.name, operation.status.code]).toEqual(['query', 'ERROR'])

      const invalid = spans.filter(({ name, events }) => name === 'graphql.validate' && events.length > 0)
      expect(invalid.flatMap(exceptions)).toEqual(['Cannot query field "nowhere" on type "Query".'])
    },
  )
})

function outcome({ attributes, status }: ReceivedSpan): unknown[] {
  return [attributes['http.route'], attributes['http.response.status_code'], status.code, attributes['error.type']]
}

function exceptions({ events }: ReceivedSpan): unknown[] {
  return events.filter(({ name }) => name === 'exception').map(({ attributes }) => attributes['exception.message'])
}
