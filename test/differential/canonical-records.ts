import { buildTraces } from '@plutus/test-kit'
import type { ReceivedLog, ReceivedMetric, ReceivedPoint, ReceivedSpan, SpanNode } from '@plutus/test-kit'
import type { Telemetry } from './telemetry.ts'

/** A record by its fields, in a form that is equal in two runs: `attributes.url.path`, `status`, `events.0.name`. */
export type Fields = Readonly<Record<string, unknown>>

const SECOND = 1_000_000_000n
// What differs from run to run, by the keys that conventions give it.
const MINTED = /^(?:process\.pid|service\.instance\.id|correlation\.id|.+\.duration)$/
const PORT_KEY = /\.port$/
// Ports that the system chose; those of the database servers are below.
const MIN_CHOSEN_PORT = 10_000
// What had arrived when the last metrics left depends on the moment.
const DELIVERY = /^plutus\.telemetry\./
// What the runtime did meanwhile, too; test/e2e/engine holds both engines to it.
const RUNTIME = /^(?:nodejs|v8js)\./
const MEASURED = /(?:^|\.)duration$|^(?:process|system)\./

/**
 * Lists records by what they are: spans by their place in the trace, log records by their order in their scope, metrics
 * by name and attributes of the point.
 */
export function canonicalRecords(telemetry: Telemetry): ReadonlyMap<string, Fields> {
  const records = new Map<string, Fields>()
  const time = (nanos: bigint): string => timeClass(nanos, telemetry)
  const add = (key: string, fields: Fields): void => {
    let number = 1
    while (records.has(`${key} #${number}`)) number++
    records.set(`${key} #${number}`, fields)
  }
  const placeOf = placesOf(telemetry)
  for (const span of telemetry.spans) add(`span ${placeOf(span.spanId)}`, fieldsOfSpan(span, placeOf, time))
  for (const log of telemetry.logs)
    add(`log ${log.scope.name} ${log.eventName ?? ''}`.trim(), fieldsOfLog(log, placeOf, time))
  const metrics = telemetry.metrics.filter(({ name }) => !DELIVERY.test(name) && !RUNTIME.test(name))
  for (const metric of lastOfEach(metrics)) {
    for (const point of metric.points) {
      add(`metric ${metric.name} ${JSON.stringify(plain('', sorted(point.attributes)))}`, fieldsOfPoint(metric, point))
    }
  }
  const resource = telemetry.spans[0]?.resource ?? telemetry.logs[0]?.resource ?? metrics[0]?.resource
  if (resource !== undefined) add('resource', flatten({ attributes: resource }))
  return records
}

/** Names a span by the names of those above it. Ids that were never sent are named by themselves. */
function placesOf({ spans }: Telemetry): (spanId: string) => string {
  const places = new Map<string, string>()
  const visit = ({ span, children }: SpanNode, above: string): void => {
    const place = `${above}${span.kind} ${text(span.name)}${askedPath(span)}`
    places.set(span.spanId, place)
    for (const child of children) visit(child, `${place} > `)
  }
  for (const { roots } of buildTraces(spans)) {
    for (const root of roots) visit(root, root.span.parentSpanId === undefined ? '' : `${root.span.parentSpanId} > `)
  }
  return (spanId) => places.get(spanId) ?? (isChosen(spanId) ? spanId : 'not sent')
}

/** What tells requests of one name apart. */
function askedPath({ name, attributes }: ReceivedSpan): string {
  const url = attributes['url.full'] ?? attributes['url.path']
  const path = typeof url === 'string' ? url.replace(/^https?:\/\/[^/]*/, '').replace(/\?.*/, '') : ''
  return path === '' || name.endsWith(path) ? '' : ` (${path})`
}

