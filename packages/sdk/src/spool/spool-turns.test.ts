import { join } from 'node:path'
import { NODE_FILES, openJournal } from '@plutus/journal'
import type { JournalFiles } from '@plutus/journal'
import { createBufferPool } from '@plutus/otlp'
import { expect, it, onTestFinished, vi } from 'vitest'
import { FrameWriter, writeLabel } from './spool-frame.ts'
import type { SpoolKind } from './spool-frame.ts'
import { crash, createSpoolRig, resource, scope } from './spool-rig.test.helper.ts'
import type { SpoolRig } from './spool-rig.test.helper.ts'

/** The most that was done in one turn of the event loop. */
interface Most {
  opened: number
  deleted: number
}

/** Calls to the file system, and the most of them that one turn of the event loop has made. */
function countByTurn(): { readonly files: JournalFiles; readonly most: Most } {
  const most: Most = { opened: 0, deleted: 0 }
  const now: Most = { ...most }
  const note = (what: keyof Most, count: number): void => {
    now[what] += count
    most[what] = Math.max(most[what], now[what])
  }
  let isOver = false
  const turn = (): void => {
    Object.assign(now, { opened: 0, deleted: 0 })
    if (!isOver) setImmediate(turn)
  }
  turn()
  onTestFinished(() => void (isOver = true))
  const { openSync, unlinkSync } = NODE_FILES
  return {
    most,
    files: {
      ...NODE_FILES,
      openSync: (...args) => {
        note('opened', 1)
        return openSync(...args)
      },
      unlinkSync: (path) => {
        note('deleted', 1)
        unlinkSync(path)
      },
    },
  }
}

/** A directory that a process left which recorded little for a long time: a file for each record. */
function leaveBehind(rig: SpoolRig, kind: SpoolKind, count: number, bytes = 100): void {
  rig.record('first')
  const [name = ''] = rig.names
  let now = 0
  const journal = openJournal({
    directory: join(rig.root, name, kind),
    label: writeLabel(kind, resource),
    sync: 'none',
    clock: { wall: Date.now, monotonic: () => (now += 10_000) },
  })
  const frames = new FrameWriter()
  for (let i = 0; i < count; i++) {
    const { bytes: record } = rig.batch('logs', `${i} `.padEnd(bytes, '.'))
    journal.append(frames.write(scope, record, 0, record.length))
  }
  journal.close()
}

const FILES = 500

it('takes over, sends and deletes what was left in thousands of files, some in each turn of the event loop', async () => {
  const left = createSpoolRig()
  leaveBehind(left, 'logs', FILES)
  const root = crash(left)
  const { files, most } = countByTurn()
  const rig = createSpoolRig({ root, files })
  rig.spool.begin()
  await vi.waitFor(() => expect(rig.sent.flat()).toHaveLength(FILES + 1), { timeout: 20_000 })
  expect(rig.sent.flat().slice(1).map(Number.parseFloat)).toEqual(Array.from({ length: FILES }, (_none, i) => i))
  await vi.waitFor(() => expect(rig.spool.state.bytes).toBe(0), { timeout: 20_000 })
  // Opening some, reading some for a request, and the cursors.
  expect(most.opened).toBeLessThan(80)
  expect(most.deleted).toBeLessThan(60)
})

it('reads what was written at once a part at a time, into memory that is lent to it', async () => {
  const left = createSpoolRig()
  const bodies = Array.from({ length: 600 }, (_none, i) => `${i} ${'x'.repeat(2000)}`)
  expect(left.spool.keep(left.batch('logs', ...bodies))).toBe(true)
  let most = 0
  const readSync = ((...args: [number, Buffer, number, number, number]) => {
    most = Math.max(most, args[3])
    return NODE_FILES.readSync(...args)
  }) as JournalFiles['readSync']
  const lent = new Set<unknown>()
  const pool = createBufferPool()
  const rig = createSpoolRig({ root: crash(left), files: { ...NODE_FILES, readSync }, pool })
  rig.answer = ({ bytes, records }) => {
    lent.add(bytes.buffer)
    pool.release(bytes.buffer)
    return [{ count: records }]
  }
  rig.spool.begin()
  await vi.waitFor(() => expect(rig.sent.flat()).toEqual(bodies))
  expect(rig.sent.length).toBeGreaterThan(2)
  expect(lent.size).toBe(1)
  expect(most).toBeLessThanOrEqual(64 * 1024)
})

it('drops what there is no room for in parts, one in each turn of the event loop, and counts all of it', async () => {
  const left = createSpoolRig()
  leaveBehind(left, 'logs', FILES, 10_000)
  const root = crash(left)
  const { files, most } = countByTurn()
  const rig = createSpoolRig({ root, files, maxBytes: 1_000_000 })
  rig.isBusy = true
  rig.spool.begin()
  const dropped = (): number => rig.metrics['dropped application full'] ?? 0
  await vi.waitFor(() => expect(dropped()).toBeGreaterThan(FILES - 110), { timeout: 20_000 })
  await vi.waitFor(() => expect(rig.spool.state.bytes).toBeLessThan(1_000_000))
  expect(most.deleted).toBeLessThan(20)
  rig.isBusy = false
  await vi.waitFor(() => expect(rig.sent.flat()).toHaveLength(1 + FILES - dropped()), { timeout: 20_000 })
})
