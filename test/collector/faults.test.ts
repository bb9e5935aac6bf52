import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull, startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { CLASS_ORDER, renderCollector } from '@plutus/policy'
import type { Policy } from '@plutus/policy'
import { afterAll, describe, expect, it } from 'vitest'
import { logsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { A_TENTH, smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

// Records are numbered, sent until they are taken, as the SDK's spool does, and counted where they end.
const { reason } = collectorBinary
const BATCHES = isFull ? 400 : 30
const KILLS = isFull ? 10 : 2
const OUTAGE_MILLIS = isFull ? 600_000 : 1000
const WAIT = { timeoutMillis: isFull ? 300_000 : 60_000 }
const DURABLE = new Set<string>(['audit', 'security', 'payment'])
afterAll(removeCollectors)

/** What became of what was sent. */
interface Count {
  readonly sent: number
  readonly lost: Readonly<Record<string, number>>
  readonly duplicates: number
}

const NOTHING_LOST = Object.fromEntries(CLASS_ORDER.map((name) => [name, 0]))

describe.skipIf(reason !== '')(`the collector under faults${reason && ` (${reason})`}`, () => {
  it.concurrent.each<[string, (receiver: Receiver) => Promise<void>]>([
    [
      'a backend that is down for a while',
      async (receiver) => {
        await receiver.refuse()
        await pause(OUTAGE_MILLIS)
        await receiver.accept()
      },
    ],
    ['a backend that answers 429', async (receiver) => await answerFor(receiver, { status: 429, retryAfter: 1 })],
    ['a backend that answers 503', async (receiver) => await answerFor(receiver, { status: 503 })],
    ['a backend that is slow', async (receiver) => await answerFor(receiver, { delayMillis: 300 })],
    ['a backend that cuts connections', async (receiver) => await answerFor(receiver, { reset: 'mid-body' })],
    ['a backend whose answer is cut off', async (receiver) => await answerFor(receiver, { reset: 'after-body' })],
  ])(
    'loses nothing to %s',
    async (_what, fault) => {
      const receiver = await startReceiver()
      const collector = await start(smallPolicy(), receiver)
      const sending = sendAll(() => collector)
      await fault(receiver)
      const sent = await sending
      const count = await countArrivals(receiver, sent)
      await receiver.close()
      expect(count.lost).toEqual(NOTHING_LOST)
    },
    isFull ? 1_200_000 : 120_000,
  )

  it.concurrent(
    'loses nothing to kills under load, and starts with what it had',
    async () => {
      const receiver = await startReceiver()
      let collector = await start(smallPolicy(), receiver)
      const sending = sendAll(() => collector)
      for (let n = 0; n < KILLS; n++) {
        await pause(200)
        await collector.kill()
        collector = await restart(collector, smallPolicy(), receiver)
      }
      const { lost, duplicates, sent } = await countArrivals(receiver, await sending)
      await receiver.close()
      expect(lost).toEqual(NOTHING_LOST)
      expect(duplicates).toBeLessThan(sent) // at least once: what was under way is told again, and has its uid
    },
    isFull ? 600_000 : 120_000,
  )

  it.concurrent(
    'loses nothing to kills of the gateway and of the agent before it',
    async () => {
      const receiver = await startReceiver()
      const policy = smallPolicy()
      const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }
      let gateway = await startCollector(renderCollector(policy, { role: 'gateway' }), { env })
      const agentConfig = renderCollector(policy, { role: 'agent' })
      const agentEnv = { PLUTUS_OTLP_ENDPOINT: gateway.httpUrl }
      let agent = await startCollector(agentConfig, { env: agentEnv })
      const sending = sendAll(() => agent)
      for (let n = 0; n < KILLS; n++) {
        await pause(200)
        await gateway.kill()
        gateway = await startCollector(renderCollector(policy, { role: 'gateway' }), {
          env,
          folder: gateway.folder,
          ports: gateway.ports,
        })
        await agent.kill()
        agent = await startCollector(agentConfig, { env: agentEnv, folder: agent.folder, ports: agent.ports })
      }
      const { lost } = await countArrivals(receiver, await sending)
      await receiver.close()
      expect(lost).toEqual(NOTHING_LOST)
    },
    isFull ? 600_000 : 120_000,
  )

  it.concurrent('answers 503 when a queue is full, and loses nothing that it took before', async () => {
    const receiver = await startReceiver()
    await receiver.refuse()
    const collector = await start(smallPolicy('classes: { payment: { queue: 1MiB } }'), receiver)
    const body = 'x'.repeat(20_000)
    const taken: string[] = []
    let status = 200
    for (let n = 0; status === 200; n++) {
      const id = `p${n}`
      status = await collector.send('logs', logsRequest([{ body, attributes: { id, 'plutus.data.class': 'payment' } }]))
      if (status === 200) taken.push(id)
    }
    expect(status).toBe(503)
    // Others go on: each class has a queue of its own.
    expect(await collector.send('logs', logsRequest([{ attributes: { 'plutus.data.class': 'security' } }]))).toBe(200)
    await collector.kill()
    await receiver.accept()
    await restart(collector, smallPolicy('classes: { payment: { queue: 1MiB } }'), receiver)
    await waitFor(() => taken.every((id) => receiver.logs.some(({ attributes }) => attributes['id'] === id)), WAIT)
    await receiver.close()
    expect(taken.length).toBeGreaterThan(20)
  })

  it.concurrent('delivers the other classes while the backend of one is down, and that one afterwards', async () => {
    const [receiver, payments] = [await startReceiver(), await startReceiver()]
    await payments.refuse()
    const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl, PLUTUS_OTLP_ENDPOINT_PAYMENT: payments.httpUrl }
    const collector = await startCollector(renderCollector(smallPolicy(), { role: 'single' }), { env })
    const sent = await sendAll(() => collector)
    const others = [...sent].filter(([, name]) => name !== 'payment')
    await waitFor(() => receiver.logs.length === others.length, WAIT)
    await payments.accept()
    await waitFor(() => payments.logs.length === sent.size - others.length, WAIT)
    expect(new Set(payments.logs.map(({ attributes }) => attributes['plutus.data.class']))).toEqual(
      new Set(['payment']),
    )
    await Promise.all([receiver.close(), payments.close()])
  })

  it.concurrent.each([400, 401, 404, 413, 500])(
    'has what must not be lost in the archive where a backend answers %d, which makes a collector drop it',
    async (status) => {
      const receiver = await startReceiver()
      receiver.respond({ status })
      const collector = await start(smallPolicy(), receiver)
      const sent = await sendAll(() => collector, 3)
      await waitFor(() => receiver.requests.length >= CLASS_ORDER.length, WAIT)
      const archived = CLASS_ORDER.flatMap((name) => collector.archive(name).match(/"r\d+"/g) ?? [])
      await receiver.close()
      const durable = [...sent].filter(([, name]) => DURABLE.has(name)).map(([id]) => `"${id}"`)
      expect(new Set(archived)).toEqual(new Set(durable))
    },
  )

  it.concurrent('loses only spans that were not decided when a sampler is killed, and goes on with the next', async () => {
    const receiver = await startReceiver()
    const policy = smallPolicy(A_TENTH)
    const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }
    const sampler = await startCollector(renderCollector(policy, { role: 'sampler' }), { env })
    const hosts = `{static: {hostnames: ["127.0.0.1:${sampler.ports.grpc}"]}}`
    const gateway = await startCollector(renderCollector(policy, { role: 'gateway' }), {
      env: { ...env, PLUTUS_SAMPLERS: hosts },
    })
    const error = (): { traceId: string; isError: boolean } => ({ traceId: newTraceId(), isError: true })
    const first = error()
    expect(await gateway.send('traces', tracesRequest([first]))).toBe(200)
    await waitFor(() => receiver.spans.some(({ traceId }) => traceId === first.traceId), WAIT)
    await sampler.kill()
    const second = error()
    expect(await gateway.send('traces', tracesRequest([second]))).toBe(200) // waits in the gateway
    const sent = await sendAll(() => gateway, 3)
    const { lost } = await countArrivals(receiver, sent)
    expect(lost).toEqual(NOTHING_LOST)
    await startCollector(renderCollector(policy, { role: 'sampler' }), {
      env,
      folder: sampler.folder,
      ports: sampler.ports,
    })
    await waitFor(() => receiver.spans.some(({ traceId }) => traceId === second.traceId), WAIT)
    await receiver.close()
  })
})

