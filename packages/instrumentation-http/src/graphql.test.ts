import { SpanStatusCode, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { createGraphqlInstrumentation } from './graphql.ts'
import { load, spanNamed, underServerSpan, withoutSpan } from './tracing.test.support.ts'

interface Result {
  readonly data?: unknown
  readonly errors?: readonly Error[]
}
interface GraphQL {
  buildSchema: (text: string) => Schema
  parse(text: string): unknown
  execute(args: object): Result | Promise<Result>
  graphql(args: object): Promise<Result>
}
interface Schema {
  getType(name: string): { getFields(): Record<string, { resolve: (...args: never[]) => unknown }> }
}

createGraphqlInstrumentation()
const versions = [
  ['17', load('graphql') as GraphQL],
  ['16', load('graphql16') as GraphQL],
] as const

const SDL = `
  type Query { user(id: Int): User, broken: String, context: String, spanId: String }
  type User { name: String, friends: [User] }
`

function schemaOf({ buildSchema }: GraphQL): Schema {
  const schema = buildSchema(SDL)
  const query = schema.getType('Query').getFields()
  const user = { name: 'Ann', friends: [{ name: 'Bob' }, { name: 'Cid' }] }
  query['user']!.resolve = async () => user
  query['broken']!.resolve = () => {
    throw new RangeError('out of stock')
  }
  query['context']!.resolve = (_source: never, _args: never, given: unknown) => String(given)
  query['spanId']!.resolve = () => trace.getActiveSpan()?.spanContext().spanId
  schema.getType('User').getFields()['friends']!.resolve = (source: { friends: unknown }) => source.friends
  return schema
}

it.each(versions)(
  'makes spans of parsing, validation, operation and resolvers (graphql %s)',
  async (_major, module) => {
    const schema = schemaOf(module)
    const source = 'query Profile { user(id: 42) { name friends { name } } spanId # who\n }'
    const { result, spans, server } = await underServerSpan(() => module.graphql({ schema, source }))
    expect(result.errors).toBeUndefined()
    const operation = spanNamed(spans, 'query Profile')
    expect(operation.attributes).toEqual({
      'graphql.operation.type': 'query',
      'graphql.operation.name': 'Profile',
      'graphql.source': 'query Profile { user(id: *) { name friends { name } } spanId }',
    })
    expect(
      spans
        .map((span) => span.name)
        .filter((name) => name.startsWith('graphql.'))
        .sort(),
    ).toEqual([
      'graphql.parse',
      'graphql.resolve spanId',
      'graphql.resolve user',
      'graphql.resolve user.friends',
      'graphql.validate',
    ])
    const resolver = spanNamed(spans, 'graphql.resolve user')
    expect(resolver.parentSpanContext?.spanId).toBe(operation.spanContext().spanId)
    expect(resolver.attributes).toEqual({
      'graphql.field.name': 'user',
      'graphql.field.path': 'user',
      'graphql.field.type': 'User',
      'graphql.parent.name': 'Query',
    })
    const { spanId } = result.data as { spanId: string }
    expect(spanId).toBe(spanNamed(spans, 'graphql.resolve spanId').spanContext().spanId)
    expect(operation.parentSpanContext?.spanId).toBe(server.spanContext().spanId)
  },
)

it.each(versions)(
  'makes error spans of a resolver that throws and of its operation (graphql %s)',
  async (_major, module) => {
    const schema = schemaOf(module)
    const { result, spans } = await underServerSpan(() => module.graphql({ schema, source: '{ broken }' }))
    expect(result.errors).toHaveLength(1)
    for (const name of ['graphql.resolve broken', 'query']) {
      const span = spanNamed(spans, name)
      expect(span.status).toEqual({ code: SpanStatusCode.ERROR, message: 'out of stock' })
      expect(span.attributes['error.type']).toBe('RangeError')
    }
  },
)

it.each(versions)('records the mistakes of a query without making error spans (graphql %s)', async (_major, module) => {
  const schema = schemaOf(module)
  const invalid = await underServerSpan(() => module.graphql({ schema, source: '{ nobody }' }))
  const validate = spanNamed(invalid.spans, 'graphql.validate')
  expect([validate.status.code, validate.events.length]).toEqual([SpanStatusCode.UNSET, 1])
  const unreadable = await underServerSpan(() => module.graphql({ schema, source: '{' }))
  const parse = spanNamed(unreadable.spans, 'graphql.parse')
  expect([parse.status.code, parse.events.length]).toEqual([SpanStatusCode.UNSET, 1])
})

const givenContexts = [
  [undefined, 'undefined'],
  [null, 'null'],
  [0, '0'],
  ['text', 'text'],
  [Object.freeze({}), '[object Object]'],
] as const
const contextCases = versions.flatMap(([major, module]) =>
  givenContexts.map(([given, seen]) => [major, given, seen, module] as const),
)

it.each(contextCases)(
  'hands the resolvers of graphql %s the context %j as it came',
  async (_major, given, seen, module) => {
    const schema = schemaOf(module)
    const { result } = await underServerSpan(() =>
      module.graphql({ schema, source: '{ context }', contextValue: given }),
    )
    expect(result).toEqual({ data: { context: seen } })
  },
)

it.each(versions)(
  'makes one span of an operation outside of requests and none of building a schema (graphql %s)',
  async (_major, module) => {
    const spans = await withoutSpan(async () => {
      const schema = schemaOf(module)
      await module.execute({ schema, document: module.parse('{ __typename }') })
    })
    expect(spans.map((span) => span.name)).toEqual(['query'])
  },
)
