import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { runProgram } from './program.ts'

const INDEX = new URL('index.ts', import.meta.url).href
vi.setConfig({ testTimeout: 60_000 }) // processes start here, on a machine that may be busy
const folder = mkdtempSync(join(tmpdir(), 'plutus-services-'))
let count = 0
const server = createServer((socket) => socket.end('SSH-2.0-something else\r\n'))

beforeAll(async () => await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  rmSync(folder, { recursive: true })
  server.close()
})

/** Asks for one service in a process of its own, since an answer holds for a process. */
async function ask(name: string, env: Record<string, string>): Promise<{ url: string; reason: string }> {
  const script = `import { services } from ${JSON.stringify(INDEX)}
    const { url, available, reason } = services.${name}
    console.log(JSON.stringify({ url, available, reason }))`
  const file = join(folder, `${name}-${count++}.mjs`)
  writeFileSync(file, script)
  const { stdout } = await runProgram({ file, hook: 'none', env })
  return JSON.parse(stdout) as { url: string; reason: string }
}

it.each([
  ['postgres', 'DATABASE_URL', 'postgres'],
  ['mysql', 'MYSQL_URL', 'mysql'],
  ['redis', 'REDIS_URL', 'redis'],
  ['rabbitmq', 'RABBITMQ_URL', 'amqp'],
  ['nats', 'NATS_URL', 'nats'],
])('names %s and its variable when nothing listens there, or something else does', async (name, variable, scheme) => {
  const closed = `${scheme}://127.0.0.1:1/x`
  expect(await ask(name, { [variable]: closed })).toEqual({
    url: closed,
    available: false,
    reason: `no ${name} server (ECONNREFUSED); ${variable} names another`,
  })
  const wrong = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/x`
  const answer = await ask(name, { [variable]: wrong })
  expect(answer).toMatchObject({ available: false, reason: expect.stringMatching(new RegExp(`^no ${name} server`)) })
})
