import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { makeFolder } from '@plutus/journal'
import { goSettingsOf, policyHash, renderCollector } from '@plutus/policy'
import type { Policy } from '@plutus/policy'
import { EXIT_FAILED, EXIT_FOUND } from './cli-io.ts'
import type { CliIo } from './cli-io.ts'
import { COLLECTOR_OPTIONS, passesChecks, readCollectorArguments } from './collector-arguments.ts'
import { createDiskReserve } from './disk-reserve.ts'
import type { DiskReserve } from './disk-reserve.ts'
import { findCollector } from './find-collector.ts'
import { findLastingFault } from './find-lasting-fault.ts'
import { CommandError } from './read-policy.ts'
import { runGuarded } from './run-guarded.ts'
import { watchQueueDisk } from './watch-queue-disk.ts'

/** A queue file with which the collector would not have started. */
interface MovedFile {
  readonly from: string
  readonly to: string
  readonly fault: string
}

const PRIVATE_UMASK = 0o027
const PRIVATE_FOLDER = 0o750
const PRIVATE_FILE = 0o640
const START_MILLIS = 60_000
const LOOK_MILLIS = 100
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const

/** Runs `plutus collector run`: until the collector ends, whose exit code is the answer. */
export async function runCollectorRun(args: readonly string[], io: CliIo): Promise<number> {
  return await runGuarded('collector run', io, async () => {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...COLLECTOR_OPTIONS,
        dir: { type: 'string' },
        collector: { type: 'string' },
      },
    })
    if (positionals.length > 0) throw new CommandError('plutus collector run takes options only; see --help')
    const { policy, role = 'single', ...rest } = readCollectorArguments(values, io)
    const wanted = { ...rest, role }
    if (!passesChecks(policy, wanted, io)) return EXIT_FOUND

    const collector = findCollector(values.collector, io)
    const folder = resolve(values.dir ?? join(stateFolder(io), 'plutus', 'collector', role))
    const env = environmentFor(folder, policy, io)
    // What is written here and by the collector, archives above all, is nobody else's business.
    process.umask(PRIVATE_UMASK)
    for (const name of ['PLUTUS_QUEUE_DIR', 'PLUTUS_ARCHIVE_DIR'] as const) makePrivateFolder(env[name])
    // Before anything is written, since the configuration may be on the same disk.
    const reserve = createDiskReserve(env.PLUTUS_QUEUE_DIR)
    const isGiven = reserve.give()
    const moved = await moveCorruptQueues(env.PLUTUS_QUEUE_DIR)
    const file = join(folder, 'collector.yaml')
    writeFileSync(file, renderCollector(policy, wanted), { mode: PRIVATE_FILE })
    for (const { from, to, fault } of moved) {
      io.err(`plutus collector run: ${from} cannot be read: ${fault}; it is now ${to}, and what it held is not sent\n`)
    }
    io.err(describe({ collector, file, env, policy }))
    if (isGiven) {
      io.err(
        `plutus collector run: the disk of ${env.PLUTUS_QUEUE_DIR} is full; the collector starts in the room kept for that\n`,
      )
    }
    reserve.take()
    return await runToEnd({ collector, file, env, policy }, reserve, moved, io)
  })
}

type CollectorEnvironment = NodeJS.ProcessEnv & {
  readonly PLUTUS_QUEUE_DIR: string
  readonly PLUTUS_ARCHIVE_DIR: string
}

function environmentFor(folder: string, policy: Policy, { env }: CliIo): CollectorEnvironment {
  return {
    ...goSettingsOf(policy),
    ...env,
    PLUTUS_QUEUE_DIR: env['PLUTUS_QUEUE_DIR'] || join(folder, 'queue'),
    PLUTUS_ARCHIVE_DIR: env['PLUTUS_ARCHIVE_DIR'] || join(folder, 'archive'),
  }
}

function stateFolder({ env }: CliIo): string {
  if (process.platform === 'win32') return env['LOCALAPPDATA'] || join(homedir(), 'AppData', 'Local')
  return env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state')
}

function makePrivateFolder(path: string): void {
  try {
    makeFolder(path, PRIVATE_FOLDER)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    throw new CommandError(`${path} cannot be made (${code}); name another folder by --dir`)
  }
}

/** A collector that finds a broken queue file does not start at all: the file makes room for a new one. */
async function moveCorruptQueues(folder: string): Promise<readonly MovedFile[]> {
  const moved: MovedFile[] = []
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.startsWith('exporter_') || entry.name.includes('.')) continue
    const from = join(entry.parentPath, entry.name)
    const fault = await findLastingFault(from)
    if (fault === undefined) continue
    const to = `${from}.corrupt-${new Date().toISOString().replaceAll(':', '-')}`
    renameSync(from, to)
    moved.push({ from, to, fault })
  }
  return moved
}

interface Places {
  readonly collector: string
  readonly file: string
  readonly env: CollectorEnvironment
  readonly policy: Policy
}

