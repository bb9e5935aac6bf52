import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createDatabase, isFull, runProgram, services, startStripe, waitFor } from '@plutus/test-kit'
import type { OwnDatabase, StripeStandIn } from '@plutus/test-kit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startRunningService } from './running-service.ts'
import type { RunningService } from './running-service.ts'

const START_MILLIS = 60_000
const TIMEOUT = { timeout: START_MILLIS }
const SERVER = fileURLToPath(new URL('server.ts', import.meta.url))
const closers: (() => unknown)[] = []

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
})

const start = async (env: Record<string, string> = {}): Promise<RunningService> => {
  const service = await startRunningService(env)
  closers.push(() => service.program.stop())
  return service
}

/** A database on the server, which starts sooner than one of the service's own, if there is a server. */
const anyDatabase = async (): Promise<{ DATABASE_URL?: string }> => {
  if (!services.postgres.available) return {}
  const database = await createDatabase()
  closers.unshift(() => database.drop())
  return urlOf(database)
}

const urlOf = (database: OwnDatabase | undefined): { DATABASE_URL?: string } =>
  database === undefined ? {} : { DATABASE_URL: database.url }

it('needs nothing but itself, and ends with all that it started', TIMEOUT, async () => {
  const service = await start({ SEED_PASSWORD: '', LOG_LEVEL: 'trace' })
  const children = childrenOf(service.program.pid)
  expect(children).toHaveLength(2)
  expect(
    service.program.stdout
      .trimEnd()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toMatchObject([{ level: 30, name: 'checkout', msg: 'listening', address: service.url }])

  // The made-up password is for the person at the terminal.
  const password = /with password (\S+)\n$/.exec(service.program.stderr)?.[1] ?? ''
  const token = await service.logIn('alice@example.com', password)
  const body = { amount: 500, currency: 'usd', paymentMethod: 'pm_card_visa' }
  expect((await service.ask('/payments', { token, body })).status).toBe(201)
  await service.ask('/login', { body: { email: 'alice@example.com', password: 'a wrong guess' } })
  const told = /"type":"payment_intent.succeeded".*"msg":"webhook taken"/
  await waitFor(() => told.test(service.program.stdout))

  service.program.kill('SIGTERM')
  const { stdout, ...end } = await service.program.exited
  expect(end).toMatchObject({ code: 0, signal: null })
  expect(children.filter(isAlive)).toEqual([])
  for (const secret of [token, password, 'a wrong guess', 'alice@example.com', '_secret_', 'sk_test_']) {
    expect(stdout).not.toContain(secret)
  }
})

it('takes its servers along when it is killed', TIMEOUT, async () => {
  // With a database of its own, too, with `test:full`: it is let go of in the same way, and takes its time to start.
  const service = await start(isFull ? {} : await anyDatabase())
  const children = childrenOf(service.program.pid)
  expect(children).not.toEqual([])
  service.program.kill('SIGKILL')
  await expect.poll(() => children.filter(isAlive), { timeout: 20_000 }).toEqual([])
})

it.each([
  ['PORT', { PORT: 'http' }, 'PORT must be an integer from 0 to 65535'],
  ['the database', { DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:1/none' }, 'ECONNREFUSED'],
])('does not start with a wrong setting of %s, and says so', TIMEOUT, async (_what, env, message) => {
  const { code, stdout } = await runProgram({
    file: SERVER,
    hook: 'none',
    env: { STRIPE_SECRET_KEY: 'sk_test_0', ...env },
  })
  expect(code).toBe(1)
  expect(stdout).toContain(message)
  expect(stdout).not.toContain('hidden')
  expect(stdout.trimEnd().split('\n')).toHaveLength(1)
})

it('does not start on a port that is taken, and leaves nothing behind', TIMEOUT, async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => {
    taken.listen(0, '127.0.0.1', resolve)
  })
  closers.push(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const env = { ...(await anyDatabase()), PORT: String(port) }
  const { code, stdout } = await runProgram({ file: SERVER, hook: 'none', env })
  expect(code).toBe(1)
  expect(stdout).toContain('EADDRINUSE')
})

it('answers what is under way before it ends', TIMEOUT, async () => {
  const stripe = await startStripe()
  closers.push(() => stripe.close())
  const service = await start({ ...(await anyDatabase()), STRIPE_API_BASE: stripe.url })
  const token = await service.logIn('alice@example.com')
  stripe.fail(() => ({ delayMillis: 300 }))
  const body = { amount: 500, currency: 'usd', paymentMethod: 'pm_card_visa' }
  const paying = service.ask('/payments', { token, body })
  await waitFor(() => stripe.requests.length)
  service.program.kill('SIGTERM')
  expect((await paying).status).toBe(201)
  expect(await service.program.exited).toMatchObject({ code: 0, signal: null })
})

const POSTGRES = services.postgres.available ? 'PostgreSQL' : `PostgreSQL: ${services.postgres.reason}`

describe('a service that runs on', TIMEOUT, () => {
  const isThere = services.postgres.available
  let database: OwnDatabase | undefined
  let stripe: StripeStandIn
  let service: RunningService

  beforeAll(async () => {
    database = isThere ? await createDatabase() : undefined
    stripe = await startStripe()
    service = await startRunningService({ ...urlOf(database), STRIPE_API_BASE: stripe.url, DATABASE_POOL_MAX: '2' })
  }, START_MILLIS)

  afterAll(async () => {
    await service.program.stop()
    await Promise.all([stripe.close(), database?.drop()])
  }, START_MILLIS)

  it('takes no webhooks without a secret to verify them', async () => {
    const { body, headers } = stripe.sign(stripe.emit('customer.created', { id: 'cus_1' }))
    expect((await service.ask('/webhooks/stripe', { body, headers })).status).toBe(503)
  })

  it.skipIf(!isThere)(`leaves the users of a given database alone (${POSTGRES})`, async () => {
    const second = await start({ ...urlOf(database), STRIPE_API_BASE: stripe.url, SEED_PASSWORD: '' })
    expect(second.program.stderr).toBe('')
    expect(await second.logIn('alice@example.com', service.password)).toMatch(/^[\w-]{43}$/)
  })

  it.skipIf(!isThere)(`ends a session after its time (${POSTGRES})`, async () => {
    const token = await service.logIn('alice@example.com')
    expect((await service.ask('/payments', { token })).status).toBe(200)
    await database?.ask('UPDATE sessions SET expires_at = now()')
    expect((await service.ask('/payments', { token })).status).toBe(401)
  })

  it.skipIf(!isThere)(`says 503 while the database is away, and lives on (${POSTGRES})`, async () => {
    const away = await createDatabase() // from where the other is closed and opened
    closers.push(() => away.drop())
    const allow = async (isAllowed: boolean): Promise<void> => {
      const name = new URL(database?.url ?? '').pathname.slice(1)
      await away.ask(`ALTER DATABASE ${name} ALLOW_CONNECTIONS ${isAllowed}`)
      await away.ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`)
    }
    await allow(false)
    expect((await service.ask('/health')).status).toBe(503)
    await allow(true)
    await expect.poll(async () => (await service.ask('/health')).status, { timeout: 20_000 }).toBe(200)
  })
})

function childrenOf(pid: number): number[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' }).trim().split('\n')
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter(([, parent]) => Number(parent) === pid)
    .map(([child]) => Number(child))
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
