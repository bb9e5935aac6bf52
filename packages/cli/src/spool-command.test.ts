import { execFile, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Spool } from '@plutus/sdk'
import { startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'

const WRITER = fileURLToPath(new URL('spool-writer.test.support.ts', import.meta.url))
const KEY = randomBytes(32).toString('hex')
let folder = ''
let written = ''
let encrypted = ''
let receiver: Receiver
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-cli-'))
  written = join(folder, 'written')
  encrypted = join(folder, 'encrypted')
  for (const args of [[written], [encrypted, KEY]]) {
    const { signal, stderr } = spawnSync(process.execPath, ['--no-warnings', WRITER, ...args], { encoding: 'utf8' })
    if (signal !== 'SIGKILL' || stderr !== '') throw new Error(`nothing was written: ${stderr}`)
  }
  receiver = await startReceiver()
})
afterAll(async () => {
  await receiver.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A copy of what a killed process left. */
function newSpool(of: string = written): string {
  const root = mkdtempSync(join(folder, 'spool-'))
  cpSync(of, root, { recursive: true })
  return root
}

/** The part of the only process in a spool. */
function partIn(root: string): string {
  return join(root, readdirSync(root)[0] ?? '')
}

async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  isTerminal = false,
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await runCli(['spool', ...args], {
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl, ...env },
    stdin: (async function* nothing() {})(),
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    isTerminal,
  })
  return { code, out, err }
}

const documentsOf = (out: string): Record<string, unknown>[] =>
  out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('plutus spool ls', () => {
  it('counts what waits by process, class and age', async () => {
    const root = newSpool()
    const { code, out, err } = await run(['ls', root])
    expect(code).toBe(0)
    const rows = out.split('\n').map((line) => line.split(/ {2,}/))
    expect(rows[0]).toEqual(['PROCESS', 'OWNER', 'STATE', 'HOLDS', 'RECORDS', 'SIZE', 'OLDEST'])
    const [process = ''] = readdirSync(root)
    expect(rows.slice(1, -1).map((row) => row.slice(0, 5))).toEqual([
      [process, 'gone', 'waiting', 'payment', '3'],
      [process, 'gone', 'waiting', 'audit', '1'],
      [process, 'gone', 'waiting', 'spans', '1'],
    ])
    expect(rows[1]?.[5]).toMatch(/^\d+ B$/)
    expect(rows[1]?.[6]).toMatch(/^\d+ (s|min)( \d+ s)?$/)
    expect(err).toBe(`5 records of 1 process in ${root}\n`)
  })

  it('finds the spool of the variables, and those of all services of the user', async () => {
    const state = mkdtempSync(join(folder, 'state-'))
    for (const service of ['shop', 'ledger']) cpSync(written, join(state, 'plutus', service), { recursive: true })
    expect((await run(['ls'], { XDG_STATE_HOME: state })).err).toContain('10 records of 2 processes')
    expect((await run(['ls'], { PLUTUS_SPOOL_DIR: join(state, 'plutus', 'shop') })).err).toContain(
      '5 records of 1 process',
    )
    expect(await run(['ls'], { PLUTUS_SPOOL_DIR: 'off' })).toMatchObject({ code: 2, out: '' })
    expect((await run(['ls', join(state, 'none')])).err).toBe(`${join(state, 'none')} cannot be read (ENOENT)\n`)
  })

  it('counts what stands behind damage, also before somebody has set it aside', async () => {
    const root = newSpool()
    const durable = join(partIn(root), 'durable')
    const file = join(durable, readdirSync(durable)[0] ?? '')
    const bytes = readFileSync(file)
    bytes[bytes.lastIndexOf('payment.succeeded')] = 0 // in the third of four records
    writeFileSync(file, bytes)
    const counts = documentsOf((await run(['ls', '--json', root])).out)
    expect(counts.map(({ holds, state, records }) => [holds, state, records])).toEqual([
      ['payment', 'waiting', 2],
      ['unknown', 'damaged', 2],
      ['spans', 'waiting', 1],
    ])
  })

  it('counts what it lacks the key for, and reads it with the key', async () => {
    const root = newSpool(encrypted)
    const without = documentsOf((await run(['ls', '--json', root])).out)
    expect(without.map(({ state, records }) => [state, records])).toEqual([['locked', 5]])
    const keys = join(folder, 'keys')
    writeFileSync(keys, KEY)
    const { out } = await run(['ls', '--json', root], { PLUTUS_SPOOL_KEY_FILE: keys })
    expect(documentsOf(out).map(({ holds, records }) => [holds, records])).toEqual([
      ['payment', 3],
      ['audit', 1],
      ['spans', 1],
    ])
  })
})

