import { collectorBinary } from '@plutus/otelcol-distribution'
import { canMount, isFull, mountSmallDisk, startReceiver, waitFor } from '@plutus/test-kit'
import type { Fault, ReceivedPoint, Receiver, SmallDisk } from '@plutus/test-kit'
import { CLASS_ORDER, renderCollector } from '@plutus/policy'
import type { CollectorOptions, Policy } from '@plutus/policy'
import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { countUnaccounted, describeWhereabouts, findWhereabouts } from './src/account.ts'
import type { Whereabouts } from './src/account.ts'
import { Arrivals } from './src/arrivals.ts'
import type { Outcome } from './src/arrivals.ts'
import { COUNTED, startEmitter } from './src/emitter.ts'
import type { Counts, Emitter, EmitterOptions } from './src/emitter.ts'
import { logsRequest } from './src/otlp-json.ts'
import { A_TENTH, smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { CollectorStart, RunningCollector } from './src/running-collector.ts'

// A service under the hook records as many a second, with its spool on; what it recorded is compared with what is at the
// backend and in the archive, and what is missing with what everybody on the way says to have lost or to keep.
const { reason } = collectorBinary
const RATE = isFull ? 1000 : 300
const KILLS = isFull ? 10 : 2
const FAULT_MILLIS = isFull ? 8000 : 1500
const OUTAGE_MILLIS = isFull ? 600_000 : 1500
const OUTAGE_RATE = isFull ? 400 : RATE
const WAIT_MILLIS = isFull ? 300_000 : 60_000
const QUIET_MILLIS = isFull ? 40_000 : 15_000
// What a service sends when it ends is at the backend by then.
const LAST_MILLIS = 5000
const TIME = { timeout: isFull ? 1_200_000 : 120_000 }
const DURABLE = ['audit', 'security', 'payment'] as const
const NOTHING = Object.fromEntries(COUNTED.map((name) => [name, 0]))
const NO_DURABLE = Object.fromEntries(DURABLE.map((name) => [name, 0]))
afterAll(removeCollectors)

// Tests that run at once have to be asked for their own end.
type OnFinished = TestContext['onTestFinished']

/** One collector, which can be killed and started again with what it had. */
interface Tier {
  now: RunningCollector
  readonly kill: () => Promise<void>
  readonly start: () => Promise<void>
}

describe.skipIf(reason !== '')(`the collector under faults${reason && ` (${reason})`}`, () => {
  // Those that wait longest come first: by the time they are over, so are the others.
  it.concurrent(
    'loses only spans that were not decided when a sampler is killed, and goes on with the next',
    TIME,
    async ({ onTestFinished }) => {
      const receiver = await openReceiver(onTestFinished)
      const policy = smallPolicy(A_TENTH)
      const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }
      const sampler = await startTier(onTestFinished, 'sampler', env, { policy })
      const hosts = `{static: {hostnames: ["127.0.0.1:${sampler.now.ports.grpc}"]}}`
      const gateway = await startTier(onTestFinished, 'gateway', { ...env, PLUTUS_SAMPLERS: hosts }, { policy })
      const emitter = await emitTo(onTestFinished, gateway)
      const arrivals = new Arrivals(receiver)
      await waitFor(() => arrivals.count('spans') > 0, { timeoutMillis: WAIT_MILLIS })
      await sampler.kill()
      await pause(FAULT_MILLIS)
      await sampler.start()
      const since = arrivals.count('spans')
      await waitFor(() => arrivals.count('spans') > since, { timeoutMillis: WAIT_MILLIS })
      const outcome = await finish('a sampler killed', {
        emitter,
        receivers: [receiver],
        tiers: [gateway],
        uncounted: ['spans'],
      })
      // Every span failed, so that all of them stay; the trace of a record is not chosen by how it ends.
      expect(outcome.lost).toMatchObject(NO_DURABLE)
      expect(outcome.lost.spans).toBeLessThan(outcome.emitted.spans)
    },
  )

  describe.skipIf(process.env['CI'] === undefined && !canMount()).concurrent('with a small disk for the queues', () => {
    it.concurrent(
      'has what must not be lost in the archive when it is full, and goes on when there is room',
      TIME,
      async ({ onTestFinished }) => {
        const { disk, receiver, single, emitter } = await fillDisk(onTestFinished)
        await pause(FAULT_MILLIS)
        disk.grow() // by itself it may stay full: what is delivered cannot be taken from a queue without room
        await receiver.accept()
        const outcome = await finish('a disk of the queues that is full', {
          emitter,
          receivers: [receiver],
          tiers: [single],
          uncounted: ['records', 'spans'],
        })
        expect(outcome.notArchived).toEqual(NO_DURABLE)
        // What a queue cannot note of what it hands out goes with the disk; all that came after there was room is here.
        expect(outcome.lost.spans).toBeLessThan(outcome.emitted.spans)
      },
    )

    it.concurrent.for(isFull ? ['SIGKILL'] : [])(
      'has what must not be lost in the archive after %s with a full one',
      TIME,
      async (_signal, { onTestFinished }) => {
        const { disk, receiver, single, emitter } = await fillDisk(onTestFinished)
        await pause(FAULT_MILLIS)
        await single.kill()
        await single.start()
        disk.grow()
        await receiver.accept()
        const outcome = await finish('the same, killed and started again', {
          emitter,
          receivers: [receiver],
          tiers: [single],
          uncounted: ['records', 'spans'],
        })
        expect(outcome.notArchived).toEqual(NO_DURABLE)
      },
    )
  })

  it.concurrent(
    'loses nothing to queues that are full, since the service keeps what nobody takes',
    TIME,
    async ({ onTestFinished }) => {
      const { receiver, single, emitter } = await fillQueues(onTestFinished, {
        PLUTUS_SPOOL_MAX_BYTES: String(2 ** 30),
      })
      await pause(FAULT_MILLIS)
      await receiver.accept()
      const outcome = await finish('queues that are full', { emitter, receivers: [receiver], tiers: [single] })
      expect(outcome.lost).toEqual(NOTHING)
    },
  )

  it.concurrent.for(isFull ? [64] : [])(
    'loses ordinary records alone to queues that are full when a spool of %d MiB is, too, and the service says how many',
    TIME,
    async (mebibytes, { onTestFinished }) => {
      const env = { PLUTUS_SPOOL_MAX_BYTES: String(mebibytes * 2 ** 20) }
      const { receiver, single, emitter } = await fillQueues(onTestFinished, env)
      await waitFor(() => emitter.stderr().includes('no more room on disk'), { timeoutMillis: WAIT_MILLIS })
      await receiver.accept()
      const outcome = await finish('queues and spool full', { emitter, receivers: [receiver], tiers: [single] })
      expect(outcome.lost).toMatchObject(NO_DURABLE)
      expect(outcome.lost.performance + outcome.lost.application).toBeGreaterThan(0)
    },
  )

  const answers: readonly (readonly [string, Fault])[] = [
    ['a backend that answers 429', { status: 429, retryAfter: 1 }],
    ['a backend that answers 503', { status: 503 }],
    ['a backend that is slow', { delayMillis: 2000 }],
    ['a backend that cuts connections', { reset: 'mid-body' }],
    ['a backend whose answer is cut off', { reset: 'after-body' }],
  ]
  it.concurrent.for(answers)('loses nothing to %s', TIME, async ([what, fault], { onTestFinished }) => {
    const receiver = await openReceiver(onTestFinished)
    const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
    const emitter = await emitTo(onTestFinished, single)
    await pause(200)
    receiver.respond(fault)
    await pause(FAULT_MILLIS)
    receiver.respond()
    const outcome = await finish(what, { emitter, receivers: [receiver], tiers: [single] })
    expect(outcome.lost).toEqual(NOTHING)
  })

  it.concurrent(
    `loses nothing to a backend that is down for ${OUTAGE_MILLIS / 1000} s`,
    TIME,
    async ({ onTestFinished }) => {
      const receiver = await openReceiver(onTestFinished)
      const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
      const emitter = await emitTo(onTestFinished, single, { rate: OUTAGE_RATE })
      await pause(200)
      await receiver.refuse()
      await pause(OUTAGE_MILLIS)
      await receiver.accept()
      const outcome = await finish(`a backend that is down for ${OUTAGE_MILLIS / 1000} s`, {
        emitter,
        receivers: [receiver],
        tiers: [single],
      })
      expect(outcome.lost).toEqual(NOTHING)
    },
  )

  it.concurrent('sends nothing again of which a backend says that it took a part', TIME, async ({ onTestFinished }) => {
    const receiver = await openReceiver(onTestFinished)
    receiver.respond({ partialSuccess: { rejected: 7 } })
    const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
    const emitter = await emitTo(onTestFinished, single)
    await pause(FAULT_MILLIS)
    const outcome = await finish('partial success', { emitter, receivers: [receiver], tiers: [single] })
    expect(outcome).toMatchObject({ lost: NOTHING, twice: NOTHING })
  })

  it.concurrent('loses nothing to kills under load, and starts with what it had', TIME, async ({ onTestFinished }) => {
    const receiver = await openReceiver(onTestFinished)
    const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
    const emitter = await emitTo(onTestFinished, single)
    await killTimes([single])
    const outcome = await finish(`${KILLS} kills of a single process`, {
      emitter,
      receivers: [receiver],
      tiers: [single],
    })
    expect(outcome.lost).toEqual(NOTHING)
  })

  it.concurrent.for([
    ['the gateway', [1]],
    ['the agent', [0]],
    ['the agent and the gateway in turn', [0, 1]],
  ] as const)('loses nothing to kills under load of %s', TIME, async ([what, killed], { onTestFinished }) => {
    const receiver = await openReceiver(onTestFinished)
    const gateway = await startTier(onTestFinished, 'gateway', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
    const agent = await startTier(onTestFinished, 'agent', { PLUTUS_OTLP_ENDPOINT: gateway.now.httpUrl })
    const tiers = [agent, gateway]
    const emitter = await emitTo(onTestFinished, agent)
    await killTimes(killed.map((at) => tiers[at] as Tier))
    const outcome = await finish(`${KILLS} kills of ${what}`, { emitter, receivers: [receiver], tiers: [gateway] })
    expect(outcome.lost).toEqual(NOTHING)
  })

  it.concurrent.for(['SIGTERM', 'SIGKILL'] as const)(
    'delivers the backlog that it starts with after %s',
    TIME,
    async (signal, { onTestFinished }) => {
      const receiver = await openReceiver(onTestFinished)
      await receiver.refuse()
      const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
      const emitter = await emitTo(onTestFinished, single)
      await pause(FAULT_MILLIS)
      await (signal === 'SIGTERM' ? single.now.stop() : single.now.kill())
      await single.start()
      await pause(200)
      await receiver.accept()
      const outcome = await finish(`restart with a backlog after ${signal}`, {
        emitter,
        receivers: [receiver],
        tiers: [single],
      })
      expect(outcome.lost).toEqual(NOTHING)
    },
  )

  it.concurrent(
    'delivers the other classes while the backend of one is down, and that one afterwards',
    TIME,
    async ({ onTestFinished }) => {
      const [receiver, payments] = [await openReceiver(onTestFinished), await openReceiver(onTestFinished)]
      await payments.refuse()
      const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl, PLUTUS_OTLP_ENDPOINT_PAYMENT: payments.httpUrl }
      const single = await startTier(onTestFinished, 'single', env)
      const emitter = await emitTo(onTestFinished, single)
      await pause(FAULT_MILLIS)
      const emitted = await emitter.stop()
      const others = { ...emitted, payment: 0 }
      const arrivals = new Arrivals(receiver)
      await waitFor(() => arrivals.isComplete(others), { timeoutMillis: WAIT_MILLIS })
      expect(arrivals.count('payment')).toBe(0)
      await payments.accept()
      const outcome = await finish('one of two backends down', {
        emitter,
        receivers: [receiver, payments],
        tiers: [single],
        emitted,
      })
      expect(outcome.lost).toEqual(NOTHING)
      expect(new Set(payments.logs.map(({ attributes }) => attributes['plutus.data.class']))).toEqual(
        new Set(['payment']),
      )
    },
  )

  it.concurrent.for([400, 401, 404, 413, 500])(
    'has what must not be lost in the archive where a backend answers %d, which makes a collector drop it',
    TIME,
    async (status, { onTestFinished }) => {
      const receiver = await openReceiver(onTestFinished)
      receiver.respond({ status })
      const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl })
      const emitter = await emitTo(onTestFinished, single)
      await pause(FAULT_MILLIS)
      const emitted = await emitter.stop()
      await waitFor(() => isArchived(emitted, [single]), { timeoutMillis: WAIT_MILLIS })
      const ending = await emitter.end()
      const compared = new Arrivals(receiver).compare(emitted)
      let whereabouts = await findWhereabouts(ending, [single.now])
      const isSettled = (): boolean =>
        Object.values(countUnaccounted(compared, whereabouts)).every((count) => count === 0)
      // It drops what is in its queues one request after another.
      for (const since = performance.now(); !isSettled() && performance.now() - since < WAIT_MILLIS; await pause(100)) {
        whereabouts = await findWhereabouts(ending, [single.now])
      }
      const outcome = tell(`a backend that answers ${status}`, compared, [single], whereabouts)
      expect(outcome.unaccounted).toEqual({ records: 0, spans: 0 })
      expect(outcome.notArchived).toEqual(NO_DURABLE)
    },
  )

  it.concurrent(
    'answers 503 when a queue is full, and loses nothing that it took before',
    TIME,
    async ({ onTestFinished }) => {
      const receiver = await openReceiver(onTestFinished)
      await receiver.refuse()
      const policy = smallPolicy('classes: { payment: { queue: 1MiB } }')
      const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }, { policy })
      const body = 'x'.repeat(20_000)
      const taken: string[] = []
      let status = 200
      for (let n = 0; status === 200; n++) {
        const id = `p${n}`
        const payment = { body, attributes: { id, 'plutus.data.class': 'payment' } }
        status = await single.now.send('logs', logsRequest([payment]))
        if (status === 200) taken.push(id)
      }
      expect(status).toBe(503)
      // Others go on: each class has a queue of its own.
      expect(await single.now.send('logs', logsRequest([{ attributes: { 'plutus.data.class': 'security' } }]))).toBe(
        200,
      )
      await single.kill()
      await receiver.accept()
      await single.start()
      await waitFor(() => taken.every((id) => receiver.logs.some(({ attributes }) => attributes['id'] === id)), {
        timeoutMillis: WAIT_MILLIS,
      })
      expect(taken.length).toBeGreaterThan(20)
    },
  )
})

