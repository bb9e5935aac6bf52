import {
  context as contextApi,
  createTraceState,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api'
import type {
  Attributes,
  Context,
  Link,
  LogRecord,
  Span,
  SpanContext,
  SpanOptions,
  TimeInput,
} from '@opentelemetry/api'
import { suppressTracing } from '@opentelemetry/core'
import * as fc from 'fast-check'
import type { Sdk } from './sdk-pair.ts'

/** Contexts of other processes that programs know. */
export const REMOTES: readonly SpanContext[] = [
  { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1, isRemote: true },
  {
    traceId: `0${'c'.repeat(31)}`,
    spanId: `0${'d'.repeat(15)}`,
    traceFlags: 0,
    isRemote: true,
    traceState: createTraceState('vendor=1,other=a:b'),
  },
  { traceId: 'e'.repeat(32), spanId: 'f'.repeat(16), traceFlags: 1, traceState: createTraceState('local=1') },
]
/** Ids that are the same in every run. */
export const KNOWN_IDS: ReadonlySet<string> = new Set(REMOTES.flatMap(({ traceId, spanId }) => [traceId, spanId]))

/** Where a span or record belongs: the active context, a span of the program, a remote one, or nowhere. */
type Parent =
  | { readonly in: 'active' }
  | { readonly in: 'root' }
  | { readonly in: 'suppressed' }
  | { readonly in: 'invalid' }
  | { readonly in: 'span'; readonly index: number }
  | { readonly in: 'remote'; readonly index: number }

/** One call of the API. `span` counts the spans that were started. */
export type Call =
  | {
      readonly do: 'start' | 'startActive'
      readonly scope: number
      readonly name: string
      readonly options: Omit<SpanOptions, 'links'> & { readonly links?: readonly LinkTo[] }
      readonly parent: Parent
    }
  | { readonly do: 'setAttribute'; readonly span: number; readonly key: string; readonly value: unknown }
  | { readonly do: 'setAttributes'; readonly span: number; readonly attributes: Attributes }
  | { readonly do: 'addEvent'; readonly span: number; readonly name: string; readonly rest: readonly unknown[] }
  | { readonly do: 'addLinks'; readonly span: number; readonly links: readonly LinkTo[] }
  | { readonly do: 'setStatus'; readonly span: number; readonly code: number; readonly message: unknown }
  | { readonly do: 'updateName'; readonly span: number; readonly name: string }
  | { readonly do: 'recordException'; readonly span: number; readonly exception: unknown; readonly time?: TimeInput }
  | { readonly do: 'end'; readonly span: number; readonly time?: TimeInput }
  | { readonly do: 'look'; readonly span: number }
  | { readonly do: 'mutate' }
  | {
      readonly do: 'emit'
      readonly scope: number
      readonly record: Record<string, unknown>
      readonly parent: Parent
    }

interface LinkTo {
  readonly to: Parent
  readonly attributes?: Attributes
}

const SCOPES: readonly (readonly [string, string?, { readonly schemaUrl: string }?])[] = [
  ['shop'],
  ['shop', '1.0.0'],
  ['shop', '1.0.0', { schemaUrl: 'https://opentelemetry.io/schemas/1.36.0' }],
]

/** Makes the calls, and returns what a caller can see of them. */
export function makeCalls(calls: readonly Call[], { tracers, loggers }: Sdk): unknown[] {
  const spans: Span[] = []
  const seen: unknown[] = []
  const given: unknown[] = []
  const own = <T>(value: T): T => {
    const copy = structuredClone(value)
    given.push(copy)
    return copy
  }
  const contextOf = (parent: Parent): Context => {
    if (parent.in === 'active') return contextApi.active()
    if (parent.in === 'root') return ROOT_CONTEXT
    if (parent.in === 'suppressed') return suppressTracing(ROOT_CONTEXT)
    if (parent.in === 'invalid') return trace.setSpanContext(ROOT_CONTEXT, INVALID_SPAN_CONTEXT)
    if (parent.in === 'remote') return trace.setSpanContext(ROOT_CONTEXT, REMOTES[parent.index] as SpanContext)
    const span = parent.in === 'span' ? spans[parent.index % spans.length] : undefined
    return span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, span)
  }
  const linkOf = ({ to, attributes }: LinkTo): Link => {
    const linked = trace.getSpanContext(contextOf(to))
    const isUsable = linked !== undefined && (to.in === 'invalid' || isSpanContextValid(linked))
    return {
      context: isUsable ? linked : (REMOTES[0] as SpanContext),
      ...(attributes && { attributes: own(attributes) }),
    }
  }
  const spanAt = (index: number): Span => spans[index % spans.length] ?? trace.wrapSpanContext(INVALID_SPAN_CONTEXT)
  for (const call of calls) {
    switch (call.do) {
      case 'start':
      case 'startActive': {
        const tracer = tracers.getTracer(...(SCOPES[call.scope] as (typeof SCOPES)[number]))
        const { links, ...rest } = call.options
        const options: SpanOptions = { ...own(rest), ...(links && { links: links.map(linkOf) }) }
        if (call.do === 'start') spans.push(tracer.startSpan(call.name, options, contextOf(call.parent)))
        else {
          tracer.startActiveSpan(call.name, options, contextOf(call.parent), (span) => {
            seen.push(trace.getActiveSpan() === span)
            spans.push(span)
            tracer.startActiveSpan(`${call.name} inner`, (inner) => {
              spans.push(inner)
              inner.end()
            })
          })
        }
        break
      }
      case 'setAttribute':
        spanAt(call.span).setAttribute(call.key, own(call.value) as string)
        break
      case 'setAttributes':
        spanAt(call.span).setAttributes(own(call.attributes))
        break
      case 'addEvent':
        spanAt(call.span).addEvent(call.name, ...(own(call.rest) as []))
        break
      case 'addLinks':
        if (call.links.length === 1) spanAt(call.span).addLink(linkOf(call.links[0] as LinkTo))
        else spanAt(call.span).addLinks(call.links.map(linkOf))
        break
      case 'setStatus':
        spanAt(call.span).setStatus({ code: call.code, message: call.message as string })
        break
      case 'updateName':
        spanAt(call.span).updateName(call.name)
        break
      case 'recordException':
        spanAt(call.span).recordException(call.exception as Error, call.time)
        break
      case 'end':
        spanAt(call.span).end(call.time)
        break
      case 'look': {
        const { traceId, spanId, traceFlags, traceState, isRemote } = spanAt(call.span).spanContext()
        const isKnown = [traceId, spanId].map((id) => KNOWN_IDS.has(id))
        const shape = [/^[0-9a-f]{32}$/.test(traceId), /^[0-9a-f]{16}$/.test(spanId), Number(`0x${traceId}`) !== 0]
        seen.push([spanAt(call.span).isRecording(), traceFlags, traceState?.serialize(), isRemote, isKnown, shape])
        break
      }
      case 'mutate':
        for (const value of given) change(value)
        break
      case 'emit': {
        const logger = loggers.getLogger(...(SCOPES[call.scope] as (typeof SCOPES)[number]))
        const { exception, body, ...rest } = call.record
        const { parent } = call
        const context = parent.in === 'active' ? undefined : contextOf(parent)
        const record = { ...own(rest), body: structuredClone(body) }
        logger.emit({
          ...(record as LogRecord),
          ...(exception !== undefined && { exception }),
          ...(context && { context }),
        })
        break
      }
    }
  }
  for (const span of spans) span.end()
  return seen
}

