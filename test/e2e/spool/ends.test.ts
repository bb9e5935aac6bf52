import { isFull, NODES } from '@plutus/test-kit'
import type { Program, TestNode } from '@plutus/test-kit'
import { it } from 'vitest'
import type { onTestFinished as OnFinished } from 'vitest'
import { openDeafServer } from '../faults/deaf-server.ts'
import { countOnDisk } from './count-on-disk.ts'
import { idsOf, openSpoolStory } from './spool-story.ts'
import type { SpoolStory } from './spool-story.ts'

/** How a program ends: by itself with a code, or by a signal that it is sent. */
interface End {
  readonly way: string
  readonly sent?: NodeJS.Signals
  readonly code: number | null
  readonly env?: Readonly<Record<string, string>>
}

const ENDS: readonly End[] = [
  { way: 'by itself', code: 0 },
  { way: 'by process.exit', code: 4 },
  { way: 'by process.exit at once', code: 4 },
  { way: 'by throwing', code: 1 },
  { way: 'by rejecting', code: 1 },
  { way: 'with exit listeners that record', code: 4 },
  { way: 'by a signal', sent: 'SIGTERM', code: null },
  { way: 'by a signal', sent: 'SIGINT', code: null },
  { way: 'by a signal', sent: 'SIGHUP', code: null },
  { way: 'by process.exit after a signal', sent: 'SIGTERM', code: 5 },
  { way: 'with threads that end', code: 0 },
  { way: 'with threads that call process.exit', code: 0 },
  // Threads may have to wait for a processor before they answer.
  { way: 'with threads, by process.exit', code: 4, env: { PLUTUS_EXIT_WAIT_MS: '1000' } },
  { way: 'with threads that it terminates', code: 0 },
  { way: 'with forks', code: 0 },
  { way: 'as a cluster', sent: 'SIGTERM', code: 0 },
  { way: 'as a cluster whose primary ends', sent: 'SIGTERM', code: null },
  // What another thread, or another protocol, had on its way.
  { way: 'by process.exit', code: 4, env: { PLUTUS_EXPORT_THREAD: 'worker' } },
  { way: 'by a signal', sent: 'SIGTERM', code: null, env: { PLUTUS_EXPORT_THREAD: 'worker' } },
  { way: 'by process.exit', code: 4, env: { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' } },
  { way: 'by process.exit', code: 4, env: { PLUTUS_EXIT_WAIT_MS: '0' } },
]

/** Makes an endpoint behave; what it returns is the address to send to where that is another one. */
const ENDPOINTS: Readonly<
  Record<string, (story: SpoolStory, onFinished: typeof OnFinished) => Promise<string | undefined>>
> = {
  dead: async ({ receiver }) => {
    await receiver.refuse()
    return undefined
  },
  deaf: async (_story, onFinished) => {
    const deaf = await openDeafServer()
    onFinished(() => deaf.close())
    return deaf.url
  },
  slow: ({ receiver }) => {
    receiver.respond({ delayMillis: 1200 })
    return Promise.resolve(undefined)
  },
  busy: ({ receiver }) => {
    receiver.respond({ status: 503 })
    return Promise.resolve(undefined)
  },
  good: () => Promise.resolve(undefined),
}

type Row = readonly [how: string, endpoint: string, node: string, end: End, at: TestNode]

const describeEnd = ({ way, sent, env }: End): string =>
  [way, ...(sent === undefined ? [] : [sent]), ...Object.values(env ?? {})].join(', ')

// In full every end with every endpoint on every Node; else each end and each endpoint, on one Node or another.
const ROWS: readonly Row[] = ENDS.flatMap((end, i) =>
  Object.keys(ENDPOINTS).flatMap((endpoint, j) =>
    (isFull ? NODES : i % 5 === j ? [NODES[i % NODES.length]] : []).flatMap((node) =>
      node === undefined ? [] : [[describeEnd(end), endpoint, node.label, end, node] as const],
    ),
  ),
)

/** Records that the program's processes have told to be on disk. */
function countTold(stderr: string): Record<'logs' | 'spans', number> {
  const sum = { logs: 0, spans: 0 }
  for (const [, kept = ''] of stderr.matchAll(/kept on disk for the next start: ([^;\n]+)/g)) {
    sum.logs += Number(/log records (\d+)/.exec(kept)?.[1] ?? 0)
    sum.spans += Number(/spans (\d+)/.exec(kept)?.[1] ?? 0)
  }
  return sum
}

/** Whether one of several processes may deliver what another has told that it left, or tell the same again. */
function mayTakeOver({ way }: End, endpoint: string): boolean {
  return /forks|cluster/.test(way) && (endpoint === 'good' || endpoint === 'slow')
}

async function end(program: Program, { sent }: End): Promise<Awaited<Program['exited']>> {
  if (sent !== undefined) {
    await program.ready
    await new Promise((resolve) => setTimeout(resolve, 300))
    program.kill(sent)
  }
  return await program.exited
}

it.concurrent.for(ROWS)(
  'loses nothing when a program ends %s, and its endpoint is %s, on Node %s',
  async ([text, endpoint, , how, node], { expect, onTestFinished }) => {
    const story = await openSpoolStory(onTestFinished)
    const { receiver, start, directory, missing, arrived, deliverRest } = story
    const url = await ENDPOINTS[endpoint]?.(story, onTestFinished)
    const env = {
      PLUTUS_EXIT_WAIT_MS: '300',
      ...how.env,
      ...(url !== undefined && { OTEL_EXPORTER_OTLP_ENDPOINT: url }),
    }
    const { code, signal, stdout, stderr } = await end(start('ends.cjs', [how.way], { node, env }), how)
    expect({ code, signal }).toEqual({ code: how.code, signal: how.code === null ? how.sent : null })
    const ids = idsOf(stdout)
    expect(ids.length).toBeGreaterThanOrEqual(10)
    const [onDisk, told] = [await countOnDisk(directory), countTold(stderr)]
    if (mayTakeOver(how, endpoint)) {
      expect(onDisk.logs).toBeLessThanOrEqual(told.logs)
      expect(onDisk.spans).toBeLessThanOrEqual(told.spans)
    } else {
      expect(onDisk).toEqual(told)
    }

    if (endpoint === 'dead') await receiver.accept()
    receiver.respond()
    const last = await deliverRest(ids)
    const ordinary = (): unknown[] => receiver.logs.flatMap(({ attributes }) => attributes['ordinary'] ?? [])
    const spans = (): string[] => receiver.spans.map(({ name }) => name)
    const isHere = (found: readonly unknown[]): boolean => ids.every((id) => found.includes(id))
    await receiver.waitFor(() => isHere(ordinary()) && isHere(spans()), { timeoutMillis: 20_000 }).catch(() => {})
    await last.stop()
    const left = (found: readonly unknown[]): string[] => ids.filter((id) => !found.includes(id))
    expect([missing(ids), left(ordinary()), left(spans())]).toEqual([[], [], []])
    // What comes twice is known by its id, and comes so only where an answer was not to be had in time.
    const twice = [...arrived()].filter(([id, { count }]) => ids.includes(id) && count > 1)
    expect(twice.filter(([, { uids }]) => uids.size !== 1)).toEqual([])
    if (endpoint !== 'slow' && endpoint !== 'good') expect(twice).toEqual([])
    if (isFull) {
      const count = (found: readonly unknown[]): number =>
        found.filter((id) => ids.includes(String(id))).length - ids.length
      process.stdout.write(
        `${text}, ${endpoint}, ${node.label}: ${ids.length} of each; on disk ${onDisk.logs + onDisk.spans}; twice ${twice.length} durable, ${count(ordinary())} ordinary, ${count(spans())} spans\n`,
      )
    }
  },
)
