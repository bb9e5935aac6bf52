import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { CLASS_ORDER, parsePolicy, type Policy } from '@plutus/policy'
import { findPorts, startProgram, startReceiver, type Program, type Receiver } from '@plutus/test-kit'
import { DemoError } from './demo-error.ts'
import { failLogins, firesAtItsNumber, type AlertReport } from './fail-logins.ts'
import { isAsSampled, judgeTraces, type TracesReport } from './judge-traces.ts'
import type { Page } from './layout.ts'
import type { Progress } from './progress.ts'
import { renderCollectorReport } from './render-collector.ts'
import { startMetricsPage, type MetricsPage } from './scrape.ts'
import { openStage, quoteOutput, type StageOptions } from './stage.ts'
import { driveTraffic } from './traffic.ts'

/** What surrounds the collector. */
export interface CollectorDemoOptions extends Pick<StageOptions, 'env' | 'onClose'> {
  readonly isJson: boolean
  readonly signal: AbortSignal
  readonly page: Page
  readonly print: (lines: readonly string[]) => void
  readonly step: Progress['step']
}

/** What came out of the collector. */
export interface CollectorReport {
  /** What the collector took, by its own count. */
  readonly taken: { readonly records: number; readonly spans: number }
  readonly classes: readonly ClassReport[]
  readonly traces: TracesReport
  /** What the policy's alerts make of it. */
  readonly alert: AlertReport
  /** Whether each record of a class that must not be lost is at the backend and in the archive. */
  readonly isStored: boolean
}

/** What came out of one class. */
export interface ClassReport {
  readonly name: string
  /** Records at the backend. */
  readonly arrived: number
  /** Records in the archive; absent where the class has none. */
  readonly archived?: number
  readonly isSampled: boolean
  readonly searchableDays: number
  readonly archiveDays: number
}

// A request is slow when the SDK calls it so, which tells of it by a record.
const POLICY = 'version: 1\nsampling: { rate: 10%, wait: 10s, slow: 1s }\n'
const POLICY_FILE = 'policy.yaml'
const CLI = new URL('main.ts', import.meta.resolve('@plutus/cli'))
const EXIT_WITH_PARENT = fileURLToPath(new URL('exit-with-parent.cjs', import.meta.url))
const START_MILLIS = 60_000
const QUIET_MILLIS = 6_500 // longer than the sampler waits after the root of a trace

/**
 * Sends the service's telemetry through a collector of the policy, at a tenth of the traces, to a receiver and to files, and
 * tells what came out. Gives the exit code: 0 if nothing that must not be lost is missing, each kept trace is there, none is torn,
 * the share of the others is right and the alert fires at its number, else 1.
 */
export async function runCollectorDemo(options: CollectorDemoOptions): Promise<number> {
  const { isJson, env, onClose, print, signal, step } = options
  if (collectorBinary.reason !== '') throw new DemoError(`There is no collector: ${collectorBinary.reason}.`)
  step('Building the collector: the first time this takes minutes')
  const binary = await collectorBinary.ensure()
  const policy = parsePolicy(POLICY, { file: 'demo.yaml' })
  const folder = mkdtempSync(join(tmpdir(), 'plutus-demo-'))
  onClose(() => Promise.resolve(rmSync(folder, { recursive: true, force: true })))
  const receiver = await startReceiver()
  onClose(() => receiver.close())
  step('Starting the collector, and what stands for Prometheus')
  const page = await startMetricsPage(binary, folder)
  onClose(page.stop)
  const { collector, url, telemetryUrl } = await startCollector(folder, binary, receiver, page)
  onClose(async () => await stop(collector))

  const policyFile = join(folder, POLICY_FILE)
  const stage = await openStage({ endpoint: new URL(url), isPlain: false, env, policy: policyFile, onClose, step })
  const { exchanges } = await driveTraffic(stage, { isPlain: false, signal, step })
  const { alert, exchanges: failed } = await failLogins({ stage, policy, page, exchanges, folder, signal, step })
  step('Waiting for what is still on its way')
  await stop(stage.service)
  await settle(receiver)
  const taken = await readTaken(telemetryUrl)
  await stop(collector)
  const traces = judgeTraces(policy, receiver, [...exchanges, ...failed])
  const report = createReport(policy, receiver, join(folder, 'archive'), { taken, traces, alert })
  const isWhole = traces.kept.arrived === traces.kept.told && traces.torn === 0
  const isComplete = report.isStored && isWhole && isAsSampled(traces) && firesAtItsNumber(alert)
  if (isJson) process.stdout.write(`${JSON.stringify({ ...report, isComplete }, undefined, 2)}\n`)
  else print(renderCollectorReport(report, options.page))
  return isComplete ? 0 : 1
}