/** Changes what a caller handed over, which is his to change. */
function change(value: unknown): void {
  if (Array.isArray(value)) {
    for (const item of value) change(item)
    value.push('changed')
  } else if (value instanceof Date) value.setTime(0)
  else if (typeof value === 'object' && value !== null && !(value instanceof Uint8Array)) {
    for (const item of Object.values(value)) change(item)
    Object.assign(value, { changed: true })
  }
}

const text = fc.string({ unit: 'grapheme-ascii', maxLength: 12 })
const key = fc.oneof(
  fc.constantFrom('a', 'b', 'http.route', 'user.id'),
  fc.string({ minLength: 1, maxLength: 8 }).filter((name) => name !== '__proto__'),
)
const character = {
  any: 'binary',
  // Of those beyond, upstream keeps half a character where it cuts.
  utf16: fc.integer({ min: 0, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
} as const
const createValues = (characters: keyof typeof character) => {
  const primitive = fc.oneof(
    text,
    fc.string({ unit: character[characters] }),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.maxSafeInteger(),
  )
  const uniform = fc.oneof(
    fc.array(fc.oneof(text, fc.constant(null)), { maxLength: 4 }),
    fc.array(fc.oneof(fc.integer(), fc.double(), fc.constant(undefined)), { maxLength: 10 }),
    fc.array(fc.boolean(), { maxLength: 4 }),
  )
  /** Values of the older attribute type, which span events of upstream are limited to. */
  const simple = fc.oneof(primitive, uniform)
  const valuesWithMembers = (member: (value: fc.Arbitrary<unknown>) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
    fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        simple,
        fc.constant(null),
        fc.uint8Array({ maxLength: 20 }),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(key, member(tie('any')), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).any
  const body = valuesWithMembers((value) => value)
  const any = valuesWithMembers((value) => fc.oneof(value, fc.constant(undefined)))
  return { simple, body, any }
}
const attributesOf = (value: fc.Arbitrary<unknown>): fc.Arbitrary<Attributes> =>
  fc.dictionary(key, fc.oneof(value, fc.constant(undefined)), {
    maxKeys: 8,
    noNullPrototype: true,
  }) as fc.Arbitrary<Attributes>

const index = fc.nat({ max: 6 })
const parent: fc.Arbitrary<Parent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ in: fc.constant('span' as const), index }) },
  { weight: 2, arbitrary: fc.record({ in: fc.constant('remote' as const), index: fc.nat({ max: 2 }) }) },
  { weight: 3, arbitrary: fc.record({ in: fc.constantFrom('active' as const, 'root' as const) }) },
  { weight: 1, arbitrary: fc.record({ in: fc.constantFrom('suppressed' as const, 'invalid' as const) }) },
)
const aDate = fc.integer({ min: 1_000_000_000_000, max: 1_700_000_000_000 })
const time: fc.Arbitrary<TimeInput> = fc.oneof(
  aDate,
  aDate.map((millis) => millis + 0.25),
  aDate.map((millis) => new Date(millis)),
  fc.tuple(fc.integer({ min: 1_000_000_000, max: 1_700_000_000 }), fc.integer({ min: 0, max: 999_999_999 })),
  fc.constantFrom(0, 0.5, 12.75), // of the monotonic clock
)
const exception = fc.oneof(
  text,
  fc.record(
    { name: text, message: text, stack: text, code: fc.oneof(text, fc.integer({ min: -1, max: 2 })) },
    { requiredKeys: [], noNullPrototype: true },
  ),
  text.map((message) => Object.assign(new RangeError(message), { stack: `RangeError: ${message}\n    at pay.js:1:1` })),
)
const scope = fc.nat({ max: SCOPES.length - 1 })
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined })

