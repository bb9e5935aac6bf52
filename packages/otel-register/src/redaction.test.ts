import { resolveConfig } from '@plutus/config'
import { logs } from '@opentelemetry/api'
import type { LogRecord, Meter } from '@opentelemetry/api'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createHookRedaction } from './redaction.ts'

const VISA = '4242424242424242' // published test number, issued to nobody
const records: LogRecord[] = []
beforeEach(() => {
  records.length = 0
  logs.setGlobalLoggerProvider({
    getLogger: () => ({ emit: (record: LogRecord) => void records.push(record), enabled: () => true }),
  })
  vi.useFakeTimers({ toFake: ['performance'] })
})
afterEach(() => {
  vi.useRealTimers()
  logs.disable()
})

const createMeter = () => {
  const counted: unknown[] = []
  const counter = { add: (value: number, attributes: unknown) => void counted.push([value, attributes]) }
  return { counted, meter: { createCounter: () => counter } as unknown as Pick<Meter, 'createCounter'> }
}

it('counts hits by rule and carrier, those before there was a meter too', async () => {
  const redaction = createHookRedaction(resolveConfig({}))
  const redactor = redaction.redactor()
  redactor.text('a@b.co', 'log.body')
  const { counted, meter } = createMeter()
  redaction.measureWith(meter)
  redactor.text('c@d.co', 'log.body')
  redactor.text('c@d.co', 'span.name')
  expect(counted).toEqual([]) // a record may be in the making
  await Promise.resolve()
  expect(counted).toEqual([
    [2, { 'redaction.rule': 'email', 'redaction.carrier': 'log.body' }],
    [1, { 'redaction.rule': 'email', 'redaction.carrier': 'span.name' }],
  ])
})

it('tells of a card number once a minute for each place, but for keys of payments', async () => {
  const redactor = createHookRedaction(resolveConfig({})).redactor()
  const put = (key: string): void => {
    redactor.text(VISA, 'log.attribute', redactor.key(key, 'log.attribute'))
  }
  for (const key of ['note', 'note', 'other', 'payment.card']) put(key)
  redactor.text(VISA, 'console')
  await Promise.resolve()
  expect(records.map(({ eventName }) => eventName)).toEqual(['pan_found', 'pan_found'])
  expect(records[0]?.attributes).toMatchObject({ 'redaction.rule': 'pan', 'redaction.carrier': 'log.attribute' })
  vi.advanceTimersByTime(59_999)
  put('note')
  await Promise.resolve()
  expect(records).toHaveLength(2)
  vi.advanceTimersByTime(1)
  put('note')
  await Promise.resolve()
  expect(records).toHaveLength(3)
})

it('masks lines for the operator', () => {
  const { redactLine, warnings } = createHookRedaction(resolveConfig({ PLUTUS_REDACT_IP: 'hash' }))
  expect(redactLine(`sends to https://u:p@h/?token=x for ${VISA}`)).toBe(
    'sends to https://[redacted]@h/?token=[redacted] for ****4242',
  )
  expect(warnings).toEqual(['PLUTUS_HASH_KEY_FILE is not set: what is hashed gets another name in each process'])
})
