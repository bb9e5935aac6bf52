import { INVALID_SPAN_CONTEXT } from '@opentelemetry/api'
import type { LogRecord } from '@opentelemetry/api'
import { toPlainAttributes, toPlainValue } from '@plutus/otlp'
import type { Sdk, Sent, Settings } from './sdk-pair.ts'

/** Something that we send otherwise than upstream, on purpose. */
export interface ApiDifference {
  readonly what: string
  /** Why ours is right. */
  readonly why: string
  readonly settings?: Partial<Settings>
  readonly act: (sdk: Sdk) => void
  readonly look: (sent: Sent) => unknown
  readonly own: unknown
  readonly upstream: unknown
}

const attributesOfSpan = ({ spans }: Sent): unknown => {
  const { attributes, droppedAttributesCount } = spans[0]?.span ?? { attributes: [], droppedAttributesCount: 0 }
  return { attributes: toPlainAttributes(attributes), dropped: droppedAttributesCount }
}
const bodyOf = ({ logs }: Sent): unknown => toPlainValue(logs[0]?.log.body)
const emit = ({ loggers }: Sdk, record: LogRecord): void => loggers.getLogger('shop').emit(record)
const setAttributes = ({ tracers }: Sdk, attributes: Record<string, unknown>): void => {
  const span = tracers.getTracer('shop').startSpan('pay')
  span.setAttributes(attributes)
  span.end()
}

/** All of them. A test fails for one that is no difference any more. */
export const API_DIFFERENCES: readonly ApiDifference[] = [
  {
    what: 'sends amounts that are bigints, dates and errors where upstream drops or empties them',
    why: 'telemetry that a program hands over is worth more as text or as a map than not at all',
    act: (sdk) => setAttributes(sdk, { amount: 5n, at: new Date(0), list: [1n] }),
    look: attributesOfSpan,
    own: { attributes: { amount: 5, at: '1970-01-01T00:00:00.000Z', list: [1] }, dropped: 0 },
    upstream: { attributes: {}, dropped: 0 },
  },
  {
    what: 'tells a date in the body of a record',
    why: 'upstream sends an empty map for it',
    act: (sdk) => emit(sdk, { body: { at: new Date(0) } }),
    look: bodyOf,
    own: { at: '1970-01-01T00:00:00.000Z' },
    upstream: { at: {} },
  },
  {
    what: 'counts an attribute that has no key, or a value that cannot be told, as dropped',
    why: 'the specification: what is dropped is counted',
    act: (sdk) => setAttributes(sdk, { '': 1, run: () => undefined }),
    look: attributesOfSpan,
    own: { attributes: {}, dropped: 2 },
    upstream: { attributes: {}, dropped: 0 },
  },
  {
    what: 'keeps maps and mixed arrays in attributes of events',
    why: 'the specification allows every value in every attribute; upstream has it for spans, links and records only',
    act: ({ tracers }) => {
      const span = tracers.getTracer('shop').startSpan('pay')
      span.addEvent('queued', { order: { id: 1 } }).end()
    },
    look: ({ spans }) => toPlainAttributes(spans[0]?.span.events[0]?.attributes ?? []),
    own: { order: { id: 1 } },
    upstream: {},
  },
  {
    what: 'leaves members without a value out of bodies',
    why: 'as in attributes, where upstream does the same, and in JSON',
    act: (sdk) => emit(sdk, { body: { a: undefined, b: 1 } }),
    look: bodyOf,
    own: { b: 1 },
    upstream: { a: null, b: 1 },
  },
  {
    what: 'sends a body as it was when it was emitted',
    why: 'upstream reads it when the batch leaves, when the program may have changed it',
    act: (sdk) => {
      const body = { state: 'open' }
      emit(sdk, { body })
      body.state = 'closed'
    },
    look: bodyOf,
    own: { state: 'open' },
    upstream: { state: 'closed' },
  },
  {
    what: 'cuts a text between two characters',
    why: 'half a surrogate pair is no text; receivers show a replacement character',
    settings: { valueLength: 1 },
    act: (sdk) => setAttributes(sdk, { name: '😀' }),
    look: attributesOfSpan,
    own: { attributes: { name: '' }, dropped: 0 },
    upstream: { attributes: { name: '\uFFFD' }, dropped: 0 },
  },
  {
    what: 'drops and counts a link to nothing',
    why: 'OTLP: ids of zeros are invalid, and so is a whole request to those who check',
    act: ({ tracers }) => {
      tracers.getTracer('shop').startSpan('pay').addLink({ context: INVALID_SPAN_CONTEXT }).end()
    },
    look: ({ spans }) => spans[0]?.span.links.map(({ traceId, spanId }) => [traceId, spanId]),
    own: [],
    upstream: [['0'.repeat(32), '0'.repeat(16)]],
  },
]
