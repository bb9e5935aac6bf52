import { setTimeout as delay } from 'node:timers/promises'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { CLASS_ORDER, renderCollector } from '@plutus/policy'
import { isFull, startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kafka, KAFKA_BUILD_MILLIS } from './src/kafka.ts'
import type { Broker } from './src/kafka.ts'
import { logsRequest, metricsRequest, newTraceId, tracesRequest } from './src/otlp-json.ts'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

const reason = collectorBinary.reason || kafka.reason
const policy = smallPolicy('targets: { transport: kafka }')
const ROUNDS = isFull ? 60 : 12
// A group waits half a minute for a dead member.
const KILLED_AFTER: readonly number[] = isFull ? [20, 40] : []
const PAUSE_MILLIS = 50
// A group looks for a dead member for so long, and then reads again what it had not marked.
const ARRIVAL_MILLIS = 90_000

describe.skipIf(reason !== '')(`Kafka between agent and gateway${reason && ` (${reason})`}`, () => {
  let broker: Broker
  let receiver: Receiver
  let agent: RunningCollector
  const env = (): Readonly<Record<string, string>> => ({
    PLUTUS_KAFKA_BROKERS: `["${broker.address}"]`,
    PLUTUS_OTLP_ENDPOINT: receiver.httpUrl,
  })
  const startGateway = async (before?: RunningCollector): Promise<RunningCollector> =>
    await startCollector(renderCollector(policy, { role: 'gateway' }), {
      env: env(),
      ...(before === undefined ? {} : { folder: before.folder, ports: before.ports }),
    })

  beforeAll(async () => {
    await kafka.ensure()
    broker = await kafka.start([...CLASS_ORDER, 'traces', 'metrics'].map((name) => `plutus.${name}`))
    receiver = await startReceiver()
    agent = await startCollector(renderCollector(policy, { role: 'agent' }), { env: env() })
  }, KAFKA_BUILD_MILLIS)
  afterAll(async () => {
    removeCollectors()
    await receiver.close()
    await broker.close()
  })

  it(
    `loses nothing of any class, no span and no metric${isFull ? ', though the gateway is killed twice' : ''}; topics begin with what is no OTLP`,
    async ({ annotate }) => {
      let gateway = await startGateway()
      const traces: string[] = []
      for (let round = 0; round < ROUNDS; round++) {
        const traceId = newTraceId()
        traces.push(traceId)
        const records = CLASS_ORDER.map((name) => {
          return { attributes: { 'plutus.data.class': name }, severity: 9, body: `${name} ${round}` }
        })
        const sent = [
          await agent.send('logs', logsRequest(records)),
          await agent.send('traces', tracesRequest([{ traceId }, { traceId }])),
          await agent.send('metrics', metricsRequest(`orders.${round}`, 1)),
        ]
        expect(sent).toEqual([200, 200, 200])
        if (KILLED_AFTER.includes(round)) {
          // In the middle of its work: it has taken something by now.
          const taken = receiver.logs.length
          await waitFor(() => receiver.logs.length > taken || taken > 0, { timeoutMillis: ARRIVAL_MILLIS })
          await gateway.kill()
          gateway = await startGateway(gateway)
        }
        await delay(PAUSE_MILLIS)
      }
      const wanted = Array.from({ length: ROUNDS }, (_none, round) =>
        CLASS_ORDER.map((name) => `${name} ${round}`),
      ).flat()
      const missing = (): readonly string[] => {
        const bodies = new Set(receiver.logs.map(({ body }) => String(body)))
        const spans = Map.groupBy(receiver.spans, ({ traceId }) => traceId)
        const names = new Set(receiver.metrics.map(({ name }) => name))
        return [
          ...wanted.filter((body) => !bodies.has(body)),
          ...traces.filter((id) => new Set(spans.get(id)?.map(({ spanId }) => spanId)).size !== 2),
          ...Array.from({ length: ROUNDS }, (_none, round) => `orders.${round}`).filter((name) => !names.has(name)),
        ]
      }
      await waitFor(() => missing().length === 0, {
        timeoutMillis: ARRIVAL_MILLIS,
        describe: () => `${missing().length} are missing, such as ${missing().slice(0, 5).join(', ')}`,
      })
      expect(missing()).toEqual([])
      // Each class came by its own topic and has its own way on; what is durable is in the archive too.
      for (const { body, resource } of receiver.logs) {
        expect(resource['plutus.data.class']).toBe(String(body).split(' ')[0])
      }
      for (const name of ['audit', 'security', 'payment'] as const) {
        const archived = gateway.archive(name)
        expect(wanted.filter((body) => body.startsWith(name) && !archived.includes(`"${body}"`))).toEqual([])
      }
      expect(gateway.output()).not.toContain('pausing partition')
      const twice = receiver.logs.length - wanted.length
      await annotate(`${wanted.length} records, ${traces.length * 2} spans: none lost; ${twice} records came twice`)
      expect(await gateway.stop()).toEqual({ code: 0, signal: null })
    },
    3 * ARRIVAL_MILLIS,
  )
})