describe('plutus spool show', () => {
  it('says what it does not show: what is beyond the limit, locked, or cannot be looked at', async () => {
    const root = newSpool()
    expect((await run(['show', '--limit', '5', root])).err).toBe('')
    expect((await run(['show', '--limit', '4', root])).err).toBe('there are more: see --limit\n')
    const locked = newSpool(encrypted)
    const { code, out, err } = await run(['show', locked])
    expect({ code, out }).toEqual({ code: 0, out: '' })
    expect(err).toMatch(/durable\/\S+: 4 frames are encrypted with a key that PLUTUS_SPOOL_KEY_FILE does not name\n/)
    const foreign = join(partIn(root), 'refused')
    writeFileSync(foreign, '')
    expect((await run(['show', root])).err).toContain(`/refused: The folder ${foreign} of a journal is no folder.`)
  })

  it('writes what waits, redacted once more, with nothing that a terminal would obey', async () => {
    const { code, out } = await run(['show', newSpool()])
    expect(code).toBe(0)
    const [first, second] = out.split('\n')
    expect(first).toMatch(
      /^2026-01-02T00:00:00\.000Z {2}payment {2}payment\.succeeded {2}uid-payment\.succeeded {2}\d+ B$/,
    )
    expect(second).toBe('    payment.amount=4200')
    expect(out).toContain(String.raw`note="a\u001b[31m\u{202e}"`)
    expect(out).toMatch(/password="[^"]*"/)
    expect(out).not.toContain('ter2')
    expect(out).toContain('spans  GET /')
    // oxlint-disable-next-line no-control-regex -- that none is there is what is asked
    expect(out).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u202E]/)
  })

  it('keeps to a class and a number, and writes JSON', async () => {
    const root = newSpool()
    const { out } = await run(['show', '--json', '--class', 'payment', '--limit', '2', root])
    expect(documentsOf(out)).toMatchObject([
      { class: 'payment', name: 'payment.succeeded', attributes: { 'payment.amount': 4200 }, isDelivered: false },
      { class: 'payment', name: 'payment.succeeded', attributes: { 'payment.amount': 4201 }, kind: 'durable' },
    ])
    const spans = documentsOf((await run(['show', '--json', '--class', 'spans', root])).out)
    expect(spans.map(({ name, kind }) => [name, kind])).toEqual([['GET /', 'traces']])
    expect((await run(['show', '--class', 'payments', root])).err).toContain('did you mean payment?')
    expect((await run(['show', '--limit', 'many', root])).code).toBe(2)
  })
})

describe('plutus spool verify', () => {
  it('finds nothing in what was not touched', async () => {
    const root = newSpool()
    expect(await run(['verify', root])).toMatchObject({ code: 0, out: '' })
  })

  it('tells which file is damaged, and how much of it can be read, and changes nothing', async () => {
    const root = newSpool()
    const durable = join(partIn(root), 'durable')
    const [segment = ''] = readdirSync(durable)
    truncateSync(join(durable, segment), statSync(join(durable, segment)).size - 1)
    const { code, out } = await run(['verify', root])
    expect(code).toBe(1)
    expect(out).toMatch(/durable.*\.segment: 3 frames can be read, \d+ bytes behind them cannot\n$/)
    expect((await run(['verify', '--json', root])).out).toContain('"state":"damaged"')
    expect((await run(['ls', root])).out).toContain('damaged')
    expect((await run(['show', '--class', 'spans', root])).err).toMatch(/\.segment: 3 frames can be read, \d+ bytes/)
    expect(readdirSync(durable)).toEqual([segment])
  })
})

