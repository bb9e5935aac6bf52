import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { isFull, KEPT_CODE } from '@plutus/test-kit'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'

const RUNNER = fileURLToPath(new URL('retention-run.test.support.ts', import.meta.url))
const DAY = 86_400_000
const HAS_ZSTD = spawnSync('zstd', ['--version']).status === 0
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-retention-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const rotatedAt = (of: string, time: number): string =>
  `${of}-${new Date(time).toISOString().slice(0, -1).replaceAll(':', '-')}.jsonl`

function write(of: string, name: string): string {
  mkdirSync(join(folder, of), { recursive: true })
  writeFileSync(join(folder, of, name), `{"file":"${name}"}\n`.repeat(50))
  return name
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const io = {
    env: { PLUTUS_ARCHIVE_DIR: folder },
    stdin: (async function* read() {})(),
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  }
  return { code: await runCli(['retention', ...args], io), out, err }
}

it('tells what it would do, and does it with --apply', async () => {
  const over = write('audit', rotatedAt('audit', Date.now() - 8 * 365 * DAY))
  const warm = write('audit', rotatedAt('audit', Date.now() - 8 * DAY))
  write('audit', 'audit.jsonl')
  const planned = await run()
  expect(planned.out).toContain('planned')
  expect(readdirSync(join(folder, 'audit'))).toHaveLength(3)
  const { code, out, err } = await run('--apply', '--json')
  const lines = out.trim().split('\n')
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { state: 'done', action: 'delete', class: 'audit', files: [over] },
    { state: 'done', action: 'compress', class: 'audit', files: [warm] },
  ])
  expect(readdirSync(join(folder, 'audit')).toSorted()).toEqual([`${warm}.gz`, 'audit.jsonl'])
  expect(readFileSync(join(folder, 'retention.jsonl'), 'utf8').split('\n')).toHaveLength(3)
  expect(err).toContain('2 steps done')
  // The disk of the machine that runs this may be full: nothing here may be deleted for it.
  expect(code).toBe(err.includes('above its limit') ? 1 : 0)
})

it('says how it is used, and what it cannot work with', async () => {
  expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringContaining('--apply') })
  expect(await run(join(folder, 'nowhere'))).toMatchObject({ code: 2, err: expect.stringContaining('ENOENT') })
  expect(await run('--aply')).toMatchObject({ code: 2, err: expect.stringContaining('--aply') })
  expect(await run('--move-to', folder)).toMatchObject({ code: 2, err: expect.stringContaining('volume') })
  mkdirSync(join(folder, 'retention.jsonl'))
  expect(await run('--apply')).toMatchObject({ code: 2, err: expect.stringContaining('EISDIR') })
})

// A bundle per class and month is a process of tar each.
const CLASSES = isFull
  ? (['audit', 'security', 'payment', 'application'] as const)
  : (['audit', 'application'] as const)
const DAYS: Readonly<Record<string, number>> = { audit: 7 * 365, security: 7 * 365, payment: 7 * 365, application: 30 }
const START = Date.UTC(isFull ? 2018 : 2024, 0, 1)
const END = Date.UTC(2026, 10, 21)

/** Names of rotated files that are there in any form; bundles are read by `tar`, once, since they never change. */
function listKept(bundles: Map<string, string[]>): Set<string> {
  return new Set(
    CLASSES.flatMap((of) =>
      readdirSync(join(folder, of)).flatMap((name) => {
        if (!name.endsWith('.tar')) return name.startsWith('.') ? [] : [name.replace(/\.(?:gz|zst)$/, '')]
        const members = bundles.get(name) ?? execFileSync('tar', ['-tf', join(folder, of, name)], { encoding: 'utf8' })
        const names = Array.isArray(members) ? members : members.trim().split('\n')
        bundles.set(name, names)
        return names.map((member) => member.replace(/\.(?:gz|zst)$/, ''))
      }),
    ),
  )
}