async function openReceiver(onTestFinished: OnFinished): Promise<Receiver> {
  const receiver = await startReceiver({ maxItems: 5_000_000 })
  onTestFinished(async () => await receiver.close())
  return receiver
}

async function startTier(
  onTestFinished: OnFinished,
  role: CollectorOptions['role'],
  env: Readonly<Record<string, string>>,
  { policy = smallPolicy() }: { readonly policy?: Policy } = {},
): Promise<Tier> {
  const config = renderCollector(policy, { role })
  const start = async (more: CollectorStart): Promise<RunningCollector> =>
    await startCollector(config, { env, ...more })
  const tier: Tier = {
    now: await start({}),
    kill: async () => void (await tier.now.kill()),
    start: async () => {
      const { folder, ports } = tier.now
      tier.now = await start({ folder, ports })
    },
  }
  onTestFinished(tier.kill)
  return tier
}

async function emitTo(onTestFinished: OnFinished, tier: Tier, options: Partial<EmitterOptions> = {}): Promise<Emitter> {
  return await startEmitter(onTestFinished, { url: tier.now.httpUrl, rate: RATE, ...options })
}

async function killTimes(tiers: readonly Tier[]): Promise<void> {
  for (let n = 0; n < KILLS; n++) {
    for (const tier of tiers) {
      await pause(300)
      await tier.kill()
      await tier.start()
    }
  }
}

