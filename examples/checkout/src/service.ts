import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { RequestListener, Server } from 'node:http'
import type { Logger } from 'pino'
import type { Pool } from 'pg'
import { createAccounts, seedUsers, SEED_USERS } from './accounts.ts'
import { createApp } from './app.ts'
import type { AppParts } from './app.ts'
import { migrate, openDatabase } from './database.ts'
import { startLocalServer } from './local/child.ts'
import type { LocalServer } from './local/child.ts'
import { createPayments } from './payments.ts'
import { createReports } from './reports.ts'
import type { Settings, StripeSettings } from './settings.ts'
import { createStripe } from './stripe.ts'
import type Stripe from 'stripe'

/** A running service. */
export interface Service {
  readonly url: string
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>
}

/** What `startService` needs. */
export interface ServiceOptions {
  readonly settings: Settings
  readonly log: Logger
  /** Makes the listener of the service's parts. @defaultValue createApp */
  readonly build?: (parts: AppParts) => RequestListener
}

const STOP_MILLIS = 10_000
const SWEEP_MILLIS = 50

/** Starts the service: database, Stripe, schema, users, and the HTTP server last. */
export async function startService({ settings, log, build = createApp }: ServiceOptions): Promise<Service> {
  const closers: (() => Promise<void>)[] = []
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close()
  }
  const startChild = async (file: URL): Promise<LocalServer> => {
    const child = await startLocalServer(file)
    closers.push(() => child.stop())
    return child
  }

  try {
    const [database, standIn] = await Promise.all([
      settings.databaseUrl === undefined ? startChild(new URL('./local/postgres.ts', import.meta.url)) : undefined,
      settings.stripe === undefined ? startChild(new URL('./local/stripe.ts', import.meta.url)) : undefined,
    ])
    const pool = openDatabase({
      url: settings.databaseUrl ?? read(database, 'url'),
      // PGlite mixes up the statements of connections that ask at the same time.
      maxConnections: database === undefined ? settings.databaseConnections : 1,
      log,
    })
    closers.push(() => pool.end())
    await migrate(pool)
    await seed(pool, settings, database !== undefined)

    const stripeSettings = settings.stripe ?? settingsOf(standIn)
    const stripe = createStripe(stripeSettings)
    const server = createServer(
      build({
        accounts: createAccounts(pool),
        payments: createPayments(pool, stripe, log),
        reports: createReports(pool),
        readWebhook: webhookReader(stripe, stripeSettings.webhookSecret),
        isHealthy: () => answers(pool),
        log,
      }),
    )
    const url = await listen(server, settings.host, settings.port)
    closers.push(() => close(server))
    standIn?.tell({ deliverTo: `${url}/webhooks/stripe` })
    log.info({ address: url }, 'listening')
    return { url, stop: closeAll }
  } catch (error) {
    await closeAll()
    throw error
  }
}

async function seed(pool: Pool, settings: Settings, isOurs: boolean): Promise<void> {
  if (settings.seedPassword !== undefined) return seedUsers(pool, settings.seedPassword)
  if (!isOurs) return
  const password = randomBytes(9).toString('base64url')
  await seedUsers(pool, password)
  // To the person at the terminal, not into the log.
  process.stderr.write(`Users ${SEED_USERS.map(({ email }) => email).join(', ')} with password ${password}\n`)
}

function settingsOf(standIn: LocalServer | undefined): StripeSettings {
  return {
    secretKey: read(standIn, 'apiKey'),
    apiBase: new URL(read(standIn, 'url')),
    account: undefined,
    webhookSecret: read(standIn, 'webhookSecret'),
  }
}

function read(server: LocalServer | undefined, name: string): string {
  const value = server?.ready[name]
  if (value === undefined) throw new Error(`A local server did not tell its ${name}`)
  return value
}

function webhookReader(stripe: Stripe, secret: string | undefined): AppParts['readWebhook'] {
  if (secret === undefined) return undefined
  return (body, signature) => {
    try {
      return stripe.webhooks.constructEvent(body, signature, secret)
    } catch {
      return undefined
    }
  }
}

async function answers(pool: Pool): Promise<boolean> {
  try {
    await pool.query('SELECT 1')
    return true
  } catch {
    return false
  }
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      const address = server.address()
      const actual = typeof address === 'object' && address !== null ? address.port : port
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${actual}`)
    })
  })
}

/** Takes no new connections, lets requests under way finish, and cuts what lasts longer than 10 s. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), STOP_MILLIS)
    // A connection whose last request has ended would stay open for the next one.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MILLIS)
    server.close(() => {
      clearTimeout(cut)
      clearInterval(sweep)
      resolve()
    })
  })
}
