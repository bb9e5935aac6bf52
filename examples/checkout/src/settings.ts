import { randomBytes } from 'node:crypto'

/** How the service runs, read once from the environment. */
export interface Settings {
  readonly host: string
  readonly port: number
  /** `undefined`: a database of its own, in memory, in a child process. */
  readonly databaseUrl: string | undefined
  /** Most connections to the database. */
  readonly databaseConnections: number
  /** `undefined`: the stand-in, in a child process. */
  readonly stripe: StripeSettings | undefined
  /** Password of the seeded users; `undefined` leaves the users of a given database alone. */
  readonly seedPassword: string | undefined
  readonly logLevel: string
}

/** Which Stripe to call, and how to trust what it sends. */
export interface StripeSettings {
  readonly secretKey: string
  /** `undefined`: Stripe itself. */
  readonly apiBase: URL | undefined
  /** Connected account whose payments these are; `undefined`: that of the key. */
  readonly account: string | undefined
  /** `undefined`: webhooks are refused. */
  readonly webhookSecret: string | undefined
}

const LOG_LEVELS = new Set(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])

/**
 * Reads the settings from environment variables; the README lists them.
 *
 * @throws {Error} if a variable has no usable value; the message names it.
 */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const { DATABASE_URL: databaseUrl, LOG_LEVEL: logLevel } = env
  return {
    host: env['HOST'] || '127.0.0.1',
    port: readInteger(env, 'PORT', 3000, 0, 65_535),
    databaseUrl: databaseUrl || undefined,
    databaseConnections: readInteger(env, 'DATABASE_POOL_MAX', 10, 1, 1000),
    stripe: readStripe(env),
    seedPassword: env['SEED_PASSWORD'] || undefined,
    logLevel: logLevel !== undefined && LOG_LEVELS.has(logLevel) ? logLevel : 'info',
  }
}

function readStripe(env: Readonly<Record<string, string | undefined>>): StripeSettings | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase, STRIPE_WEBHOOK_SECRET: webhookSecret } = env
  if (!secretKey && !apiBase) return undefined
  if (apiBase && !/^https?:\/\/[^/]+\/?$/.test(apiBase)) {
    throw new Error('STRIPE_API_BASE must be an origin such as http://127.0.0.1:12111')
  }
  return {
    // A stand-in takes any key of the right form.
    secretKey: secretKey || `sk_test_${randomBytes(12).toString('hex')}`,
    apiBase: apiBase ? new URL(apiBase) : undefined,
    account: env['STRIPE_ACCOUNT'] || undefined,
    webhookSecret: webhookSecret || undefined,
  }
}

function readInteger(
  env: Readonly<Record<string, string | undefined>>,
  name: string,
  fallback: number,
  minimum: number,
  maximum: number,
): number {
  const text = env[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= minimum && value <= maximum) return value
  throw new Error(`${name} must be an integer from ${minimum} to ${maximum}`)
}