/** Whether there is a queue that takes nothing more. */
function isRefusing({ now }: Tier): boolean {
  return /sending queue is full|run out of available space|no space left/.test(now.output())
}

/** A service, and a collector that takes nothing more from it, before a backend that is down. */
async function fillQueues(
  onTestFinished: OnFinished,
  env: Readonly<Record<string, string>>,
): Promise<{ receiver: Receiver; single: Tier; emitter: Emitter }> {
  const receiver = await openReceiver(onTestFinished)
  await receiver.refuse()
  const queues = CLASS_ORDER.map((name) => `${name}: { queue: 1MiB }`).join(', ')
  const policy = smallPolicy(`classes: { ${queues} }\nlimits: { traces_queue: 1MiB }`)
  const single = await startTier(onTestFinished, 'single', { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }, { policy })
  const emitter = await emitTo(onTestFinished, single, { textLength: 8000, env })
  await waitFor(() => isRefusing(single), { timeoutMillis: WAIT_MILLIS })
  return { receiver, single, emitter }
}

/** A service, and a collector whose queues have filled their disk, before a backend that is down. */
async function fillDisk(
  onTestFinished: OnFinished,
): Promise<{ disk: SmallDisk; receiver: Receiver; single: Tier; emitter: Emitter }> {
  const disk = mountSmallDisk(8 * 1024)
  if (disk === undefined) throw new Error('no small file system can be mounted here')
  onTestFinished(disk.remove)
  const receiver = await openReceiver(onTestFinished)
  await receiver.refuse()
  const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl, PLUTUS_QUEUE_DIR: disk.folder }
  const single = await startTier(onTestFinished, 'single', env)
  const emitter = await emitTo(onTestFinished, single, { textLength: 8000 })
  await waitFor(() => single.now.output().includes('no space left'), { timeoutMillis: WAIT_MILLIS })
  return { disk, receiver, single, emitter }
}

