import { deepStrictEqual } from 'node:assert/strict'
import { createRequire } from 'node:module'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  TracerProvider,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace'
import { it } from 'vitest'
import { createStripeInstrumentation } from './stripe.ts'

interface Client {
  readonly paymentIntents: { create(params: object): Promise<object>; retrieve(id: string): Promise<object> }
}
interface HttpClientClass {
  new (): object
}
interface StripeClass {
  new (key: string, config: object): Client
  readonly HttpClient: HttpClientClass
}

// An answer in the same turn of the event loop: what is left is what a call costs the process.
const INTENT = {
  id: 'pi_1',
  object: 'payment_intent',
  amount: 4999,
  currency: 'eur',
  livemode: false,
  status: 'succeeded',
}
const HEADERS = { 'request-id': 'req_1', 'stripe-version': '2026-10-28.endive' }

const require = createRequire(import.meta.url)
const loadStripe = (): StripeClass => {
  for (const path of Object.keys(require.cache)) if (/[\\/]stripe[\\/]/.test(path)) delete require.cache[path]
  return require('stripe') as StripeClass
}
const connect = (Stripe: StripeClass): Client => {
  class AtOnce extends Stripe.HttpClient {
    getClientName(): string {
      return 'none'
    }
    async makeRequest(): Promise<object> {
      const answer = { ...INTENT }
      return {
        getStatusCode: () => 200,
        getHeaders: () => HEADERS,
        getRawResponse: () => ({ headers: HEADERS, statusCode: 200 }),
        toJSON: async () => answer,
      }
    }
  }
  return new Stripe('placeholder', { httpClient: new AtOnce(), telemetry: false })
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

const plain = connect(loadStripe())
const instrumentation = createStripeInstrumentation()
const instrumented = connect(loadStripe())

const PARAMS = { amount: 4999, currency: 'eur', payment_method: 'pm_card_visa', confirm: true }
deepStrictEqual({ ...(await plain.paymentIntents.create(PARAMS)) }, INTENT)
deepStrictEqual(ended.length, 0)
deepStrictEqual({ ...(await instrumented.paymentIntents.create(PARAMS)) }, INTENT)
deepStrictEqual([ended[0]?.name, ended[0]?.attributes['stripe.request_id']], ['stripe.payment_intents.create', 'req_1'])

it('makes a span, a measurement and the facts of a call', async ({ bench }) => {
  await bench.compare(
    bench('stripe alone', async () => void (await plain.paymentIntents.create(PARAMS))),
    bench('instrumented', async () => void (await instrumented.paymentIntents.create(PARAMS))),
  )
})

it('makes a span and a measurement of a call that changes nothing', async ({ bench }) => {
  await bench.compare(
    bench('stripe alone', async () => void (await plain.paymentIntents.retrieve('pi_1'))),
    bench('instrumented', async () => void (await instrumented.paymentIntents.retrieve('pi_1'))),
  )
})

it('measures a call that is not sampled', async ({ bench }) => {
  instrumentation.setTracerProvider(providerOf(new AlwaysOffSampler()))
  await bench.compare(
    bench('stripe alone', async () => void (await plain.paymentIntents.retrieve('pi_1'))),
    bench('instrumented', async () => void (await instrumented.paymentIntents.retrieve('pi_1'))),
  )
})