async function startCollector(
  folder: string,
  binary: string,
  receiver: Receiver,
  page: MetricsPage,
): Promise<{ collector: Program; url: string; telemetryUrl: string }> {
  const policyFile = join(folder, POLICY_FILE)
  writeFileSync(policyFile, POLICY)
  const [grpc, http, health, telemetry] = await findPorts(4)
  const collector = startProgram({
    file: fileURLToPath(CLI),
    args: ['collector', 'run', '--dir', folder, '--policy', policyFile, '--collector', binary],
    hook: 'none',
    nodeOptions: ['--require', EXIT_WITH_PARENT],
    timeoutMillis: 0,
    env: {
      PLUTUS_OTLP_ENDPOINT: receiver.httpUrl,
      PLUTUS_OTLP_ENDPOINT_METRICS: page.otlpUrl,
      PLUTUS_LISTEN_GRPC_PORT: String(grpc),
      PLUTUS_LISTEN_HTTP_PORT: String(http),
      PLUTUS_HEALTH_PORT: String(health),
      PLUTUS_TELEMETRY_PORT: String(telemetry),
    },
  })
  let hasEnded = false
  void collector.exited.then(() => (hasEnded = true))
  const deadline = performance.now() + START_MILLIS
  while (
    !(await fetch(`http://127.0.0.1:${health}`).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (hasEnded || performance.now() > deadline) {
      throw new DemoError(`The collector did not start. ${quoteOutput(collector)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    collector,
    url: `http://127.0.0.1:${http}`,
    telemetryUrl: `http://127.0.0.1:${telemetry}/metrics`,
  }
}

/** Comes back when nothing has arrived for a while. */
async function settle({ logs, spans }: Receiver): Promise<void> {
  for (let before = -1; before !== logs.length + spans.length;) {
    before = logs.length + spans.length
    await new Promise((resolve) => setTimeout(resolve, QUIET_MILLIS))
  }
}

async function stop(program: Program): Promise<void> {
  program.kill('SIGTERM')
  await program.exited
}

async function readTaken(telemetryUrl: string): Promise<CollectorReport['taken']> {
  const page = await (await fetch(telemetryUrl)).text()
  const count = (name: string): number =>
    page
      .split('\n')
      .filter((line) => line.startsWith(`otelcol_receiver_accepted_${name}`))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0)
  return { records: count('log_records'), spans: count('spans') }
}

function createReport(
  policy: Policy,
  receiver: Receiver,
  archive: string,
  parts: Pick<CollectorReport, 'taken' | 'traces' | 'alert'>,
): CollectorReport {
  const logs = [...receiver.logs, ...receiver.processEvents]
  const classes = CLASS_ORDER.map((name): ClassReport => {
    const { durable, keep, searchableDays, archiveDays } = policy.classes[name]
    return {
      name,
      arrived: logs.filter(({ resource }) => resource['plutus.data.class'] === name).length,
      ...(durable ? { archived: countArchived(join(archive, name)) } : {}),
      isSampled: keep !== 'all',
      searchableDays,
      archiveDays,
    }
  })
  const durable = classes.filter(({ archived }) => archived !== undefined)
  return {
    ...parts,
    classes,
    isStored:
      durable.every(({ arrived, archived = 0 }) => arrived >= archived && archived > 0 === arrived > 0) &&
      durable.some(({ arrived }) => arrived > 0),
  }
}

function countArchived(folder: string): number {
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
  return lines
    .filter((line) => line !== '')
    .flatMap(
      (line) => (JSON.parse(line) as { resourceLogs: { scopeLogs: { logRecords: unknown[] }[] }[] }).resourceLogs,
    )
    .flatMap(({ scopeLogs }) => scopeLogs)
    .reduce((sum, { logRecords }) => sum + logRecords.length, 0)
}