/** Runs retention in a process of its own, which dies: by itself before a change, or from outside at any point. */
async function runKilled(now: number, random: () => number, isByItself: boolean): Promise<void> {
  const changes = isByItself ? [String(Math.floor(random() * 40))] : []
  const compression = random() < 0.5 ? 'gzip' : 'zstd'
  const child = spawn(process.execPath, ['--no-warnings', RUNNER, folder, String(now), compression, ...changes], {
    env: { ...process.env, ...KEPT_CODE },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  if (!isByItself) {
    await delay(random() * 100)
    child.kill('SIGKILL')
  }
  const [code, signal] = (await ended) as [number | null, string | null]
  expect(isByItself ? ['SIGKILL'] : [0, 'SIGKILL']).toContain(code ?? signal)
}

const [rounds, files] = isFull ? [100, 10_000] : [12, 240]
it(
  `loses nothing of ${files} files over years, killed ${rounds} times, and keeps nothing too long`,
  async () => {
    const seed = Math.floor(Math.random() * 2 ** 31)
    let state = seed
    const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
    const times = new Map<string, number>()
    const bundles = new Map<string, string[]>()
    const step = (END - START) / files
    for (let round = 0; round < rounds; round++) {
      const first = Math.floor((round * files) / rounds)
      const next = Math.floor(((round + 1) * files) / rounds)
      for (let at = first; at < next; at++) {
        const of = CLASSES[at % CLASSES.length] ?? 'audit'
        const time = START + Math.floor(at * step)
        times.set(write(of, rotatedAt(of, time)), time)
      }
      for (const of of CLASSES) writeFileSync(join(folder, of, `${of}.jsonl`), 'live\n')
      const now = START + Math.floor(next * step)
      await runKilled(now, random, round % 2 === 0)
      const kept = listKept(bundles)
      const lost = [...times].filter(([name, time]) => !kept.has(name) && time + daysOf(name) * DAY > now)
      expect(lost, `seed ${seed}, round ${round}`).toEqual([])
    }
    execFileSync(process.execPath, ['--no-warnings', RUNNER, folder, String(END)])
    const kept = listKept(bundles)
    // A bundle goes with the last day of its month.
    const over = [...times].filter(([name, time]) => kept.has(name) && time + (daysOf(name) + 31) * DAY <= END)
    expect(over, `seed ${seed}`).toEqual([])
    expect(kept.size).toBeGreaterThan(files / 2 - 1)
    for (const of of CLASSES) expect(readFileSync(join(folder, of, `${of}.jsonl`), 'utf8')).toBe('live\n')
    // Now with the tools alone: everything unpacked has the text that was written.
    for (const of of CLASSES) {
      const path = join(folder, of)
      const names = readdirSync(path)
      expect(names.filter((name) => name.startsWith('.'))).toEqual([])
      for (const name of names.filter((one) => one.endsWith('.tar'))) execFileSync('tar', ['-xf', name], { cwd: path })
      if (readdirSync(path).some((name) => name.endsWith('.gz'))) execFileSync('gzip', ['-dr', '.'], { cwd: path })
      for (const name of readdirSync(path).filter((one) => one.endsWith('.zst'))) unpackZstd(path, name)
      for (const name of readdirSync(path)) {
        if (name === `${of}.jsonl` || name.endsWith('.tar')) continue
        expect(readFileSync(join(path, name), 'utf8')).toBe(`{"file":"${name}"}\n`.repeat(50))
      }
    }
    const log = readFileSync(join(folder, 'retention.jsonl'), 'utf8').split('\n')
    const deleted = new Set(
      log.flatMap((line) => /"audit.action":"delete".*"file.path":"([^"]+)"/.exec(line)?.[1] ?? []),
    )
    const gone = [...times.keys()].filter((name) => name.startsWith('application-') && !kept.has(name))
    expect(
      gone.filter(
        (name) =>
          !deleted.has(`application/${name}`) &&
          !deleted.has(`application/${name}.gz`) &&
          !deleted.has(`application/${name}.zst`),
      ),
    ).toEqual([])
  },
  isFull ? 1_800_000 : undefined,
)

/** By the tool of the system; where that is not installed, as Debian's minimal systems are, by Node. */
function unpackZstd(path: string, name: string): void {
  const file = join(path, name)
  if (HAS_ZSTD) execFileSync('zstd', ['-dq', '--rm', file])
  else {
    writeFileSync(file.slice(0, -'.zst'.length), zstdDecompressSync(readFileSync(file)))
    rmSync(file)
  }
}

function daysOf(name: string): number {
  return DAYS[CLASSES.find((of) => name.startsWith(`${of}-`)) ?? ''] ?? Number.NaN
}
