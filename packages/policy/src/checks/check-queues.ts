import type { CollectorConfig, CollectorRole } from '../collector-config.ts'
import { FILE_FACTOR } from '../file-factor.ts'
import { CLASS_ORDER } from '../policy-fields.ts'
import type { Policy } from '../policy.ts'
import type { ReportCollector } from './collector-rules.ts'
import { listPaths, typeOf } from './paths.ts'
import { settingOf, textOf } from './settings.ts'

const MIB = 2 ** 20
const GRPC_MAX_BYTES = 4 * MIB
// They write at once: no queue, nothing to send again.
const AT_ONCE: ReadonlySet<string> = new Set(['file', 'debug', 'nop', 'prometheus'])
const OVER_GRPC: ReadonlySet<string> = new Set(['otlp_grpc', 'otlp', 'load_balancing'])
// Of the memory, what the sampler's traces may take.
const TRACES_SHARE = 0.5

/** Checks what waits, where, and for how long. */
export function checkQueues(
  config: CollectorConfig,
  policy: Policy,
  role: CollectorRole,
  report: ReportCollector,
): void {
  checkExtensions(config, report)
  checkBounds(config, policy, report)
  checkBatches(config, role, report)
  checkTailSampling(config, policy, report)
  if (role === 'sampler') return
  const durable = CLASS_ORDER.filter((name) => policy.classes[name].durable)
  const paths = durable.flatMap((dataClass) => listPaths(config, 'logs', { dataClass }))
  const ofRecords = paths.filter(({ pipelines }) => typeOf(pipelines.at(-1) as string) === 'logs')
  for (const id of new Set(ofRecords.map(({ exporter }) => exporter))) {
    if (!AT_ONCE.has(typeOf(id))) checkDurable(config, id, report)
  }
}

function checkDurable(config: CollectorConfig, id: string, report: ReportCollector): void {
  const component = `exporters/${id}`
  const exporter = config.exporters[id]
  const retry = settingOf(exporter, 'retry_on_failure')
  if (settingOf(retry, 'enabled') === false || !/^0[a-z]*$/.test(textOf(retry, 'max_elapsed_time'))) {
    report('COLLECTOR_RETRY_ENDS', component, `${id} gives up records of a durable class.`)
  }
  const queue = settingOf(exporter, 'sending_queue')
  const storage = settingOf(queue, 'storage')
  const isSynced = typeof storage === 'string' && settingOf(config.extensions[storage], 'fsync') === true
  if (!isSynced || settingOf(queue, 'enabled') === false || settingOf(queue, 'wait_for_result') === true) {
    report('COLLECTOR_DURABLE_QUEUE', component, `The queue of ${id} does not survive the machine.`)
  }
}

function checkExtensions(
  { exporters, receivers, extensions, service }: CollectorConfig,
  report: ReportCollector,
): void {
  const started = new Set(service.extensions)
  for (const id of started) {
    if (!Object.hasOwn(extensions, id))
      report('COLLECTOR_STORAGE', `extensions/${id}`, `${id} is started and not defined.`)
  }
  for (const [kind, components] of Object.entries({ exporters, receivers })) {
    for (const [id, settings] of Object.entries(components)) {
      const named = [settingOf(settings, 'sending_queue', 'storage'), ...authenticatorsIn(settings)]
      for (const one of named.filter((name) => typeof name === 'string' && !started.has(name))) {
        report('COLLECTOR_STORAGE', `${kind}/${id}`, `${id} names ${String(one)}, which is not started.`)
      }
    }
  }
}

function authenticatorsIn(settings: unknown): unknown[] {
  if (typeof settings !== 'object' || settings === null) return []
  return Object.entries(settings).flatMap(([name, value]) =>
    name === 'auth' ? [settingOf(value, 'authenticator')] : authenticatorsIn(value),
  )
}

function checkBounds(config: CollectorConfig, { limits }: Policy, report: ReportCollector): void {
  let sum = 0
  // The bound of a storage is that of each file in it, and each queue has a file of its own.
  const byStorage = new Map<string, number>()
  for (const [id, settings] of Object.entries(config.exporters)) {
    const queue = settingOf(settings, 'sending_queue')
    const storage = settingOf(queue, 'storage')
    if (typeof storage !== 'string') continue
    const size = settingOf(queue, 'queue_size')
    if (settingOf(queue, 'sizer') !== 'bytes' || typeof size !== 'number' || size <= 0) {
      report('COLLECTOR_QUEUE_BOUND', `exporters/${id}`, `The queue of ${id} is not bounded by bytes.`)
      continue
    }
    sum += size * FILE_FACTOR
    byStorage.set(storage, Math.max(byStorage.get(storage) ?? 0, size))
  }
  for (const [storage, size] of byStorage) {
    const max = settingOf(config.extensions[storage], 'max_size')
    if (typeof max === 'number' && max <= size * FILE_FACTOR) {
      report('COLLECTOR_QUEUE_BOUND', `extensions/${storage}`, `${storage} is full before its queues are.`)
    }
  }
  if (sum <= limits.diskBytes * limits.diskAlertShare) return
  const wrong = `All queues full may take ${Math.ceil(sum / MIB)} MiB of a disk of ${Math.ceil(limits.diskBytes / MIB)} MiB.`
  report('COLLECTOR_QUEUES_EXCEED_DISK', 'exporters', wrong)
}

function checkBatches(config: CollectorConfig, role: CollectorRole, report: ReportCollector): void {
  for (const [id, settings] of Object.entries(config.exporters)) {
    if (!OVER_GRPC.has(typeOf(id))) continue
    const batch = settingOf(settings, 'sending_queue', 'batch')
    const size = settingOf(batch, 'max_size')
    const limit = tellsReceiver(role) ? maxReceivedBytes(config) : GRPC_MAX_BYTES
    const isBounded = settingOf(batch, 'sizer') === 'bytes' && typeof size === 'number' && size > 0 && size < limit
    // Load balancing divides what it gets by trace; it is no larger than what came in.
    if (!isBounded && (batch !== undefined || typeOf(id) !== 'load_balancing')) {
      report('COLLECTOR_BATCH_TOO_LARGE', `exporters/${id}`, `A batch of ${id} may be larger than its receiver takes.`)
    }
  }
}

/** Whether a role sends to a collector that is rendered with the same receiver. */
function tellsReceiver(role: CollectorRole): boolean {
  return role === 'agent' || role === 'gateway'
}

function maxReceivedBytes(config: CollectorConfig): number {
  const sizes = Object.values(config.receivers).map((settings) =>
    settingOf(settings, 'protocols', 'grpc', 'max_recv_msg_size_mib'),
  )
  const mib = sizes.filter((size) => typeof size === 'number')
  return mib.length === 0 ? GRPC_MAX_BYTES : Math.min(...mib) * MIB
}

function checkTailSampling(config: CollectorConfig, { limits, sampling }: Policy, report: ReportCollector): void {
  for (const [id, settings] of Object.entries(config.processors)) {
    if (typeOf(id) !== 'tail_sampling') continue
    const traces = Number(textOf(settings, 'num_traces') || 50_000)
    if (traces * sampling.traceBytes <= limits.memoryBytes * TRACES_SHARE) continue
    const wrong = `${id} holds ${traces} traces of ${sampling.traceBytes} bytes, more than half of the memory.`
    report('COLLECTOR_TRACES_EXCEED_MEMORY', `processors/${id}`, wrong)
  }
}
