import { nodesOf, services, startMongo } from '@plutus/test-kit'
import type { ReceivedPoint, ReceivedSpan } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { runPlain, runStory } from './run-story.ts'
import { STORIES } from './stories.ts'
import type { StoryCase } from './stories.ts'

// Programs wait for servers and for metrics: several at once.
const PROGRAMS = STORIES.flatMap((story) =>
  (['cjs', 'mjs'] as const).flatMap((format) =>
    nodesOf(format).map((node) => ({ file: `${story.name}.${format}`, node, label: node.label, story })),
  ),
)

const ENVIRONMENT = {
  DATABASE_URL: services.postgres.url,
  MYSQL_URL: services.mysql.url,
  REDIS_URL: services.redis.url,
}
const reasonOf = ({ service }: StoryCase): string => (service === undefined ? '' : services[service].reason)
const isAvailable = ({ service }: StoryCase): boolean => service === undefined || services[service].available

for (const { file, node, label, story } of PROGRAMS) {
  describe.skipIf(!isAvailable(story)).concurrent(`${file} on Node ${label} ${reasonOf(story)}`, () => {
    it('sends one span per command, failures with their codes, durations and the state of its pool, and prints what it prints without the hook', async ({
      onTestFinished,
    }) => {
      const [env, plainEnv] = [await environmentOf(story, onTestFinished), await environmentOf(story, onTestFinished)]
      const [plain, { spans, points, stdout }] = await Promise.all([
        runPlain(file, { node, env: plainEnv }),
        runStory(file, { node, env }),
      ])
      expect(stdout).toBe(plain)
      expect(countNames(spans)).toMatchObject(story.spans)
      expectErrors(spans, story)
      expectStableAttributes(spans, story)
      expect(JSON.stringify(spans.map(({ attributes, status, events }) => [attributes, status, events]))).not.toContain(
        'hunter2',
      )
      expectMeasuredOnce(spans, points('db.client.operation.duration'))
      if (story.pool !== undefined) expectPool(points, story.pool.max)
    })
  })
}

describe.concurrent.each(STORIES)('$name', (story) => {
  it.skipIf(!isAvailable(story))(`measures what is not sampled ${reasonOf(story)}`, async ({ onTestFinished }) => {
    const env = { ...(await environmentOf(story, onTestFinished)), OTEL_TRACES_SAMPLER: 'always_off' }
    const { spans, points } = await runStory(`${story.name}.cjs`, { env })
    expect(spans).toEqual([])
    const durations = points('db.client.operation.duration')
    expect(new Set(durations.map(({ attributes }) => attributes['db.system.name']))).toEqual(new Set([story.system]))
    const types = durations.map(({ attributes }) => attributes['error.type'])
    expect(types).toEqual(expect.arrayContaining(story.errors.map(([, type]) => type)))
    if (story.pool !== undefined) expectPool(points, story.pool.max)
  })
})

describe.skipIf(!services.mysql.available)(`mysql2/promise ${services.mysql.reason}`, () => {
  it('sends one span per command, and prints under the hook what it prints without', async () => {
    const plain = await runPlain('mysql2-promise.mjs', { env: ENVIRONMENT })
    const { spans, stdout } = await runStory('mysql2-promise.mjs', { env: ENVIRONMENT })
    expect(stdout).toBe(plain)
    const database = new URL(services.mysql.url).pathname.slice(1)
    expect(countNames(spans)).toEqual({
      [`connect ${database}`]: 2,
      [`SELECT ${database}`]: 3,
      'SELECT nowhere': 1,
      'connect d': 1,
    })
  })
})

/** Programs start on an empty database; MongoDB's stand-in keeps what they write, so that each run has one. */
async function environmentOf(
  { system }: StoryCase,
  onTestFinished: TestContext['onTestFinished'],
): Promise<Record<string, string>> {
  if (system !== 'mongodb') return ENVIRONMENT
  const mongo = await startMongo()
  onTestFinished(() => mongo.close())
  return { ...ENVIRONMENT, MONGO_URL: mongo.url }
}

function countNames(spans: readonly ReceivedSpan[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { name } of spans) counts[name] = (counts[name] ?? 0) + 1
  return counts
}

function expectErrors(spans: readonly ReceivedSpan[], { errors }: StoryCase): void {
  const failed = spans
    .filter(({ status }) => status.code === 'ERROR')
    .map(({ name, attributes }) => [name, attributes['error.type'], attributes['db.response.status_code']])
  const expected = errors.map(([name, type, statusCode]) => [name, type, statusCode])
  for (const error of expected) {
    const count = (list: readonly unknown[][]): number => list.filter((other) => String(other) === String(error)).length
    expect([error, count(failed)]).toEqual([error, count(expected)])
  }
}

function expectStableAttributes(spans: readonly ReceivedSpan[], { system }: StoryCase): void {
  for (const { attributes, kind, events } of spans) {
    expect(attributes['db.system.name']).toBe(system)
    expect(Object.keys(attributes).filter((name) => OLD_NAMES.test(name))).toEqual([])
    expect(kind).toBe('CLIENT')
    expect(events).toEqual([])
  }
}

const OLD_NAMES = /^(?:db\.(?:system|name|statement|operation|user|connection_string)|net\..*)$/

/** Every command that a driver ran is in the histogram once; connecting only if it failed, layers above drivers not. */
function expectMeasuredOnce(spans: readonly ReceivedSpan[], points: readonly ReceivedPoint[]): void {
  const commands = spans.filter(({ scope, attributes, status }) => {
    if (/knex|mongoose/.test(scope.name)) return false
    return !/^(?:connect|acquire)$/.test(String(attributes['db.operation.name'])) || status.code === 'ERROR'
  })
  const last = new Map(points.map((point) => [JSON.stringify(point.attributes), point]))
  const measured = [...last.values()].reduce((sum, { count = 0 }) => sum + count, 0)
  expect(measured).toBe(commands.length)
  for (const { bounds } of points) expect(bounds).toEqual([0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10])
}

function expectPool(points: (metric: string) => readonly ReceivedPoint[], max: number | undefined): void {
  const count = points('db.client.connection.count')
  const states = new Set(count.map(({ attributes }) => attributes['db.client.connection.state']))
  expect(states).toEqual(new Set(['used', 'idle']))
  expect(Math.max(...count.map(({ value }) => Number(value)))).toBeGreaterThan(0)
  expect(points('db.client.connection.pending_requests').length).toBeGreaterThan(0)
  for (const { attributes } of count) expect(attributes['db.client.connection.pool.name']).toMatch(/^[\w.]+:\d+\/\w+$/)
  const bounds = points('db.client.connection.max').map(({ value }) => Number(value))
  expect(bounds.includes(max ?? 0)).toBe(max !== undefined)
}
