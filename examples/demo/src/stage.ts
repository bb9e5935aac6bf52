import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  startProgram,
  startReceiver,
  startStripe,
  type Program,
  type ProgramOptions,
  type Receiver,
  type StripeStandIn,
} from '@plutus/test-kit'
import { DemoError } from './demo-error.ts'
import { createOwnSchema } from './own-schema.ts'
import type { Progress } from './progress.ts'

/** Everything that runs while the demo does. */
export interface Stage {
  /** Folder of the service that runs. */
  readonly example: 'examples/checkout' | 'examples/checkout-events'
  readonly checkoutUrl: string
  /** For people. */
  readonly database: string
  /** Password of the service's users. */
  readonly password: string
  readonly service: Program
  /** Starts the service once more, where the first one has ended. @throws {DemoError} if it does not start. */
  readonly startAgain: () => Promise<StartedService>
  readonly stripe: StripeStandIn
  /** Absent if telemetry goes to another backend. */
  readonly receiver: Receiver | undefined
}

/** The service, and where it listens. */
export interface StartedService {
  readonly service: Program
  readonly checkoutUrl: string
}

/** Options of {@link openStage}. */
export interface StageOptions {
  readonly endpoint: URL | undefined
  /** Runs the service without events of its own. */
  readonly isPlain: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder in which the service keeps what is not delivered yet. @defaultValue none: it is kept in memory */
  readonly spool?: string
  /** Policy file of the service. @defaultValue none: the built-in policy holds */
  readonly policy?: string
  /** Takes what to do at the end, last first. */
  readonly onClose: (close: () => Promise<void>) => void
  readonly step: Progress['step']
}

const ROOT = new URL('../../../', import.meta.url)
const HOME = fileURLToPath(new URL('../', import.meta.url))
// What the hook and the loggers leave off unless told: the id on answers, and records on the service's own output. What
// becomes of payments the service tells itself, by ids of its own.
const WITH_EVENTS = { PLUTUS_CORRELATION_ECHO: '1', PLUTUS_LOG_CONSOLE: 'pretty', PLUTUS_STRIPE_EVENTS: '0' }
const EXIT_WITH_PARENT = fileURLToPath(new URL('exit-with-parent.cjs', import.meta.url))
// A platform that takes payments for a shop: calls name the shop's account.
const ACCOUNT = 'acct_1PlutusDemoShop'
const START_MILLIS = 60_000
const STOP_MILLIS = 5000
const OUTPUT_LINES = 8
const GRPC_PORT = '4317'

/**
 * Starts the receiver, the Stripe stand-in, the database's schema and the service under the hook.
 *
 * @throws {DemoError} if the service does not start or the database of `DATABASE_URL` cannot be used.
 */
export async function openStage(options: StageOptions): Promise<Stage> {
  const { endpoint, isPlain, env, spool, policy, onClose, step } = options
  checkBundle()
  const example = isPlain ? 'examples/checkout' : 'examples/checkout-events'
  step('Starting receiver and Stripe stand-in')
  const receiver = endpoint === undefined ? await startReceiver() : undefined
  if (receiver) onClose(() => receiver.close())
  const stripe = await startStripe({ account: ACCOUNT })
  onClose(() => stripe.close())

  const { DATABASE_URL: databaseUrl } = env
  step(databaseUrl ? 'Connecting to PostgreSQL' : 'Starting the service and a PostgreSQL in memory')
  const schema = databaseUrl ? await createOwnSchema(databaseUrl) : undefined
  if (schema) onClose(() => schema.remove())

  if (schema) step('Starting the service')
  const password = randomBytes(9).toString('base64url')
  const startService = async (): Promise<StartedService> => {
    const service = startProgram({
      file: fileURLToPath(new URL(`${example}/src/server.ts`, ROOT)),
      cwd: HOME, // where the hook is found by its name
      nodeOptions: ['--require', EXIT_WITH_PARENT],
      ready: '"listening"',
      timeoutMillis: 0,
      ...(receiver && { receiver }),
      env: {
        PORT: '0',
        SEED_PASSWORD: password,
        STRIPE_API_BASE: stripe.url,
        STRIPE_ACCOUNT: ACCOUNT,
        STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
        ...(schema && { DATABASE_URL: schema.url }),
        OTEL_SERVICE_NAME: 'checkout',
        ...(!isPlain && WITH_EVENTS),
        ...(spool !== undefined && { PLUTUS_SPOOL_DIR: spool }),
        ...(policy !== undefined && { PLUTUS_POLICY_FILE: policy }),
        ...(endpoint && addressBackend(endpoint, env)),
      },
    })
    onClose(() => stopService(service))
    const checkoutUrl = await waitUntilReady(service)
    stripe.deliverTo(`${checkoutUrl}/webhooks/stripe`)
    return { service, checkoutUrl }
  }
  const started = await startService()
  const database = schema
    ? 'PostgreSQL of DATABASE_URL, in a schema of its own'
    : 'PostgreSQL in memory (DATABASE_URL names another)'
  return { example, ...started, startAgain: startService, database, password, stripe, receiver }
}

/** The hook's own line about a missing bundle would stand far from the report that it spoils. */
function checkBundle(): void {
  const entry = fileURLToPath(import.meta.resolve('@plutus/otel-register'))
  if (existsSync(join(dirname(entry), 'dist'))) return
  throw new DemoError('The hook is not built. Run `node packages/otel-register/build.ts` first, or `pnpm demo`.')
}

function addressBackend(endpoint: URL, env: StageOptions['env']): NonNullable<ProgramOptions['env']> {
  const own = Object.entries(env).filter(([name]) => /^OTEL_(?:EXPORTER_OTLP_|RESOURCE_ATTRIBUTES$)/.test(name))
  return {
    // By custom that port takes gRPC only, and the default protocol is another.
    ...(endpoint.port === GRPC_PORT && { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
    ...Object.fromEntries(own),
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.href,
  }
}

async function waitUntilReady(service: Program): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not ready after ${START_MILLIS / 1000} s`)), START_MILLIS)
  })
  try {
    const line: unknown = JSON.parse(await Promise.race([service.ready, late]))
    const address: unknown = typeof line === 'object' && line !== null ? Reflect.get(line, 'address') : undefined
    if (typeof address !== 'string') throw new Error('its first line has no address')
    return address
  } catch (error) {
    throw new DemoError(`The service did not start. ${quoteOutput(service)}`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** The last lines that the service wrote, for an error message. */
export function quoteOutput({ stdout, stderr }: Program): string {
  const lines = `${stderr}${stdout}`.split('\n').filter((line) => line !== '')
  return lines.length === 0 ? 'It wrote nothing.' : ['It wrote:', ...lines.slice(-OUTPUT_LINES)].join('\n')
}

async function stopService(service: Program): Promise<void> {
  service.kill('SIGTERM')
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, STOP_MILLIS)
  })
  await Promise.race([service.exited.catch(() => undefined), late])
  clearTimeout(timer)
  await service.stop()
}