function describe({ collector, file, env, policy }: Places): string {
  const host = env['PLUTUS_LISTEN'] || '127.0.0.1'
  const port = (name: string, fallback: string): string => `${host}:${env[name] || fallback}`
  return [
    `collector      ${collector}`,
    `configuration  ${file}, of policy ${policyHash(policy)}`,
    `queues         ${env.PLUTUS_QUEUE_DIR}`,
    `archive        ${env.PLUTUS_ARCHIVE_DIR}`,
    `OTLP           http://${port('PLUTUS_LISTEN_HTTP_PORT', '4318')}, gRPC ${port('PLUTUS_LISTEN_GRPC_PORT', '4317')}`,
    `health         http://${port('PLUTUS_HEALTH_PORT', '13133')}`,
    `own metrics    http://${port('PLUTUS_TELEMETRY_PORT', '8888')}/metrics`,
    '',
  ].join('\n')
}

async function runToEnd(
  { collector, file, env }: Places,
  reserve: DiskReserve,
  moved: readonly MovedFile[],
  io: CliIo,
): Promise<number> {
  const child = spawn(collector, ['--config', file], { env, stdio: ['ignore', 'inherit', 'inherit'] })
  const ended = once(child, 'exit') as Promise<[code: number | null]>
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  const end = (): void => pass('SIGTERM') // however this process ends, the collector does not outlive it
  process.on('exit', end)
  for (const signal of SIGNALS) process.on(signal, pass)
  const endWatch = watchQueueDisk({
    folder: env.PLUTUS_QUEUE_DIR,
    onFull: () => io.err(`plutus collector run: the disk of ${env.PLUTUS_QUEUE_DIR} is full; what comes is refused\n`),
    onRoom: () => void renewQueues(child, env, io),
    onCalm: reserve.take, // one that was given at the start, or had no room then
  })
  try {
    const told = tellOfMoved(moved, child, env)
    const [code] = await ended
    await told
    return code ?? EXIT_FAILED
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    io.err(`plutus collector run: ${collector} cannot be started (${code})\n`)
    return EXIT_FAILED
  } finally {
    endWatch()
    process.off('exit', end)
    for (const signal of SIGNALS) process.off(signal, pass)
  }
}

/**
 * A queue counts what it could not write for want of room as if it held it, until it is empty of what it does hold. One that was
 * empty already, or nearly, is full of nothing for ever: it counts anew when the collector reads its configuration again.
 */
async function renewQueues(child: ChildProcess, env: CollectorEnvironment, io: CliIo): Promise<void> {
  const folder = env.PLUTUS_QUEUE_DIR
  // Where there are no signals, this one would end it; so it would one that has not started yet.
  const isRenewed = process.platform !== 'win32' && (await waitForHealth(child, env)) && child.kill('SIGHUP')
  if (hasEnded(child)) return
  const what = isRenewed
    ? 'the collector counts its queues anew'
    : 'start the collector again where it goes on refusing'
  io.err(`plutus collector run: the disk of ${folder} has room again; ${what}\n`)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** Returns whether the collector has started, in time. */
async function waitForHealth(child: ChildProcess, env: CollectorEnvironment): Promise<boolean> {
  return await askUntilTaken(child, urlOf(env, env['PLUTUS_HEALTH_PORT'] || '13133'))
}

/** Records as audit events, in the new queues, what was in the broken ones and could not be read. */
async function tellOfMoved(moved: readonly MovedFile[], child: ChildProcess, env: CollectorEnvironment): Promise<void> {
  if (moved.length === 0) return
  const body = JSON.stringify(auditOf(moved))
  const url = urlOf(env, env['PLUTUS_LISTEN_HTTP_PORT'] || '4318')
  await askUntilTaken(child, `${url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  })
}

function urlOf(env: CollectorEnvironment, port: string): string {
  return `http://${env['PLUTUS_LISTEN'] || '127.0.0.1'}:${port}`
}

/** Asks a collector that starts again and again. Returns whether it took the request, in time. */
async function askUntilTaken(child: ChildProcess, url: string, request?: RequestInit): Promise<boolean> {
  const deadline = performance.now() + START_MILLIS
  while (!hasEnded(child) && performance.now() < deadline) {
    const isTaken = await fetch(url, request).then(
      ({ ok }) => ok,
      () => false,
    )
    if (isTaken) return true
    await new Promise((wait) => setTimeout(wait, LOOK_MILLIS))
  }
  return false
}

function auditOf(moved: readonly MovedFile[]): object {
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n)
  const logRecords = moved.map(({ to, fault }) => ({
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: 13,
    severityText: 'WARN',
    eventName: 'audit.dropped',
    attributes: [
      text('plutus.data.class', 'audit'),
      text('audit.reason', `a queue of the collector could not be read: ${fault}`),
      text('resource.type', 'file'),
      text('resource.id', to),
      text('event.outcome', 'failure'),
    ],
  }))
  const resource = { attributes: [text('service.name', 'plutus-collector')] }
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'plutus collector run' }, logRecords }] }] }
}

function text(key: string, stringValue: string): object {
  return { key, value: { stringValue } }
}