/** Any sequence of calls of the kind that upstream defines. */
export function createCallSequences(characters: keyof typeof character): fc.Arbitrary<Call[]> {
  const { simple, body, any } = createValues(characters)
  const validParent = parent.filter(({ in: where }) => where !== 'invalid')
  const links = fc.array(fc.record({ to: validParent, attributes: attributesOf(any) }, { requiredKeys: ['to'] }), {
    maxLength: 5,
  })
  const options = fc.record(
    {
      kind: fc.constantFrom(0, 1, 2, 3, 4),
      attributes: attributesOf(any),
      links,
      startTime: time,
      root: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  return fc.array(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ do: fc.constantFrom('start', 'startActive'), scope, name: text, options, parent }),
      },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('setAttribute'), span: index, key, value: any }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('setAttributes'), span: index, attributes: attributesOf(any) }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('addEvent'),
          span: index,
          name: text,
          rest: fc.oneof(
            fc.constant([]),
            fc.tuple(time),
            fc.tuple(time, time),
            fc.tuple(attributesOf(simple)),
            fc.tuple(attributesOf(simple), time),
            fc.tuple(fc.constant(undefined), time),
          ),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('addLinks'), span: index, links }) },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('setStatus'),
          span: index,
          code: fc.constantFrom(0, 1, 2),
          message: fc.oneof(text, fc.constant(undefined), fc.constant(5)),
        }),
      },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('updateName'), span: index, name: text }) },
      {
        weight: 2,
        arbitrary: fc.record({ do: fc.constant('recordException'), span: index, exception, time: maybe(time) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('end'), span: index, time: maybe(time) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('look'), span: index }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('mutate') }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: fc.constant('emit'),
          scope,
          parent,
          record: fc.record(
            {
              timestamp: time,
              observedTimestamp: time,
              severityNumber: fc.nat({ max: 24 }),
              severityText: text,
              body,
              eventName: text,
              attributes: attributesOf(any),
              exception: fc.oneof(exception, fc.integer()),
            },
            { requiredKeys: [] },
          ),
        }),
      },
    ),
    { maxLength: 25, size: 'max' },
  ) as fc.Arbitrary<Call[]>
}
