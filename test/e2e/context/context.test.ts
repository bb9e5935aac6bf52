import { END_NODES, isFull, runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { programFile } from './program-file.ts'

// 26 kinds of hops, each request a random dozen of them.
const [CONNECTIONS, REQUESTS] = isFull ? [40, 50] : [10, 20]

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

it.each(END_NODES)('no hop of any request loses or mixes up its context on Node $label', async (node) => {
  const args = [String(CONNECTIONS), String(REQUESTS)]
  const { stdout, stderr } = await runProgram({
    node,
    file: programFile('context.mjs'),
    args,
    receiver,
    env: { OTEL_LOG_LEVEL: 'warn' },
  })
  expect(stderr).toBe('')
  const { looks, kinds, wrong } = JSON.parse(stdout) as { looks: number; kinds: number; wrong: object }
  expect(wrong).toEqual({})
  expect(kinds).toBeGreaterThan(30)
  expect(looks).toBeGreaterThan(CONNECTIONS * REQUESTS * 20)
  // One span of the server for each request, in the trace that the caller began.
  const servers = receiver.spans.filter(
    ({ kind, parentSpanId }) => kind === 'SERVER' && parentSpanId === '00f067aa0ba902b7',
  )
  expect(new Set(servers.map(({ traceId }) => traceId)).size).toBe(CONNECTIONS * REQUESTS)
})
