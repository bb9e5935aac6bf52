import { runProgram } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const NOWHERE = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }

const run = async (
  modules: readonly string[],
  env: Record<string, string> = {},
): Promise<{ readonly loaded: string[]; readonly lines: string[] }> => {
  const { code, stdout, stderr } = await runProgram({
    file: programFile('loaded.cjs'),
    args: modules,
    env: { OTEL_LOG_LEVEL: 'warn', ...NOWHERE, ...env },
  })
  expect(code).toBe(0)
  return { loaded: JSON.parse(stdout) as string[], lines: stderr.split('\n').filter((line) => line !== '') }
}

it.each([
  [[], []],
  [['fs', 'net', 'dns', 'node:path'], []],
  [['fetch'], ['runtime-node', 'undici']],
  [['http'], ['http']],
  [['node:https'], ['http']],
  [['pg'], ['pg']],
  [['pino'], ['pino']],
  [
    ['express', 'redis'],
    ['express', 'http', 'redis', 'router'],
  ],
])('loads for %j only %j', async (modules, expected) => {
  expect(await run(modules)).toEqual({ loaded: expected, lines: [] })
})

it.each([
  [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http, pg' }, ['http', 'pg']],
  [{ OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici,router, pg' }, ['express', 'http']],
  [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'http,pg,net', OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'pg' }, ['http', 'net']],
  [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: '@opentelemetry/instrumentation-pg' }, ['pg']],
  [{ OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'dns,fs,net' }, ['dns', 'fs', 'net']],
])('obeys %j', async (env, expected) => {
  expect(await run(['express', 'pg', 'net', 'dns', 'fs'], env)).toEqual({ loaded: expected, lines: [] })
})

it('leaves fetch alone where its instrumentation is disabled', async () => {
  const { loaded } = await run(['fetch'], { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'undici' })
  expect(loaded).toEqual(['runtime-node'])
})

it('tells an unknown name with the nearest right one, and goes on with the others', async () => {
  const { loaded, lines } = await run(['pg'], {
    OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg,expres',
    OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'nothing-like-it',
  })
  expect(loaded).toEqual(['pg'])
  expect(lines).toEqual([
    'plutus: OTEL_NODE_ENABLED_INSTRUMENTATIONS: there is no instrumentation "expres"; did you mean express?',
    'plutus: OTEL_NODE_DISABLED_INSTRUMENTATIONS: entry 1 is not the name of an instrumentation',
  ])
})

it('keeps out of the line what cannot be a name', async () => {
  const { lines } = await run([], { OTEL_NODE_ENABLED_INSTRUMENTATIONS: 'pg,sk_live_51H8aBcD' })
  expect(lines).toEqual(['plutus: OTEL_NODE_ENABLED_INSTRUMENTATIONS: entry 2 is not the name of an instrumentation'])
})
