import { nodesOf } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'
import { only, runBoth } from '../src/run-both.ts'
import { programFile } from './program-file.ts'

const PROGRAMS = (['cjs', 'mjs'] as const).flatMap((extension) =>
  nodesOf(extension).map((node) => [extension, node.label, node] as const),
)

interface Logger {
  readonly name: string
  /** Attributes of the record inside the request. */
  readonly attributes: object
  readonly inside: string
  /** Further records of the program. */
  readonly more: readonly string[]
}

const LOGGERS: readonly Logger[] = [
  { name: 'pino', attributes: { order: 42 }, inside: 'inside a request', more: [] },
  { name: 'winston', attributes: { order: 42 }, inside: 'inside a request', more: ['by another logger'] },
  { name: 'bunyan', attributes: { name: 'shop', order: 42 }, inside: 'inside a request', more: [] },
]

describe.each(PROGRAMS)('a program that is %s on Node %s', (extension, _label, node) => {
  it.each(LOGGERS.map((logger) => [logger.name, logger] as const))(
    'sends each entry of %s once, with its trace, and writes the same lines with the ids of the trace in them',
    async (_name, { name, attributes, inside, more }) => {
      const { spans, logs, stdout } = await runBoth(programFile(`${name}.${extension}`), { node, normalise })
      const { traceId, spanId } = only(spans, ({ kind }) => kind === 'SERVER')

      expect(logs).toHaveLength(3 + more.length)
      expect(new Set(logs.map(({ body }) => body))).toEqual(new Set(['outside', inside, 'boom', ...more]))
      const entry = only(logs, ({ body }) => body === inside)
      expect(entry).toMatchObject({ traceId, spanId, severityNumber: 9, severityText: 'info', attributes })
      expect(Object.keys(entry.attributes).filter((key) => key.startsWith('trace'))).toEqual([])
      expect(only(logs, ({ body }) => body === 'boom')).toMatchObject({
        traceId,
        spanId,
        severityNumber: 17,
        severityText: 'error',
        attributes: { module: 'payments' },
      })
      const outside = only(logs, ({ body }) => body === 'outside')
      expect([outside.traceId, outside.spanId]).toEqual([undefined, undefined])

      const lines = entriesOf(stdout)
      expect(only(lines, (line) => Object.values(line).includes(inside))).toMatchObject({
        trace_id: traceId,
        span_id: spanId,
        trace_flags: '01',
      })
      expect(only(lines, (line) => Object.values(line).includes('outside'))).not.toHaveProperty('trace_id')
    },
  )
})

function entriesOf(stdout: string): Record<string, unknown>[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Without what differs from run to run, and what the hook adds on purpose. */
function normalise(stdout: string): string {
  const volatile = new Set(['pid', 'time', 'trace_id', 'span_id', 'trace_flags'])
  return stdout
    .split('\n')
    .map((line) => {
      if (!line.startsWith('{')) return line
      const entries = Object.entries(JSON.parse(line) as object).filter(([key]) => !volatile.has(key))
      return JSON.stringify(Object.fromEntries(entries))
    })
    .join('\n')
}