function fieldsOfSpan(
  span: ReceivedSpan,
  placeOf: (spanId: string) => string,
  time: (nanos: bigint) => string,
): Fields {
  return flatten({
    startTime: time(span.startTimeUnixNano),
    endTime: time(span.endTimeUnixNano),
    order: span.durationMillis < 0 ? 'ends before it starts' : 'ends after it starts',
    attributes: span.attributes,
    droppedAttributesCount: span.droppedAttributesCount,
    events: span.events.map((event) => ({ ...event, timeUnixNano: time(event.timeUnixNano) })),
    links: span.links.map(({ traceId, spanId, ...rest }) => ({ ...rest, ids: traceNamed(traceId, placeOf(spanId)) })),
    status: span.status,
    scope: span.scope,
    flags: span.flags,
    traceState: span.traceState,
  })
}

/** Spans of this run are named by their place; ids that the program chose stay. */
function traceNamed(traceId: string, place: string): string {
  return isChosen(traceId) ? `${traceId} ${place}` : place
}

function isChosen(id: string): boolean {
  return /^(.)\1+$/.test(id)
}

function fieldsOfLog(log: ReceivedLog, placeOf: (spanId: string) => string, time: (nanos: bigint) => string): Fields {
  const { spanId, traceId, timeUnixNano, observedTimeUnixNano, resource: _resource, ...rest } = log
  return flatten({
    ...rest,
    time: time(timeUnixNano),
    observedTime: time(observedTimeUnixNano),
    span: spanId === undefined || traceId === undefined ? 'none' : traceNamed(traceId, placeOf(spanId)),
  })
}

function fieldsOfPoint(metric: ReceivedMetric, point: ReceivedPoint): Fields {
  const { points: _points, resource: _resource, name, ...about } = metric
  const { attributes: _attributes, startTimeUnixNano, timeUnixNano, exemplars, ...values } = point
  const isMeasured = MEASURED.test(name)
  return flatten({
    ...about,
    order: startTimeUnixNano > timeUnixNano ? 'ends before it starts' : 'ends after it starts',
    exemplars: exemplars.length,
    ...(isMeasured
      ? {
          has: Object.keys(values).toSorted(),
          bounds: values.bounds,
          count: name.startsWith('v8js.') ? 0 : values.count,
        }
      : values),
  })
}

/** Cumulative metrics come again with each export; the last has it all. */
function lastOfEach(metrics: readonly ReceivedMetric[]): Iterable<ReceivedMetric> {
  return new Map(metrics.map((metric) => [`${metric.scope.name} ${metric.name}`, metric])).values()
}

/** Moments within the run are alike; those that a program gave are exact. */
function timeClass(nanos: bigint, { from, to }: Telemetry): string {
  return nanos >= from - SECOND && nanos <= to + SECOND ? 'now' : String(nanos)
}

function flatten(value: object, prefix = ''): Fields {
  const fields: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue
    const path = `${prefix}${key}`
    if (key === 'events' || key === 'links') {
      const list = member as readonly object[]
      fields[`${path}.length`] = list.length
      list.forEach((item, index) => Object.assign(fields, flatten(item, `${path}.${index}.`)))
    } else if (key === 'attributes') Object.assign(fields, flattenAttributes(member as object, `${path}.`))
    else fields[path] = plain(key, member)
  }
  return fields
}

function flattenAttributes(attributes: object, prefix: string): Fields {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`${prefix}${key}`, plain(key, value)]))
}

/** A value without what the system chose for this run. */
function plain(key: string, value: unknown): unknown {
  if (PORT_KEY.test(key) && typeof value === 'number' && value >= MIN_CHOSEN_PORT) return 'port'
  if (MINTED.test(key)) return typeof value
  if (key === 'exception.stacktrace' && typeof value === 'string') return value.split('\n', 2)
  if (typeof value === 'string') return text(value)
  if (typeof value === 'bigint') return `${value}n`
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map((item) => plain('', item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(name, member)]))
}

function text(value: string): string {
  return value.replaceAll(/(127\.0\.0\.1|localhost|shop\.test|::1\]?):\d{5}/g, '$1:port')
}

function sorted(attributes: object): object {
  return Object.fromEntries(Object.entries(attributes).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}