/** An outcome, what is missing in the archive of those that have one, and who knows of what is lost. */
interface Told extends Outcome {
  readonly notArchived: Readonly<Record<(typeof DURABLE)[number], number>>
  readonly whereabouts: readonly Whereabouts[]
  /** Lost, and nobody says so. */
  readonly unaccounted: { readonly records: number; readonly spans: number }
}

/** What {@link finish} is told of what it looks at. */
interface Run {
  readonly emitter: Emitter
  readonly receivers: readonly Receiver[]
  /** Those with an archive. */
  readonly tiers: readonly Tier[]
  /** What was recorded, where that is known already. */
  readonly emitted?: Counts
  /** Of what a collector may lose something without counting it. @defaultValue nothing */
  readonly uncounted?: readonly ('records' | 'spans')[]
}

/** Lets the service record no more, waits until all has arrived or the time is over, and counts. */
async function finish(what: string, run: Run): Promise<Told> {
  const { emitter, receivers, tiers, uncounted = [] } = run
  const emitted = run.emitted ?? (await emitter.stop())
  const arrivals = new Arrivals(...receivers)
  await settle(arrivals, emitted, tiers, QUIET_MILLIS)
  const ending = await emitter.end() // and what it has yet to send
  await settle(arrivals, emitted, tiers, LAST_MILLIS)
  if (isFull && ending.stderr !== '') process.stdout.write(`${what}: ${ending.stderr}`)
  const whereabouts = await findWhereabouts(
    ending,
    tiers.map(({ now }) => now),
  )
  const outcome = tell(what, arrivals.compare(emitted), tiers, whereabouts)
  expect(outcome.emitted.payment).toBeGreaterThan(0)
  expect(outcome.renamed).toBe(0)
  expect(outcome.notArchived).toEqual(NO_DURABLE)
  const { records, spans } = outcome.unaccounted
  expect({
    records: uncounted.includes('records') ? 0 : records,
    spans: uncounted.includes('spans') ? 0 : spans,
    whereabouts: describeWhereabouts(whereabouts),
  }).toMatchObject({ records: 0, spans: 0 })
  await expectSums(receivers, emitted)
  return outcome
}