describe('plutus spool flush', () => {
  it('sends what a dead process left, in order, and leaves nothing behind', async () => {
    const root = newSpool()
    const before = receiver.logs.length
    const { code, out } = await run(['flush', root])
    expect([code, out]).toEqual([0, `5 delivered to ${receiver.httpUrl}, 0 refused\n`])
    const arrived = receiver.logs.slice(before)
    expect(arrived.map(({ eventName }) => eventName)).toEqual([
      ...Array<string>(3).fill('payment.succeeded'),
      'audit.access',
    ])
    expect(arrived.slice(0, 3).map(({ attributes }) => attributes['payment.amount'])).toEqual([4200, 4201, 4202])
    expect(receiver.spans.map(({ name }) => name)).toContain('GET /')
    expect(readdirSync(root)).toEqual([])
  })

  it('does so as a program, which lives until everything is sent', async () => {
    const root = newSpool()
    const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.httpUrl }
    const main = fileURLToPath(new URL('main.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--no-warnings', main, 'spool', 'flush', root], {
      env,
    })
    expect(stdout).toBe(`5 delivered to ${receiver.httpUrl}, 0 refused\n`)
    expect(readdirSync(root)).toEqual([])
  })

  it('sends also what a process had taken over that died before it could send it', async () => {
    const root = newSpool()
    const part = partIn(root)
    const dead = join(root, '1795000000000-0123456789abcdef')
    mkdirSync(dead, { mode: 0o700 })
    cpSync(join(part, 'lease'), join(dead, 'lease'))
    renameSync(part, join(dead, basename(part)))
    expect((await run(['ls', root])).err).toContain('5 records of 2 processes')
    expect((await run(['flush', root])).out).toContain('5 delivered')
    expect(readdirSync(root)).toEqual([])
  })

  it('draws how far it is on a terminal', async () => {
    const { err } = await run(['flush', newSpool()], {}, true)
    expect(err).toContain('100 %')
    expect(err).toContain(`[${'#'.repeat(30)}]`)
  })

  it('refuses what belongs to a process that lives', async () => {
    const root = mkdtempSync(join(folder, 'spool-'))
    const spool = new Spool({
      root: join(root, 'mine'),
      maxBytes: 1024 ** 2,
      maxAgeMillis: 1e9,
      sync: 'none',
      resource: () => new Uint8Array(0),
      isThread: false,
      send: () => {},
      isBusy: () => true,
      warn: () => {},
    })
    const bytes = Uint8Array.of(0x12, 0x00)
    spool.append(new Uint8Array(0), bytes, 0, bytes.length)
    const before = readFileSync(join(partIn(join(root, 'mine')), 'lease'), 'utf8')
    const { code, err } = await run(['flush', root])
    expect(code).toBe(2)
    expect(err).toContain('is left alone: its owner lives')
    expect(readdirSync(join(root, 'mine'))).toHaveLength(1)
    expect(readFileSync(join(partIn(join(root, 'mine')), 'lease'), 'utf8').slice(16)).toBe(before.slice(16))
    expect((await run(['ls', root])).out).toContain('lives')
  })

  it('keeps what the endpoint does not take, and sends it when it does', async () => {
    const root = newSpool()
    receiver.respond({ status: 401 })
    const refused = await run(['flush', root])
    expect(refused.code).toBe(1)
    expect(refused.err).toContain('plutus spool flush: ')
    expect((await run(['ls', root])).err).toContain('5 records of 1 process')
    receiver.respond()
    expect(await run(['flush', root])).toMatchObject({ code: 0 })
    expect(readdirSync(root)).toEqual([])
  })

  it('sets durable records aside that the endpoint refuses for good, and sends them when it is asked to', async () => {
    const root = newSpool()
    receiver.respond({ status: 400 })
    const { code, out } = await run(['flush', root])
    expect(code).toBe(1)
    expect(out).toContain('refused')
    const documents = documentsOf((await run(['ls', '--json', root])).out)
    expect(documents.map(({ state, holds, records }) => [state, holds, records])).toEqual([
      ['refused', 'payment', 3],
      ['refused', 'audit', 1],
    ])
    receiver.respond()
    expect((await run(['flush', root])).out).toContain('0 delivered')
    expect((await run(['flush', '--refused', root])).out).toContain('4 delivered')
    expect(readdirSync(root)).toEqual([])
  })
})

it.each([
  [[], 2, 'Usage:'],
  [['--help'], 0, 'plutus spool flush'],
  [['ls', '--help'], 0, 'plutus spool flush'],
  [['sl'], 2, 'did you mean ls?'],
  [['ls', 'a', 'b'], 2, 'name one directory'],
  [['ls', ''], 2, 'is empty'],
  [['ls', '--jsn'], 2, "Unknown option '--jsn'"],
])('answers %j with code %d and help', async (args, code, help) => {
  const ran = await run(args)
  expect(ran.code).toBe(code)
  expect(ran.out + ran.err).toContain(help)
})
