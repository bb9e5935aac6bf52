import { context, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { escapeUnsafe, formatJson, formatPretty } from './console-output.ts'
import { manageContext } from './recording.test.support.ts'

manageContext()

const record = {
  timestamp: 0,
  severityText: 'ERROR',
  body: 'Capture failed',
  attributes: {
    'payment.id': 'pay_1',
    'plutus.data.class': 'application',
    'exception.stacktrace': 'Error: no\n    at x',
  },
}

it('writes one line for people, with the stack beneath', () => {
  expect(formatPretty('payments', record, false)).toBe(
    '00:00:00.000 ERROR payments Capture failed payment.id=pay_1\n    Error: no\n        at x\n',
  )
})

it('colours only where it is told to', () => {
  expect(formatPretty('payments', record, true)).toContain('\u001b[31mERROR')
  expect(formatPretty('payments', record, false)).not.toContain('\u001b')
})

it.each([
  ['a line break', 'a\nb', 'a\\u000ab'],
  ['an escape sequence', '\u001b[2J', '\\u001b[2J'],
  ['a C1 control', '\u009b31m', '\\u009b31m'],
  ['a mark of direction', 'a\u202eb', 'a\\u202eb'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
])('shows %s as text', (_what, text, expected) => {
  expect(escapeUnsafe(text)).toBe(expected)
  expect(formatPretty('x', { ...record, body: text, attributes: { [text]: text } }, false).split('\n')).toHaveLength(2)
})

it.each([
  ['plain', 'note=plain'],
  ['two words', 'note="two words"'],
  ['', 'note=""'],
  ['x payment.id=forged', 'note="x payment.id=forged"'],
  ['x\\" payment.id=forged', String.raw`note="x\\\" payment.id=forged"`],
])('shows the text %j as one field', (note, shown) => {
  expect(formatPretty('x', { ...record, attributes: { note } }, false)).toContain(` ${shown}\n`)
})

it('shows what an error says also where it has no stack', () => {
  const attributes = { 'exception.type': 'RangeError', 'exception.message': 'no funds' }
  expect(formatPretty('x', { ...record, attributes }, false)).toContain(
    'exception.type=RangeError exception.message="no funds"\n',
  )
})

it('writes bytes as base 64 into JSON, and leaves the record as it is', () => {
  const attributes = { digest: Buffer.from('abc'), id: 'p' }
  expect(JSON.parse(formatJson('x', { ...record, attributes }))).toMatchObject({
    attributes: { digest: 'YWJj', id: 'p' },
  })
  expect(attributes.digest).toBeInstanceOf(Buffer)
})

it('leaves letters of any script alone', () => {
  expect(escapeUnsafe('Ünïcødé 日本 ﷼ 👍')).toBe('Ünïcødé 日本 ﷼ 👍')
})

it('ends a line for people with the ids of the trace', () => {
  const ids = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
  const line = context.with(trace.setSpanContext(ROOT_CONTEXT, ids), () => formatPretty('payments', record, false))
  expect(line).toContain(` payment.id=pay_1 trace_id=${ids.traceId} span_id=${ids.spanId}\n`)
})

it('writes one JSON document a line', () => {
  const line = formatJson('payments', record)
  expect(line.endsWith('\n')).toBe(true)
  expect(JSON.parse(line)).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    level: 'error',
    logger: 'payments',
    message: 'Capture failed',
    attributes: { 'payment.id': 'pay_1' },
  })
})
