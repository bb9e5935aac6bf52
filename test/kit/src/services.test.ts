import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runProgram } from './program.ts'

const SOURCE = new URL('services.ts', import.meta.url).href
vi.setConfig({ testTimeout: 60_000 }) // processes start here, on a machine that may be busy
const folder = mkdtempSync(join(tmpdir(), 'plutus-services-'))
const server = createServer((socket) => socket.end('SSH-2.0-something else\r\n'))

beforeAll(async () => await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  rmSync(folder, { recursive: true })
  server.close()
})

const SERVICES = [
  ['postgres', 'DATABASE_URL', 'postgres'],
  ['mysql', 'MYSQL_URL', 'mysql'],
  ['redis', 'REDIS_URL', 'redis'],
  ['rabbitmq', 'RABBITMQ_URL', 'amqp'],
  ['nats', 'NATS_URL', 'nats'],
] as const

/** Asks for the services, all at the same port, in a process of its own, since an answer holds for a process. */
async function ask(port: number): Promise<Record<string, unknown>> {
  const file = join(folder, `ask-${port}.mjs`)
  writeFileSync(file, `import { services } from ${JSON.stringify(SOURCE)}\nconsole.log(JSON.stringify(services))`)
  const env = Object.fromEntries(SERVICES.map(([, variable, scheme]) => [variable, `${scheme}://127.0.0.1:${port}/x`]))
  return JSON.parse((await runProgram({ file, hook: 'none', env })).stdout) as Record<string, unknown>
}

it('names each service and its variable when nothing listens there', async () => {
  const expected = SERVICES.map(([name, variable, scheme]) => [
    name,
    {
      url: `${scheme}://127.0.0.1:1/x`,
      available: false,
      reason: `no ${name} server (ECONNREFUSED); ${variable} names another`,
    },
  ])
  expect(await ask(1)).toEqual(Object.fromEntries(expected))
})

it('names each service when something else listens there', async () => {
  const answers = await ask((server.address() as AddressInfo).port)
  for (const [name] of SERVICES) {
    const reason = expect.stringMatching(new RegExp(`^no ${name} server`)) as string
    expect(answers[name]).toMatchObject({ available: false, reason })
  }
})
