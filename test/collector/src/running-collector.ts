import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { findPorts } from '@plutus/test-kit'

/** How a process ended. */
export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** Where a collector listens. */
export interface CollectorPorts {
  readonly grpc: number
  readonly http: number
  readonly health: number
  readonly telemetry: number
}

/** A collector that runs. */
export interface RunningCollector {
  readonly ports: CollectorPorts
  readonly pid: number
  /** `http://127.0.0.1:<port>`, for OTLP over HTTP. */
  readonly httpUrl: string
  /** Holds `queue`, `archive` and the configuration; stays when the process ends. */
  readonly folder: string
  /** Sends an OTLP/JSON request and gives the status of the answer. */
  readonly send: (signal: 'logs' | 'traces' | 'metrics', request: object) => Promise<number>
  /** What it wrote. */
  readonly output: () => string
  /** The lines of all archive files of a class. */
  readonly archive: (name: string) => string
  readonly isHealthy: () => Promise<boolean>
  /** Ends it by SIGTERM. */
  readonly stop: () => Promise<Ended>
  readonly kill: () => Promise<Ended>
  readonly exited: Promise<Ended>
}

/** Options of {@link startCollector}. */
export interface CollectorStart {
  readonly env?: Readonly<Record<string, string>>
  /** That of one that ran before, to go on with its queues. */
  readonly folder?: string
  /** Those of one that ran before, so that its senders find it again. */
  readonly ports?: CollectorPorts
  /** A command to run it by, such as `prlimit`. */
  readonly prefix?: readonly string[]
}

const START_MILLIS = 60_000
const MAX_ATTEMPTS = 3
const folders: string[] = []
const running = new Set<ChildProcess>()

/** Starts the real collector with a rendered configuration, and waits until its health answers. */
export async function startCollector(config: string, options: CollectorStart = {}): Promise<RunningCollector> {
  const binary = await collectorBinary.ensure()
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'plutus-collector-'))
  if (options.folder === undefined) folders.push(folder)
  for (let attempt = 1; ; attempt++) {
    const ports = options.ports ?? (await findCollectorPorts())
    const started = await tryStart(binary, config, folder, ports, options)
    if (typeof started !== 'string') return started
    // Somebody else may have taken a port between the look and the start.
    const isTaken = started.includes('address already in use') && options.ports === undefined
    if (!isTaken || attempt === MAX_ATTEMPTS) throw new Error(`the collector did not start: ${started}`)
  }
}

/** Removes what collectors left behind, and ends those that still run. */
export function removeCollectors(): void {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

async function tryStart(
  binary: string,
  config: string,
  folder: string,
  ports: CollectorPorts,
  { env = {}, prefix = [] }: CollectorStart,
): Promise<RunningCollector | string> {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'collector.yaml')
  writeFileSync(file, config)
  const [command, ...args] = [...prefix, binary, '--config', file] as const
  const child = spawn(command, args, { env: environmentFor(folder, ports, env), stdio: ['ignore', 'ignore', 'pipe'] })
  running.add(child)
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output += text))
  const exited = once(child, 'close').then(([code, signal]): Ended => {
    running.delete(child)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  const isHealthy = async (): Promise<boolean> =>
    await fetch(`http://127.0.0.1:${ports.health}`).then(
      ({ ok }) => ok,
      () => false,
    )
  const deadline = performance.now() + START_MILLIS
  while (!(await isHealthy())) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL')
      await exited
      return output
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const httpUrl = `http://127.0.0.1:${ports.http}`
  const end = async (signal: NodeJS.Signals): Promise<Ended> => {
    child.kill(signal)
    return await exited
  }
  return {
    ports,
    pid: child.pid as number,
    httpUrl,
    folder,
    send: async (signal, request) => {
      const answer = await fetch(`${httpUrl}/v1/${signal}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
      })
      await answer.arrayBuffer()
      return answer.status
    },
    output: () => output,
    archive: (name) => readArchive(join(folder, 'archive', name)),
    isHealthy,
    stop: async () => await end('SIGTERM'),
    kill: async () => await end('SIGKILL'),
    exited,
  }
}

/** The environment that gives a collector its folder and its ports. */
export function environmentFor(
  folder: string,
  ports: CollectorPorts,
  env: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: folder,
    // A third of what a start costs is to collect what it leaves behind: many start here, on few cores.
    GOGC: '400',
    PLUTUS_QUEUE_DIR: join(folder, 'queue'),
    PLUTUS_ARCHIVE_DIR: join(folder, 'archive'),
    PLUTUS_LISTEN_GRPC_PORT: String(ports.grpc),
    PLUTUS_LISTEN_HTTP_PORT: String(ports.http),
    PLUTUS_HEALTH_PORT: String(ports.health),
    PLUTUS_TELEMETRY_PORT: String(ports.telemetry),
    ...env,
  }
}

function readArchive(folder: string): string {
  try {
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('')
  } catch {
    return '' // nothing was archived yet
  }
}

/** Four ports that nobody listens on now. */
export async function findCollectorPorts(): Promise<CollectorPorts> {
  const [grpc, http, health, telemetry] = await findPorts(4)
  return { grpc, http, health, telemetry } as CollectorPorts
}
