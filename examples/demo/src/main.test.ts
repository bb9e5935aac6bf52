import { createServer, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { runProgram, type ProgramResult } from '@plutus/test-kit'
import { expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

const run = async (args: readonly string[], env: Record<string, string> = {}): Promise<ProgramResult> =>
  await runProgram({ file: MAIN, hook: 'none', args, env })

it('explains itself', { timeout: 30_000 }, async () => {
  const { code, stdout } = await run(['--help'])
  expect(code).toBe(0)
  for (const word of ['--endpoint URL', '--keep', '--plain', '--outage', '--json', 'DATABASE_URL', 'NO_COLOR'])
    expect(stdout).toContain(word)
})

it('ends with 2 and one line for a wrong option', { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await run(['--endpont=http://localhost:4318'])
  expect([code, stdout]).toEqual([2, ''])
  expect(stderr).toBe('There is no option --endpont; did you mean --endpoint?\n')
})

it('ends with 1 and one line when nothing listens at the endpoint', { timeout: 30_000 }, async () => {
  const { code, stdout, stderr } = await run(['--endpoint', 'http://user:secret@127.0.0.1:1'])
  expect([code, stdout]).toEqual([1, ''])
  expect(stderr).toBe(
    'Nothing listens at 127.0.0.1:1 (ECONNREFUSED). Start the backend first, or leave out --endpoint.\n',
  )
})

it.each([
  ['refuses', 'postgres://app:secret@127.0.0.1:1/shop', /ECONNREFUSED/],
  ['does not speak PostgreSQL', '', /ECONNRESET|refused|no answer in time|08P01/],
  ['is not a URL', 'secret', /must be a URL such as/],
])(
  'ends with 1 and a line without the address when the database %s',
  { timeout: 30_000 },
  async (_what, url, reason) => {
    const hangUp = createServer((socket) => socket.end('hello\n'))
    await new Promise<void>((resolve) => hangUp.listen(0, '127.0.0.1', resolve))
    const { port } = hangUp.address() as AddressInfo
    const { code, stdout, stderr } = await run([], {
      DATABASE_URL: url || `postgres://app:secret@127.0.0.1:${port}/shop`,
    })
    hangUp.close()
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(reason)
    expect(stderr).toMatch(/\nDATABASE_URL[^\n]+\n$/)
    expect(stderr).not.toMatch(/secret|shop|app:/)
  },
)