async function start(policy: Policy, receiver: Receiver): Promise<RunningCollector> {
  return await startCollector(renderCollector(policy, { role: 'single' }), {
    env: { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl },
  })
}

async function restart(before: RunningCollector, policy: Policy, receiver: Receiver): Promise<RunningCollector> {
  const { folder, ports } = before
  const env = { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }
  return await startCollector(renderCollector(policy, { role: 'single' }), { env, folder, ports })
}

async function answerFor(receiver: Receiver, fault: Parameters<Receiver['respond']>[0]): Promise<void> {
  receiver.respond(fault)
  await pause(OUTAGE_MILLIS)
  receiver.respond()
}

/** Sends numbered records of all classes, each batch until it is taken, and gives the class of each number. */
async function sendAll(collector: () => RunningCollector, batches = BATCHES): Promise<ReadonlyMap<string, string>> {
  const sent = new Map<string, string>()
  for (let n = 0; n < batches; n++) {
    const logs = CLASS_ORDER.flatMap((name, at) =>
      Array.from({ length: 4 }, (_, k) => {
        const id = `r${n * 100 + at * 10 + k}`
        sent.set(id, name)
        return { severity: 9, attributes: { id, 'plutus.data.class': name } }
      }),
    )
    const request = logsRequest(logs)
    while (
      (await collector()
        .send('logs', request)
        .catch(() => 0)) !== 200
    )
      await pause(50)
    await pause(10)
  }
  return sent
}

/** Waits until all has arrived, or what has arrived stays the same for long, and counts. */
async function countArrivals(receiver: Receiver, sent: ReadonlyMap<string, string>): Promise<Count> {
  const arrived = (): Set<unknown> => new Set(receiver.logs.map(({ attributes }) => attributes['id']))
  await waitFor(() => [...sent.keys()].every((id) => arrived().has(id)), WAIT).catch(() => {}) // counted below
  const seen = arrived()
  const lost = Object.fromEntries(
    CLASS_ORDER.map((name) => [name, [...sent].filter(([id, of]) => of === name && !seen.has(id)).length]),
  )
  return { sent: sent.size, lost, duplicates: receiver.logs.length - seen.size }
}

async function pause(millis: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, millis))
}
