import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ByteBuffer, createEncoder, decodeLogsRequest, toPlainAttributes } from '@plutus/otlp'
import { onTestFinished } from 'vitest'
import type { Outcome } from '../delivery/losses.ts'
import { assemblePacked } from '../delivery/packed-batch.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import { Spool } from './spool.ts'
import type { SpoolOptions } from './spool-options.ts'

const encoder = createEncoder()
/** What the records of a rig come from. */
export const resource = encoder.encodeResource({ attributes: { 'service.name': 'rig' } })
export const scope = encoder.encodeScope({ name: 'rig' })

/** A spool, what it sends, and who answers. */
export interface SpoolRig {
  readonly spool: Spool
  readonly root: string
  /** Bodies of what it has sent, request by request. */
  readonly sent: string[][]
  readonly lines: string[]
  /** Sums of `plutus.spool.*`, by name and attributes. */
  readonly metrics: Record<string, number>
  /** Decides what becomes of what is sent. */
  answer: (batch: PackedBatch) => Promise<readonly Outcome[]> | readonly Outcome[]
  isBusy: boolean
  /** Records durable records of a batch that has no ticket yet. */
  append(...bodies: string[]): void
  /** Records durable records, and returns the ticket of their batch. */
  record(...bodies: string[]): number | undefined
  /** A batch as the pipeline has it. */
  batch(signal: 'logs' | 'traces', ...bodies: string[]): PackedBatch
  /** Names in the root. */
  readonly names: string[]
}

/** Times with which a test need not wait for long. */
export const QUICK = { renew: 10, trust: 60, dead: 100, acknowledge: 1, retry: 5, mend: 20, scan: 20 }

/** A folder that goes with the test. */
export function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spool-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function createSpoolRig(options: Partial<SpoolOptions> = {}): SpoolRig {
  const root = options.root ?? join(createFolder(), 'spool')
  const sent: string[][] = []
  const lines: string[] = []
  const metrics: Record<string, number> = {}
  const rig: SpoolRig = {
    root,
    sent,
    lines,
    metrics,
    answer: ({ records }) => [{ count: records }],
    isBusy: false,
    spool: new Spool({
      root,
      maxBytes: 64 * 1024 * 1024,
      maxAgeMillis: 1e9,
      sync: 'none',
      resource: () => resource,
      isThread: false,
      send: (batch, onSettled) => {
        sent.push(readBodies(batch))
        void Promise.resolve(rig.answer(batch)).then(onSettled)
      },
      isBusy: () => rig.isBusy,
      warn: (line) => void lines.push(line),
      meter: {
        createCounter: (name) => ({
          add: (count, attributes) => {
            const key = [name.replace('plutus.spool.', ''), ...Object.values(attributes ?? {})].join(' ')
            metrics[key] = (metrics[key] ?? 0) + count
          },
        }),
      },
      times: QUICK,
      ...options,
    }),
    append: (...bodies) => {
      const out = new ByteBuffer(1024)
      for (const body of bodies) {
        const start = out.position
        encoder.encodeLogRecord(out, { body, attributes: { 'plutus.data.class': 'payment' } })
        rig.spool.append(scope, out.bytes, start, out.position)
      }
    },
    record: (...bodies) => {
      rig.append(...bodies)
      return rig.spool.seal()
    },
    batch: (signal, ...bodies) => {
      const out = new ByteBuffer(1024)
      for (const body of bodies) {
        if (signal === 'logs') encoder.encodeLogRecord(out, { body })
        else
          encoder.encodeSpan(out, {
            name: body,
            traceId: 'a'.repeat(32),
            spanId: 'b'.repeat(16),
            startTime: 1,
            endTime: 2,
            kind: 0,
            flags: 1,
          })
      }
      const bytes = Uint8Array.from(out.written())
      return {
        signal,
        isDurable: false,
        bytes,
        scopes: [scope],
        runs: Uint32Array.of(0, 0, bytes.length),
        records: bodies.length,
      }
    },
    get names() {
      return readdirSync(root)
    },
  }
  return rig
}

/** Bodies of log records, or the class of each other one. */
export function readBodies(batch: PackedBatch): string[] {
  if (batch.signal !== 'logs') return [`${batch.records} spans`]
  const decoded = decodeLogsRequest(assemblePacked(resource, batch))
  if (!decoded.ok) throw new Error('not OTLP')
  return decoded.value.resourceLogs.flatMap(({ resource: from, scopeLogs }) => {
    if (toPlainAttributes(from?.attributes ?? [])['service.name'] !== 'rig') throw new Error('of another resource')
    return scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body?.stringValue ?? ''))
  })
}

/** The directories of a spool as a kill of its process would leave them now, in a place of their own. */
export function crash({ root }: Pick<SpoolRig, 'root'>, owner: 'gone' | 'elsewhere' = 'gone'): string {
  const left = join(createFolder(), 'spool')
  cpSync(root, left, { recursive: true, mode: 0 })
  buryOwners(left, owner)
  return left
}

/** Has the leases in a spool be those of processes that are dead. They are written over, which takes no room. */
export function buryOwners(root: string, owner: 'gone' | 'elsewhere' = 'gone'): void {
  for (const name of readdirSync(root)) {
    const lease = join(root, name, 'lease')
    const text = readFileSync(lease, 'utf8')
    const { process, ...content } = JSON.parse(text.slice(15).split('\n', 1)[0] ?? '') as { process?: object }
    const mark = owner === 'gone' ? { ...process, start: '1' } : { ...process, boot: 'another machine' }
    writeFileSync(lease, `${text.slice(0, 16)}${JSON.stringify({ ...content, process: mark })}\n`, { flag: 'r+' })
  }
}
