import { deepStrictEqual, strictEqual } from 'node:assert/strict'
import { createRequire } from 'node:module'
import { devNull } from 'node:os'
import { context, logs } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import {
  BatchLogRecordProcessor,
  InMemoryLogRecordExporter,
  LoggerProvider,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs'
import type { LogRecordExporter, LogRecordProcessor } from '@opentelemetry/sdk-logs'
import { pino } from 'pino'
import { it } from 'vitest'
import type * as Events from './index.ts'

// As Node loads it: what the test runner makes of an import costs more at each call than what is measured here.
const load = createRequire(import.meta.url)
const { business, getContext, getLogger, withContext } = load('./index.ts') as typeof Events

const MESSAGE = 'Payment processed'
const FIELDS = {
  'payment.id': 'pay_123',
  'payment.amount': 1234,
  'payment.currency': 'EUR',
  'payment.method': 'card',
  'payment.provider': 'stripe',
  'payment.sender.id': 'cus_1',
  'payment.receiver.id': 'shop_7',
  'payment.description': 'Three books',
} as const
const CONTEXT = { 'correlation.id': 'order-17', 'user.id': 'u1' }

const logger = getLogger('payments')
const pinoLogger = pino(pino.destination({ dest: devNull, sync: true }))

const info = (): void => logger.info(MESSAGE, FIELDS)
const disabled = (): void => logger.debug(MESSAGE, FIELDS)
const event = (): void => business.paymentAttempt(FIELDS)
const enter = (): unknown => withContext({ tenant: 'a' }, getContext)
const pinoInfo = (): void => pinoLogger.info(FIELDS, MESSAGE)

function checkPino(): void {
  let line = ''
  pino({}, { write: (text: string) => (line += text) }).info(FIELDS, MESSAGE)
  const written = JSON.parse(line) as Record<string, unknown>
  deepStrictEqual(written, { ...written, ...FIELDS, msg: MESSAGE })
}

function register(processor: LogRecordProcessor): void {
  logs.disable()
  logs.setGlobalLoggerProvider(new LoggerProvider({ processors: [processor] }))
}

function checkRecords(): void {
  const exporter = new InMemoryLogRecordExporter()
  register(new SimpleLogRecordProcessor({ exporter }))
  withContext(CONTEXT, () => {
    info()
    disabled()
    event()
  })
  const [first, second, ...others] = exporter.getFinishedLogRecords()
  strictEqual(others.length, 0)
  deepStrictEqual({ ...first?.attributes }, { ...CONTEXT, ...FIELDS, 'plutus.data.class': 'application' })
  const { 'log.record.uid': uid, ...attributes } = second?.attributes ?? {}
  strictEqual(typeof uid, 'string')
  deepStrictEqual(attributes, { ...CONTEXT, ...FIELDS, 'plutus.data.class': 'payment' })
  logs.disable()
}

checkPino()
checkRecords()
deepStrictEqual(enter(), { tenant: 'a' })

it('records eight fields with no SDK', async ({ bench }) => {
  logs.disable()
  await bench.compare(
    bench('logger.info', info),
    bench('logger.debug below the level', disabled),
    bench('typed event', event),
    bench('withContext', enter),
    bench('pino, sync to the null device', pinoInfo),
  )
})

it("records eight fields with upstream's SDK, batching for an exporter that drops them", async ({ bench }) => {
  const exporter: LogRecordExporter = {
    export: (_records, done) => done({ code: 0 }),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  }
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  register(new BatchLogRecordProcessor({ exporter }))
  const upstream = logs.getLogger('payments')
  const emit = (): void => upstream.emit({ severityNumber: 9, severityText: 'INFO', body: MESSAGE, attributes: FIELDS })
  await bench.compare(
    bench("upstream's logger.emit alone", emit),
    bench('logger.info', info),
    bench('logger.info in a request', () => withContext(CONTEXT, info)),
    bench('typed event', event),
    bench('withContext', enter),
    bench('pino, sync to the null device', pinoInfo),
  )
  context.disable()
  logs.disable()
})
