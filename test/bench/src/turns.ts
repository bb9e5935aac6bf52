import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { runProgram } from '@plutus/test-kit'
import { FAULTS, openEndpoint } from './faulty-endpoint.ts'
import type { FaultName } from './faulty-endpoint.ts'

// What each turn of the event loop costs the main thread while an endpoint fails, and when it is well again: without a
// hook, with it, and with the spool. Turns that take more than 5 ms of CPU are counted.

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '2000' },
    seconds: { type: 'string', default: '14' },
    rounds: { type: 'string', default: '1' },
    faults: { type: 'string', default: FAULTS.join(',') },
    hooks: { type: 'string', default: 'none,off,spool' },
    thread: { type: 'string', default: 'main' },
    cwd: { type: 'string' },
    'spool-bytes': { type: 'string', default: String(64 * 1024 * 1024) },
    profile: { type: 'boolean', default: false },
    'node-options': { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
})

interface LongTurn {
  readonly phase: number
  readonly at: number
  readonly millis: number
  /** Of that, what the kernel took. */
  readonly system: number
  readonly wall: number
  readonly collected: readonly string[]
  readonly stacks?: readonly string[]
}

interface Report {
  readonly recorded: number
  readonly turns: number
  readonly cpuSeconds: number
  readonly most: readonly number[]
  readonly gcMillis: number
  readonly gcs: number
  readonly rssBytes: number
  readonly long: readonly LongTurn[]
}

const seconds = Number(values.seconds)
// Until then a hook loads what it needs, and keeps what was compiled for the next start.
const START_SECONDS = 3.5
const OUTAGE_SHARE = 0.6
// Of the default of ten seconds a short run would not see the end.
const TIMEOUT_MILLIS = 2000
if (values.help) {
  process.stdout.write(
    'node test/bench/src/turns.ts [--rate 2000] [--seconds 14] [--rounds 1] [--faults refused,deaf] [--hooks none,off,spool] [--thread main] [--spool-bytes 67108864] [--cwd folder whose hook is measured] [--profile]\n',
  )
  process.exit()
}
const folder = mkdtempSync(join(tmpdir(), 'plutus-turns-'))
try {
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const fault of values.faults.split(',') as FaultName[]) {
      for (const hook of values.hooks.split(',')) await measure(fault, hook)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(fault: FaultName, hook: string): Promise<void> {
  const endpoint = await openEndpoint(fault)
  const spool = mkdtempSync(join(folder, 'spool-'))
  const outage = START_SECONDS + (seconds - START_SECONDS) * OUTAGE_SHARE
  const timer = setTimeout(() => void endpoint.mend(), outage * 1000)
  try {
    const { stdout, stderr } = await runProgram({
      file: fileURLToPath(new URL('../programs/turns.cjs', import.meta.url)),
      args: [values.rate, values.seconds, String(START_SECONDS), String(outage)],
      ...(values.cwd !== undefined && { cwd: values.cwd }),
      hook: hook === 'none' ? 'none' : 'require',
      nodeOptions: values['node-options'].split(' ').filter((option) => option !== ''),
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.url,
        OTEL_SERVICE_NAME: 'bench',
        OTEL_EXPORTER_OTLP_TIMEOUT: String(TIMEOUT_MILLIS),
        PLUTUS_EXPORT_THREAD: values.thread,
        PLUTUS_SPOOL_DIR: hook === 'spool' ? spool : 'off',
        PLUTUS_SPOOL_MAX_BYTES: values['spool-bytes'],
        XDG_CACHE_HOME: folder,
        ...(values.profile && { TURNS_PROFILE: '1' }),
      },
      timeoutMillis: (seconds + 60) * 1000,
    })
    const line = stdout.split('\n').find((one) => one.startsWith('ready '))
    if (line === undefined) throw new Error(`${stdout}\n${stderr}`)
    tell(fault, hook, JSON.parse(line.slice('ready '.length)) as Report, endpoint.requests)
  } finally {
    clearTimeout(timer)
    await endpoint.close()
    rmSync(spool, { recursive: true, force: true })
  }
}

function tell(fault: string, hook: string, report: Report, requests: number): void {
  const { recorded, turns, cpuSeconds, most, long, gcMillis, rssBytes } = report
  const by = (phase: number): string => {
    const own = long.filter((turn) => turn.phase === phase)
    return `${own.length} over 5 ms, most ${((most[phase] ?? 0) / 1000).toFixed(1)}`
  }
  process.stdout.write(
    `${fault.padEnd(12)} ${hook.padEnd(6)} records ${recorded} requests ${requests} turns ${turns} cpu ${cpuSeconds.toFixed(2)} s gc ${gcMillis.toFixed(0)} ms rss ${(rssBytes / 1e6).toFixed(0)} MB | start: ${by(0)} | outage: ${by(1)} | after: ${by(2)}\n`,
  )
  for (const { at, millis, system, wall, collected, stacks } of long) {
    process.stdout.write(
      `    at ${at.toFixed(2)} s: ${millis.toFixed(1)} ms CPU (kernel ${system.toFixed(1)}), wall ${wall.toFixed(1)}; collected: ${collected.join(', ')}\n`,
    )
    for (const stack of stacks ?? []) process.stdout.write(`        ${stack}\n`)
  }
}
