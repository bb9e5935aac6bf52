import { randomBytes } from 'node:crypto'
import { EXPORT_CALLS } from '@plutus/test-kit/otlp-schema'

/** A record or a span that is sent, as far as it matters for whether it must arrive. */
export interface SentItem {
  /** Span id, in hexadecimal digits. */
  readonly id: string
  readonly traceId: string
  readonly dataClass: string
}

/** A request, ready to be sent, and what became of it. */
export interface Payload {
  readonly body: Buffer
  readonly ids: readonly SentItem[]
  taken: number
  refused: number
}

const PER_REQUEST = 200
const SPANS_PER_TRACE = 4
// As a payment service writes them.
const CLASSES = ['application', 'application', 'application', 'performance', 'payment', 'payment', 'security', 'audit']
const RESOURCE = {
  attributes: [text('service.name', 'shop'), text('service.version', '1.2.3'), text('host.name', 'shop-7f9c')],
}

/** Requests of 200 records or spans with eight attributes each; encoded once, since the collector is what is measured. */
export function makePayloads(signal: 'logs' | 'traces', count: number): Payload[] {
  const type = EXPORT_CALLS[signal].request
  return Array.from({ length: count }, () => {
    const perTrace = signal === 'logs' ? 1 : SPANS_PER_TRACE
    const traceIds = Array.from({ length: PER_REQUEST / perTrace }, () => randomBytes(16))
    const sent = Array.from({ length: PER_REQUEST }, (_, n) => {
      const dataClass = CLASSES[n % CLASSES.length] as string
      const item = { traceId: traceIds[Math.floor(n / perTrace)] as Buffer, spanId: randomBytes(8) }
      return { dataClass, message: signal === 'logs' ? makeRecord(item, n) : makeSpan(item, n), ...item }
    })
    const messages = sent.map(({ message }) => message)
    const scope = { scope: { name: 'shop' }, [signal === 'logs' ? 'logRecords' : 'spans']: messages }
    const request =
      signal === 'logs'
        ? { resourceLogs: [{ resource: RESOURCE, scopeLogs: [scope] }] }
        : { resourceSpans: [{ resource: RESOURCE, scopeSpans: [scope] }] }
    return {
      body: Buffer.from(type.encode(type.fromObject(request)).finish()),
      ids: sent.map(({ traceId, spanId, dataClass }) => {
        return { id: spanId.toString('hex'), traceId: traceId.toString('hex'), dataClass }
      }),
      taken: 0,
      refused: 0,
    }
  })
}

interface Ids {
  readonly traceId: Buffer
  readonly spanId: Buffer
}

function makeRecord(ids: Ids, n: number): object {
  return {
    ...ids,
    timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: `Payment pi_${randomBytes(12).toString('hex')} authorised in ${n} ms` },
    attributes: attributesOf(n),
    eventName: n % 4 === 0 ? 'payment.completion' : '',
  }
}

function makeSpan(ids: Ids, n: number): object {
  const start = BigInt(Date.now()) * 1_000_000n
  return {
    ...ids,
    ...(n % SPANS_PER_TRACE === 0 ? {} : { parentSpanId: randomBytes(8) }),
    name: 'POST /payments',
    kind: 2,
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + 12_000_000n),
    attributes: attributesOf(n),
  }
}

function attributesOf(n: number): object[] {
  return [
    text('plutus.data.class', CLASSES[n % CLASSES.length] as string),
    text('payment.id', `pi_${randomBytes(12).toString('hex')}`),
    text('payment.currency', 'EUR'),
    text('payment.status', 'succeeded'),
    { key: 'payment.amount', value: { intValue: String(1000 + n) } },
    { key: 'payment.duration', value: { doubleValue: Math.random() } },
    text('user.id', `u${n}`),
    text('correlation.id', randomBytes(16).toString('hex')),
  ]
}

function text(key: string, stringValue: string): { key: string; value: { stringValue: string } } {
  return { key, value: { stringValue } }
}
