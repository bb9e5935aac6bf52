import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { NODES } from '@plutus/test-kit'
import type { TestNode } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { readLines, runPlain, runStory, serverSpan } from './run-story.ts'

const NEWEST = NODES.at(-1) as TestNode
// All but the line feeds that end lines: nothing that could steer a terminal, turn the reading direction or break a line.
// oxlint-disable-next-line no-control-regex -- these are what must not be there
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/

describe.each(['none', 'hook'])('on the console, started with %s', (how) => {
  const run = async (env: Record<string, string>): Promise<string> =>
    how === 'none'
      ? await runPlain('console-output.mjs', { node: NEWEST, env })
      : (await runStory('console-output.mjs', { node: NEWEST, env: { PLUTUS_ENGINE: 'plutus', ...env } })).stdout

  it('writes lines for people that no value can forge', async () => {
    const stdout = await run({ PLUTUS_LOG_CONSOLE: 'pretty' })
    expect(UNSAFE.test(stdout)).toBe(false)
    const lines = stdout
      .trimEnd()
      .split('\n')
      .filter((line) => !/process\.(started|stopped)/.test(line))
    expect(lines[0]).toContain(String.raw`WARN  payments Late \u001b[2J\u000d\u000aFAKE ERROR \u202etxt`)
    expect(lines[0]).toContain(String.raw`tenant="a\u000ab"`)
    expect(lines[0]).toContain(String.raw`key\u0007=x\u009b31m`)
    expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}payment\.attempt .*payment\.amount=1234/)
    expect(lines[2]).toMatch(/ ERROR payments Capture failed /)
    expect(lines[3]).toBe('    RangeError: no funds')
    expect(lines.slice(3).every((line) => line.startsWith('    '))).toBe(true)
  })

  it('writes documents of one line for machines, with the values as they are', async () => {
    const lines = readLines(await run({ PLUTUS_LOG_CONSOLE: 'json' })).filter(
      ({ event }) => !String(event).startsWith('process.'),
    )
    expect(lines).toMatchObject([
      {
        level: 'warn',
        logger: 'payments',
        message: 'Late \u001b[2J\r\nFAKE ERROR \u202etxt',
        attributes: { tenant: 'a\nb', 'key\u0007': 'x\u009b31m' },
      },
      { level: 'info', event: 'payment.attempt' },
      { level: 'error', attributes: { 'exception.type': 'RangeError' } },
    ])
    for (const { time } of lines) expect(new Date(String(time)).toISOString()).toBe(time)
  })
})

it('prints events below the level only if they must not be lost, and all of them at a lower level', async () => {
  const print = async (level: string): Promise<unknown[]> => {
    const env = { PLUTUS_LOG_CONSOLE: 'json', LOG_LEVEL: level }
    return readLines(await runPlain('console-output.mjs', { node: NEWEST, env })).map(
      ({ event, message }) => event ?? message,
    )
  }
  expect(await print('fatal')).toEqual(['payment.attempt'])
  expect(await print('debug')).toEqual([
    expect.stringContaining('Late'),
    'payment.attempt',
    'Capture failed',
    'below the level',
    'cache.operation',
  ])
})

it('goes on when standard output is closed', async () => {
  const file = fileURLToPath(new URL('programs/closed-output.mjs', import.meta.url))
  const env = { PATH: process.env['PATH'], PLUTUS_LOG_CONSOLE: 'json' }
  const child = spawn(NEWEST.path, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.once('data', () => child.stdout.destroy())
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number | null]
  expect([code, stderr]).toEqual([0, 'still here\n'])
})

it('ends lines for people with the ids of the trace', async () => {
  const story = await runStory('console-output.mjs', { node: NEWEST, env: { PLUTUS_LOG_CONSOLE: 'pretty' } })
  const { traceId, spanId } = serverSpan(story)
  const lines = story.stdout.split('\n').filter((line) => / WARN | payment\.attempt | ERROR /.test(line))
  expect(lines.map((line) => line.endsWith(` trace_id=${traceId} span_id=${spanId}`))).toEqual([true, true, true])
})

it('carries trace ids, and those of Datadog on request', async () => {
  const env = { PLUTUS_LOG_CONSOLE: 'json', PLUTUS_LOG_DATADOG_IDS: '1' }
  const story = await runStory('console-output.mjs', { node: NEWEST, env })
  const { traceId, spanId } = serverSpan(story)
  const lines = readLines(story.stdout).filter(({ event }) => !String(event).startsWith('process.'))
  expect(lines).toHaveLength(3)
  for (const line of lines) {
    expect(line).toMatchObject({
      trace_id: traceId,
      span_id: spanId,
      'dd.trace_id': BigInt(`0x${traceId.slice(16)}`).toString(),
      'dd.span_id': BigInt(`0x${spanId}`).toString(),
    })
  }
})