/**
 * Waits until all has arrived and the archives have theirs, or nothing has come for longer than anybody waits to try
 * again; what is missing is counted then.
 */
async function settle(arrivals: Arrivals, emitted: Counts, tiers: readonly Tier[], quietMillis: number): Promise<void> {
  const isSettled = (): boolean => arrivals.isComplete(emitted) && isArchived(emitted, tiers)
  let [before, since] = [-1, performance.now()]
  while (!isSettled() && performance.now() - since < quietMillis) {
    const count = COUNTED.reduce((sum, name) => sum + arrivals.count(name), 0)
    if (count !== before) [before, since] = [count, performance.now()]
    await pause(100)
  }
}

/** Points of metrics may be lost on the way; the next ones tell the same again, so that the sums are right in the end. */
async function expectSums(receivers: readonly Receiver[], { spans }: Counts): Promise<void> {
  const lastOf = (name: string): number => Math.max(0, ...pointsOf(receivers, name).map(({ value }) => value ?? 0))
  await waitFor(() => lastOf('emit.spans') === spans, {
    timeoutMillis: WAIT_MILLIS,
    describe: () => `the sum of the metric is ${lastOf('emit.spans')} of ${spans}`,
  })
  const arrived = new Set(pointsOf(receivers, 'emit.collections').map(({ value }) => value)).size
  if (isFull)
    process.stdout.write(`metrics: ${arrived} of ${lastOf('emit.collections')} collections, the sums are right\n`)
}

