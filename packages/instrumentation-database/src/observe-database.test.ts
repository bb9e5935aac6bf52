import { ROOT_CONTEXT, TraceFlags, context, createNoopMeter, metrics, trace } from '@opentelemetry/api'
import type { Span, Tracer } from '@opentelemetry/api'
import { MongoDBInstrumentation } from '@opentelemetry/instrumentation-mongodb'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import { afterEach, expect, it, vi } from 'vitest'
import { observeDatabase } from './observe-database.ts'
import type { DatabaseInstrumentation } from './upstream.ts'
import { measured, onOperation, operations, reset, spans } from './telemetry.test.support.ts'

/** The tracer that upstream's code is given. */
const tracerOf = (instrumentation: DatabaseInstrumentation): Tracer =>
  (instrumentation as unknown as { tracer: Tracer }).tracer
const createUpstream = (): MongoDBInstrumentation => new MongoDBInstrumentation({ enabled: false })

afterEach(() => reset())

it('returns the same instrumentation, and observes it once', async () => {
  const instrumentation = createUpstream()
  expect(observeDatabase(instrumentation, { onOperation })).toBe(instrumentation)
  expect(observeDatabase(instrumentation, { onOperation })).toBe(instrumentation)
  await reset()
  tracerOf(instrumentation).startSpan('ping').end()
  expect(operations).toHaveLength(1)
})

it("leaves an instrumentation alone that is no database's", () => {
  const setTracerProvider = vi.fn<() => void>()
  const other = {
    instrumentationName: '@opentelemetry/instrumentation-express',
    instrumentationVersion: '1',
    setTracerProvider,
    setMeterProvider: setTracerProvider,
    getConfig: () => ({}),
  }
  expect(observeDatabase(other)).toBe(other)
  expect(setTracerProvider).not.toHaveBeenCalled()
})

it.each<[string, object]>([
  ['observeDatabase.onOperation', { onOperation: 'yes' }],
  ['observeDatabase.onPool', { onPool: 'yes' }],
  ['observeDatabase.requireParentSpan', { requireParentSpan: 'yes' }],
  ['observeDatabase.onOperations', { onOperations: onOperation }],
])('refuses a wrong option and names it: %s', (option, options) => {
  expect(() => observeDatabase(createUpstream(), options)).toThrow(
    expect.objectContaining({ code: 'PLUTUS_OPTION_INVALID', option }),
  )
})

it('keeps bound values out whatever the instrumentation is configured to do', () => {
  const instrumentation = observeDatabase(new PgInstrumentation({ enabled: false, enhancedDatabaseReporting: true }))
  expect(instrumentation.getConfig().enhancedDatabaseReporting).toBe(false)
  instrumentation.setConfig({ enhancedDatabaseReporting: true, requireParentSpan: true })
  expect(instrumentation.getConfig()).toMatchObject({ enhancedDatabaseReporting: false, requireParentSpan: false })
})

it('silences the metrics of the upstream instrumentation', async () => {
  const instrumentation = observeDatabase(new PgInstrumentation({ enabled: false }))
  instrumentation.setMeterProvider(metrics.getMeterProvider())
  await reset()
  ;(instrumentation as unknown as UpstreamPg).recordOperationDuration({ 'db.system.name': 'postgresql' }, [0, 0])
  expect(await measured()).toEqual([])
})

interface UpstreamPg {
  recordOperationDuration(attributes: object, start: readonly [number, number]): void
}

it('makes no span outside of any span if asked, and measures all the same', async () => {
  const instrumentation = observeDatabase(createUpstream(), { onOperation, requireParentSpan: true })
  await reset()
  tracerOf(instrumentation)
    .startSpan('a', { attributes: { 'db.system.name': 'mongodb' } }, ROOT_CONTEXT)
    .end()
  expect(spans()).toEqual([])
  expect(await measured()).toEqual([{ 'db.system.name': 'mongodb', count: 1 }])
})

it('follows another tracer provider and another meter provider', async () => {
  const started: string[] = []
  const record = vi.fn<() => void>()
  const instrumentation = observeDatabase(createUpstream())
  instrumentation.setTracerProvider({
    getTracer: () => ({
      startSpan: (name: string): Span => {
        started.push(name)
        return trace.wrapSpanContext({ traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: TraceFlags.NONE })
      },
      startActiveSpan: () => undefined as never,
    }),
  })
  instrumentation.setMeterProvider({
    getMeter: () => Object.assign(createNoopMeter(), { createHistogram: () => ({ record, setAttributes: record }) }),
  })
  tracerOf(instrumentation)
    .startSpan('x', { attributes: { 'db.operation.name': 'ping' } })
    .end()
  expect(started).toEqual(['ping'])
  expect(record).toHaveBeenCalledOnce()
  instrumentation.setMeterProvider(metrics.getMeterProvider())
})

it('drops what a listener throws', async () => {
  const instrumentation = observeDatabase(createUpstream(), {
    onOperation: () => {
      throw new Error('of the listener')
    },
  })
  await reset()
  tracerOf(instrumentation)
    .startSpan('a', { attributes: { 'db.system.name': 'mongodb' } })
    .end()
  expect(spans()).toHaveLength(1)
  expect(await measured()).toHaveLength(1)
})

it('gives spans for an active context as well', async () => {
  const instrumentation = observeDatabase(createUpstream())
  await reset()
  const result = tracerOf(instrumentation).startActiveSpan(
    'a',
    { attributes: { 'db.operation.name': 'b' } },
    (span) => {
      expect(trace.getSpan(context.active())).toBe(span)
      span.addEvent('e').addLink({ context: span.spanContext() }).addLinks([]).setStatus({ code: 1 })
      span.end()
      span.end()
      return 7
    },
  )
  expect(result).toBe(7)
  expect(spans()).toMatchObject([{ name: 'b', status: { code: 1 }, events: [{ name: 'e' }] }])
})
