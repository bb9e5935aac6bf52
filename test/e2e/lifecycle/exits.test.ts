import { END_NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { ProgramResult, Receiver, TestNode } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const COMMONJS = [
  'by itself',
  'by itself, with a code',
  'by process.exit',
  'by throwing at the top',
  'by throwing later',
  'by throwing no error',
  'by rejecting',
  'by rejecting with no error',
  'by a handler of its own',
  'by exit of its own',
  'by requiring what is not there',
  'by requiring what throws',
  'by requiring what is not there, after something optional',
]
const ES_MODULE = [
  'by itself',
  'by throwing at the top',
  'by rejecting at the top',
  'by waiting for nothing',
  'by process.exit',
]

// Where hooks for ES modules run on a thread of their own, Node reaches the entry point one turn later.
const withoutStack = (end: End): End => ({
  ...end,
  stderr: end.stderr.replaceAll(/^ {4}at .*$/gm, '').replaceAll(/\n+/g, '\n'),
})

interface End {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/** How a program ends, and every byte it writes: ours aside, and the number of the process. */
const endOf = async (node: TestNode, hook: 'require' | 'import' | 'none', file: string, way: string): Promise<End> => {
  const { code, signal, stdout, stderr }: ProgramResult = await runProgram({
    node,
    hook,
    file: programFile(file),
    args: [way],
    ...(hook !== 'none' && { receiver }),
    // Nothing leaves before the end.
    env: { OTEL_BSP_SCHEDULE_DELAY: '600000', PLUTUS_EXIT_WAIT_MS: '10000' },
  })
  const own = stderr.replaceAll(/^plutus: .*\n/gm, '').replaceAll(/\(node:\d+\)/g, '(node)')
  return { code, signal, stdout, stderr: own }
}

describe.each(END_NODES)('on Node $label', (node) => {
  it.each(COMMONJS)('ends %s as without the hook, to the byte, and sends what it has', async (way) => {
    const ends = [endOf(node, 'require', 'ends.cjs', way), endOf(node, 'none', 'ends.cjs', way)] as const
    const [end, without] = await Promise.all(ends)
    expect(end).toEqual(without)
    expect(receiver.spans.map(({ name }) => name)).toEqual(['before the end'])
  })

  it.each(ES_MODULE)('ends an ES module %s as without the hook, to the byte', async (way) => {
    const compare = node.label === '22.15' ? withoutStack : (end: End): End => end
    const without = compare(await endOf(node, 'none', 'ends.mjs', way))
    expect(compare(await endOf(node, 'require', 'ends.mjs', way))).toEqual(without)
  })

  it('ends an ES module by importing what is not there as without the hook, but for where in Node that shows', async () => {
    const messageOf = ({ stderr, ...end }: End): End => ({
      ...end,
      stderr: stderr
        .slice(stderr.indexOf('Error ['))
        .replaceAll(/^ {4}at .*\n/gm, '')
        .replace(/^ {4}at .* \{$/m, '{'),
    })
    const way = 'by importing what is not there'
    const without = messageOf(await endOf(node, 'none', 'ends.mjs', way))
    expect(without.stderr).toMatch(/^Error \[ERR_MODULE_NOT_FOUND\]: .*not-there\.mjs/)
    expect(messageOf(await endOf(node, 'require', 'ends.mjs', way))).toEqual(without)
  })

  it.each(['with a warning', 'by beforeExit of its own'])('ends %s as without the hook', async (way) => {
    const { stdout: expected, ...rest } = await endOf(node, 'none', 'ends.cjs', way)
    const { stdout, ...got } = await endOf(node, 'require', 'ends.cjs', way)
    expect(got).toEqual(rest)
    // Sending makes work, after which Node says once more that there is none.
    expect(stdout.replaceAll(/(beforeExit 0\n)+/g, '$1')).toBe(expected.replaceAll(/(beforeExit 0\n)+/g, '$1'))
  })

  it('keeps no program alive when the endpoint never answers', async () => {
    receiver.respond({ delayMillis: 600_000 })
    const { code } = await runProgram({
      node,
      file: programFile('ends.cjs'),
      args: ['by itself'],
      receiver,
      timeoutMillis: 20_000,
    })
    expect(code).toBe(0)
  })
})