function pointsOf(receivers: readonly Receiver[], name: string): readonly ReceivedPoint[] {
  return receivers.flatMap(({ metrics }) =>
    metrics.filter((metric) => metric.name === name).flatMap(({ points }) => points),
  )
}

function isArchived(emitted: Counts, tiers: readonly Tier[]): boolean {
  return DURABLE.every((name) => archivedOf(name, tiers) >= emitted[name])
}

function archivedOf(name: (typeof DURABLE)[number], tiers: readonly Tier[]): number {
  const ids = tiers.flatMap(({ now }) => now.archive(name).match(/"(?:audit|security|payment)-\d+"/g) ?? [])
  return new Set(ids.filter((id) => id.startsWith(`"${name}-`))).size
}

function tell(what: string, outcome: Outcome, tiers: readonly Tier[], whereabouts: readonly Whereabouts[]): Told {
  const missing = DURABLE.map((name) => [name, outcome.emitted[name] - archivedOf(name, tiers)])
  const notArchived = Object.fromEntries(missing) as Told['notArchived']
  const told = { ...outcome, notArchived, whereabouts, unaccounted: countUnaccounted(outcome, whereabouts) }
  if (isFull) process.stdout.write(`${describeOutcome(what, told)}\n`)
  return told
}

/** A line of the table in the README. */
function describeOutcome(what: string, { emitted, lost, twice, notArchived, whereabouts, unaccounted }: Told): string {
  const sum = (counts: Readonly<Record<string, number>>, names: readonly string[]): number =>
    names.reduce((total, name) => total + (counts[name] ?? 0), 0)
  const ordinary = ['performance', 'application']
  const cells = [DURABLE, ordinary, ['spans']].map(
    (names) => `${sum(lost, names)} of ${sum(emitted, names)} (${sum(twice, names)} twice)`,
  )
  const rest = `not accounted for: ${unaccounted.records} records, ${unaccounted.spans} spans`
  return `${[what, ...cells].join(' | ')} | not archived: ${sum(notArchived, DURABLE)} | ${describeWhereabouts(whereabouts)} | ${rest}`
}

async function pause(millis: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, millis))
}
