import { deepStrictEqual } from 'node:assert/strict'
import { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { AlwaysOffSampler, AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace'
import type { ReadableSpan, Sampler } from '@opentelemetry/sdk-trace'
import { it } from 'vitest'
import { observeDatabase } from '../observe-database.ts'

interface Client {
  connect(): Promise<void>
  query(text: string, values: unknown[]): Promise<{ rows: unknown[]; command: string }>
}
interface Pg {
  readonly Client: new (options: object) => Client
}

/** A server in the same turn of the event loop: what is left is what a query costs the process. */
class Connection extends EventEmitter {
  readonly stream = {}
  readonly parsedStatements = {}
  readonly submittedNamedStatements = {}
  connect(): void {
    process.nextTick(() => this.emit('readyForQuery'))
  }
  parse(): void {}
  bind(): void {}
  describe(): void {}
  execute(): void {}
  sync(): void {
    process.nextTick(() => {
      this.emit('commandComplete', { text: 'SELECT 0' })
      this.emit('readyForQuery')
    })
  }
}

const require = createRequire(import.meta.url)
const loadPg = (): Pg => {
  for (const path of Object.keys(require.cache)) if (/[\\/]pg(?:-pool)?[\\/]/.test(path)) delete require.cache[path]
  return require('pg') as Pg
}
const connect = async ({ Client }: Pg): Promise<Client> => {
  const client = new Client({ connection: new Connection(), database: 'shop', host: 'db', port: 5432 })
  await client.connect()
  return client
}

const ended: ReadableSpan[] = []
const providerOf = (sampler: Sampler): TracerProvider =>
  new TracerProvider({
    sampler,
    spanProcessors: [
      {
        onStart: () => undefined,
        onEnd: (span) => {
          ended.length = 0
          ended.push(span)
        },
        forceFlush: async () => undefined,
        shutdown: async () => undefined,
      },
    ],
  })
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 })
metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
trace.setGlobalTracerProvider(providerOf(new AlwaysOnSampler()))

// Each copy of pg is patched by what stands before it; the last one replaces the others.
const plain = await connect(loadPg())
const upstream = new PgInstrumentation()
const withUpstream = await connect(loadPg())
const observed = observeDatabase(new PgInstrumentation())
const withObserver = await connect(loadPg())

const TEXT = 'SELECT id, amount, currency FROM payments WHERE customer = $1 AND status = $2 ORDER BY id DESC LIMIT 20'
const VALUES = ['cus_1', 'succeeded']
const run = async (client: Client): Promise<void> => {
  await client.query(TEXT, VALUES)
}

ended.length = 0
deepStrictEqual((await plain.query(TEXT, VALUES)).rows, [])
deepStrictEqual(ended.length, 0)
deepStrictEqual((await withUpstream.query(TEXT, VALUES)).rows, [])
deepStrictEqual([ended[0]?.name, ended[0]?.attributes['db.collection.name']], ['pg.query:SELECT shop', undefined])
deepStrictEqual((await withObserver.query(TEXT, VALUES)).rows, [])
deepStrictEqual([ended[0]?.name, ended[0]?.attributes['db.collection.name']], ['SELECT payments', 'payments'])

it('makes a span and a measurement of a query', async ({ bench }) => {
  await bench.compare(
    bench('pg alone', () => run(plain)),
    bench('upstream alone', () => run(withUpstream)),
    bench('observed', () => run(withObserver)),
  )
})

it('measures a query that is not sampled', async ({ bench }) => {
  for (const instrumentation of [upstream, observed]) {
    instrumentation.setTracerProvider(providerOf(new AlwaysOffSampler()))
  }
  await bench.compare(
    bench('pg alone', () => run(plain)),
    bench('upstream alone', () => run(withUpstream)),
    bench('observed', () => run(withObserver)),
  )
})
