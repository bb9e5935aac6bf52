import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it, vi } from 'vitest'
import { NODES } from './nodes.ts'
import { runProgram, startProgram } from './program.ts'
import { startReceiver } from './receiver.ts'
import { waitFor } from './wait-for.ts'

vi.setConfig({ testTimeout: 60_000 }) // processes start here, on a machine that may be busy
const folder = mkdtempSync(join(tmpdir(), 'plutus-program-'))
afterAll(() => rmSync(folder, { recursive: true }))

let count = 0
function writeProgram(source: string): string {
  const file = join(folder, `program-${count++}.cjs`)
  writeFileSync(file, source)
  return file
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

it('tells how a program ended and what it wrote', async () => {
  const file = writeProgram("console.log(process.argv[2]); console.error('e'); process.exitCode = 3")
  const result = await runProgram({ file, hook: 'none', args: ['a b'] })
  expect(result).toMatchObject({ code: 3, signal: null, stdout: 'a b\n', stderr: 'e\n' })
  expect(result.durationMillis).toBeGreaterThan(0)
})

it('tells the signal that ended a program', async () => {
  const file = writeProgram("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000)")
  expect(await runProgram({ file, hook: 'none' })).toMatchObject({ code: null, signal: 'SIGKILL' })
})

it.each(NODES)('runs a program on Node $label', async (node) => {
  const file = writeProgram('console.log(process.versions.node)')
  const { stdout } = await runProgram({ file, hook: 'none', node })
  expect(stdout).toBe(`${node.version}\n`)
  expect(node.version.startsWith(`${node.label}.`)).toBe(true)
})

it('hands over the hook, then the file, after options of Node', async () => {
  const file = writeProgram('console.log(JSON.stringify(process.execArgv))')
  const options = { file, nodeOptions: ['--no-warnings'], timeoutMillis: 20_000 }
  writeFileSync(join(folder, 'hook.cjs'), '')
  const none = await runProgram({ ...options, hook: 'none' })
  expect(JSON.parse(none.stdout)).toEqual(['--no-warnings'])
  // The hook is not installed in this folder, which the program's failure shows.
  for (const hook of ['require', 'import'] as const) {
    expect((await runProgram({ ...options, hook })).stderr).toMatch(
      /Cannot find (?:module|package) '@plutus\/otel-register'/,
    )
  }
})

it('inherits nothing but what a program needs to run', async () => {
  process.env['OTEL_SERVICE_NAME'] = 'leaked'
  const file = writeProgram('console.log(JSON.stringify(process.env))')
  const { stdout } = await runProgram({ file, hook: 'none', env: { PLUTUS_ENGINE: 'upstream' } })
  delete process.env['OTEL_SERVICE_NAME']
  const env = JSON.parse(stdout) as Record<string, string>
  expect(env).toMatchObject({ PLUTUS_ENGINE: 'upstream', PATH: process.env['PATH'] })
  expect(Object.keys(env).filter((name) => /^OTEL_|^VITEST/.test(name))).toEqual([])
})

it('points the hook at a receiver, by the protocol that the program asks for', async () => {
  const receiver = await startReceiver({ tls: 'server' })
  const file = writeProgram('console.log(JSON.stringify(process.env))')
  const read = async (env: Record<string, string>): Promise<unknown> =>
    JSON.parse((await runProgram({ file, hook: 'none', receiver, env })).stdout)
  expect(await read({ OTEL_BSP_SCHEDULE_DELAY: '7' })).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl,
    OTEL_EXPORTER_OTLP_CERTIFICATE: receiver.certificates?.ca,
    OTEL_BSP_SCHEDULE_DELAY: '7',
  })
  const grpc = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  expect(await read(grpc)).toMatchObject({ OTEL_EXPORTER_OTLP_ENDPOINT: receiver.grpcUrl })
  await receiver.close()
})

it('kills a program that is late, with the processes it started, and shows what it wrote', async () => {
  const file = writeProgram(`
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    console.log(child.pid)
    setInterval(() => {}, 1000)
  `)
  const program = startProgram({ file, hook: 'none', timeoutMillis: 4000 })
  const grandchild = Number(await program.ready)
  await expect(program.exited).rejects.toThrow(new RegExp(`not over after 4000 ms\\nstdout: ${grandchild}`))
  expect(await waitFor(() => !isAlive(grandchild))).toBe(true)
})

it('tells when a program is ready, and stops it', async () => {
  const file = writeProgram("console.log('warming'); console.log('listening on 1'); setInterval(() => {}, 1000)")
  const program = startProgram({ file, hook: 'none', ready: /^listening/ })
  expect(await program.ready).toBe('listening on 1')
  program.kill('SIGTERM')
  expect(await program.exited).toMatchObject({ signal: 'SIGTERM', stdout: 'warming\nlistening on 1\n' })
  await program.stop()
})

it('fails the wait for a program that ends before it is ready, with what it wrote', async () => {
  const file = writeProgram("console.error('no database'); process.exit(1)")
  const program = startProgram({ file, hook: 'none', ready: 'listening' })
  await expect(program.ready).rejects.toThrow(/ended before it was ready[^]*no database/)
  expect((await program.exited).code).toBe(1)
})

it('writes to a program’s standard input', async () => {
  const file = writeProgram("process.stdin.on('data', (text) => console.log(`got ${text}`))")
  const program = startProgram({ file, hook: 'none', ready: 'got' })
  program.write('ping')
  expect(await program.ready).toBe('got ping')
  program.endInput()
  expect((await program.exited).code).toBe(0)
})
