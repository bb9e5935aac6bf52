import { END_NODES, isFull, runProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramOptions, Receiver, TestNode } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'
import { outline } from './span-lines.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const run = async (program: string, options: Partial<ProgramOptions> = {}): Promise<string[]> => {
  const { code, stderr } = await runProgram({
    file: programFile(program),
    receiver,
    ...options,
    env: { OTEL_LOG_LEVEL: 'warn', PLUTUS_EXIT_WAIT_MS: '10000', ...options.env },
  })
  expect(code).toBe(0)
  expect(stderr).not.toMatch(/stays as it is|Warning/)
  return outline(receiver.spans)
}

const HONO = ['CLIENT GET', '  SERVER GET /users/:id', '    INTERNAL request handler - /users/:id']
const EXPRESS = ['CLIENT GET', '  SERVER GET /', '    INTERNAL request handler']
const HTTP = ['CLIENT GET', '  SERVER GET']

// On the newest Node, where imports are hooked otherwise: `require` is not.
const IMPORTED = [[['import']], [['import', 'require']], [['require', 'import']]]
const REQUIRED = [[['require']], [['require of its path']], [['require after eviction']]]
const expressBy = (node: TestNode): string[][][] =>
  isFull || node === END_NODES[0] ? [...IMPORTED, ...REQUIRED] : IMPORTED

/** Nest is large: what is not here runs in `frameworks`. */
const nestOn = (node: TestNode): readonly string[] =>
  isFull ? ['nest.mjs', 'nest.cjs'] : [node === END_NODES[0] ? 'nest.mjs' : 'nest.cjs']

/** Which ways a process takes, one after the other: all, from either end, so that two are the first; else each alone. */
const processesOf = (ways: readonly string[]): [ways: readonly string[]][] =>
  isFull ? ways.map((way) => [[way]]) : [[ways], [ways.toReversed()]]

describe.each(END_NODES)('on Node $label', (node) => {
  it.each([
    ['an ES module imports a package with both builds', 'hono.mjs'],
    ['CommonJS requires a package with both builds', 'hono.cjs'],
    ['an ES module imports a sub-path', 'hono-sub-path.mjs'],
    ['CommonJS requires a sub-path', 'hono-sub-path.cjs'],
    ['CommonJS imports ES modules while it runs', 'late-import.cjs'],
    ['CommonJS requires an ES module that imports another', 'required-es-module.cjs'],
  ])('%s', async (_how, program) => {
    expect(await run(program, { node })).toEqual(HONO)
  })

  it.each(nestOn(node))('sees inside a package that is ES modules only (%s)', async (program) => {
    const spans = await run(program, { node })
    expect(spans).toContain('INTERNAL Create Nest App')
    expect(spans.slice(0, 2)).toEqual(['CLIENT GET', '  SERVER GET /cats/all'])
    expect(spans.map((line) => line.trim())).toContain('INTERNAL Cats.list')
  })

  it.each(
    processesOf([
      'import http',
      'import node:http',
      'a named import',
      'require http',
      'require node:http',
      'process.getBuiltinModule',
    ]),
  )('an ES module reaches a built-in module by %j, and each request is one set of spans', async (ways) => {
    expect(await run('built-in.mjs', { node, args: ways })).toEqual(ways.flatMap(() => HTTP))
  })

  it.each(processesOf(['require http', 'require node:http', 'process.getBuiltinModule']))(
    'CommonJS reaches a built-in module by %j, and each request is one set of spans',
    async (ways) => {
      expect(await run('built-in.cjs', { node, args: ways })).toEqual(ways.flatMap(() => HTTP))
    },
  )

  it.each(expressBy(node))('an ES module reaches CommonJS by %j, and one request is one set of spans', async (ways) => {
    expect(await run('express-by.mjs', { node, args: ways })).toEqual(EXPRESS)
  })
})

describe('PLUTUS_ESM', () => {
  it('leaves ES modules alone when it is off, and CommonJS is still seen', async () => {
    expect(await run('hono.mjs', { env: { PLUTUS_ESM: 'off' } })).toEqual(['CLIENT GET', '  SERVER GET'])
    receiver.clear()
    expect(await run('express-by.mjs', { args: ['import'], env: { PLUTUS_ESM: 'off' } })).toEqual(EXPRESS)
  })

  it.each(['hono.mjs', 'hono.cjs', 'late-import.cjs'])('sees them (%s) when it is on', async (program) => {
    expect(await run(program, { env: { PLUTUS_ESM: 'on' } })).toEqual(HONO)
  })
})
