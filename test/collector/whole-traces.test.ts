import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull, startProgram, startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { renderCollector } from '@plutus/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { smallPolicy } from './src/renderings.ts'
import { removeCollectors, startCollector } from './src/running-collector.ts'
import type { RunningCollector } from './src/running-collector.ts'

// A shop under the hook, its policy in PLUTUS_POLICY_FILE, a collector of the same policy, and what the shop says that each
// of its requests recorded.
const { reason } = collectorBinary
const PROGRAM = fileURLToPath(new URL('programs/shop.mjs', import.meta.url))
const KEPT = ['/fails', '/breaks', '/throws', '/slow', '/warns', '/pays', '/login', '/keeps'] as const
const PER_KIND = isFull ? 200 : 20
const PLAIN = isFull ? 6000 : 600
const LANES = 16
// A tenth of all trace ids, by their last 56 bits, as OpenTelemetry has it.
const LOWEST_CHOSEN = 'e6666666666666'
const QUIET_MILLIS = 5000 // longer than a process and a collector wait for the end of a trace
const WAIT = { timeoutMillis: 60_000 }

/** What the shop says of a request. */
interface Request {
  readonly path: string
  readonly traceId: string
  readonly spans: number
  readonly records: readonly { readonly id: string; readonly isBelowWarn: boolean; readonly isDurable: boolean }[]
}

afterAll(removeCollectors)

// Both wait for most of their time: at once.
describe.skipIf(reason !== '').concurrent.for(['process', 'collector'] as const)(
  `a tenth, decided by the %s${reason && ` (${reason})`}`,
  (decider) => {
    let folder: string
    let receiver: Receiver
    let collector: RunningCollector
    let requests: readonly Request[]
    let spans: ReadonlyMap<string, number>
    let records: ReadonlySet<string>

    const isChosen = ({ traceId }: Request): boolean => traceId.slice(-LOWEST_CHOSEN.length) >= LOWEST_CHOSEN
    const of = (path: string): readonly Request[] => requests.filter((request) => request.path === path)
    const arrivedOf = (request: Request): { spans: number; records: readonly string[] } => ({
      spans: spans.get(request.traceId) ?? 0,
      records: request.records.filter(({ id }) => records.has(id)).map(({ id }) => id),
    })
    const wholeOf = (request: Request): { spans: number; records: readonly string[] } => ({
      spans: request.spans,
      records: request.records.map(({ id }) => id),
    })

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'plutus-shop-'))
      const text = `sampling: { rate: 10%, wait: 1s, slow: 300ms, decided_by: ${decider} }`
      writeFileSync(join(folder, 'policy.yaml'), `version: 1\n${text}\n`)
      receiver = await startReceiver()
      collector = await startCollector(renderCollector(smallPolicy(text), { role: 'single' }), {
        env: { PLUTUS_OTLP_ENDPOINT: receiver.httpUrl },
      })
      const shop = startProgram({
        file: PROGRAM,
        receiver: { httpUrl: collector.httpUrl, grpcUrl: collector.httpUrl },
        ready: /^port \d+$/,
        timeoutMillis: 0,
        env: { PLUTUS_POLICY_FILE: join(folder, 'policy.yaml'), PLUTUS_SPOOL_DIR: join(folder, 'spool') },
      })
      await ask(Number((await shop.ready).slice('port '.length)))
      await settle(receiver)
      shop.write('stop\n')
      const line = await waitFor(() => shop.stdout.split('\n').find((one) => one.endsWith(']')), WAIT)
      shop.kill('SIGTERM')
      await shop.exited
      await settle(receiver)
      requests = JSON.parse(line) as readonly Request[]
      const byTrace = Map.groupBy(receiver.spans, ({ traceId }) => traceId)
      spans = new Map([...byTrace].map(([traceId, list]) => [traceId, new Set(list.map(({ spanId }) => spanId)).size]))
      records = new Set(receiver.logs.map(({ attributes }) => String(attributes['id'])))
    }, 300_000)

    afterAll(async () => {
      await collector.kill()
      await receiver.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it.each(KEPT)('keeps each request of %s with all of its spans', (path) => {
      expect(of(path)).toHaveLength(PER_KIND)
      expect(of(path).map((request) => arrivedOf(request).spans)).toEqual(of(path).map(({ spans: all }) => all))
    })

    it.each(KEPT)('keeps the records of each request of %s: all of them, where the process decides', (path) => {
      const expected = of(path).map((request) =>
        decider === 'process' || isChosen(request)
          ? wholeOf(request).records
          : // When these came by, nobody could know.
            request.records.filter(({ isBelowWarn, isDurable }) => isDurable || !isBelowWarn).map(({ id }) => id),
      )
      expect(of(path).map((request) => arrivedOf(request).records)).toEqual(expected)
    })

    it('keeps of all others a tenth, by the id of the trace, spans and records of the same requests', () => {
      expect(of('/plain')).toHaveLength(PLAIN)
      const nothing = { spans: 0, records: [] }
      expect(of('/plain').map(arrivedOf)).toEqual(
        of('/plain').map((request) => (isChosen(request) ? wholeOf(request) : nothing)),
      )
      const share = of('/plain').filter((request) => arrivedOf(request).spans > 0).length / PLAIN
      expect(Math.abs(share - 0.1)).toBeLessThan(5 * Math.sqrt(0.09 / PLAIN)) // five standard deviations
    })

    it('has in the files of the archive what must not be lost', () => {
      const durable = requests.flatMap((request) => request.records.filter(({ isDurable }) => isDurable))
      const files = ['payment', 'security'].map((name) => collector.archive(name)).join('')
      expect(durable).toHaveLength(2 * PER_KIND)
      expect(durable.filter(({ id }) => !files.includes(`"${id}"`))).toEqual([])
    })
  },
)

/** Asks for everything, mixed, several requests at a time. */
async function ask(port: number): Promise<void> {
  const plain = Array.from({ length: PLAIN }, () => '/plain')
  const every = Math.floor(PLAIN / (PER_KIND * KEPT.length))
  const paths = Array.from({ length: PER_KIND }, () => KEPT)
    .flat()
    .flatMap((path) => [path, ...plain.splice(0, every)])
  const left = [...paths, ...plain]
  const agent = new Agent({ keepAlive: true, maxSockets: LANES })
  const lane = async (): Promise<void> => {
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      const at = { host: '127.0.0.1', port, path, agent }
      await new Promise<void>((resolve, reject) => {
        get(at, (response) => void response.resume().on('end', resolve)).on('error', reject)
      })
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  agent.destroy()
}

/** Comes back when nothing has arrived for a while. */
async function settle({ logs, spans }: Receiver): Promise<void> {
  for (let before = -1; before !== logs.length + spans.length;) {
    before = logs.length + spans.length
    await new Promise((resolve) => setTimeout(resolve, QUIET_MILLIS))
  }
}
