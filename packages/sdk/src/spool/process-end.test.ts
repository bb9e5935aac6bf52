import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { createEncoder, decodeLogsRequest, toPlainAttributes } from '@plutus/otlp'
import { expect, it, onTestFinished, vi } from 'vitest'
import { assemblePacked } from '../delivery/packed-batch.ts'
import type { PackedBatch } from '../delivery/packed-batch.ts'
import { inspectSpools } from './inspect-spool.ts'
import { crash, createSpoolRig } from './spool-rig.test.helper.ts'

const waiting = ({ waiting: counts }: { readonly waiting: ReadonlyMap<string, number> }): object =>
  Object.fromEntries(counts)

/** Frames below a path that somebody has to send. */
const countAll = (path: string): number =>
  inspectSpools(path)
    .flatMap(({ journals }) => journals.flatMap(({ inspection }) => [...inspection.frames()]))
    .filter(({ isAcknowledged }) => !isAcknowledged).length

it('keeps ordinary records of a worker thread, and sends them as those of that thread', async () => {
  const rig = createSpoolRig()
  const resource = createEncoder().encodeResource({ attributes: { 'service.name': 'thread' } })
  const NAMES = ['rig', 'thread', 'rig']
  for (const [i, name] of NAMES.entries()) {
    const batch = rig.batch('logs', `${i}`)
    expect(rig.spool.keep(name === 'rig' ? batch : { ...batch, resource })).toBe(true)
  }
  const found: unknown[] = []
  const next = createSpoolRig({
    root: crash(rig),
    send: (batch: PackedBatch, onSettled) => {
      const decoded = decodeLogsRequest(assemblePacked(new Uint8Array(0), batch))
      if (!decoded.ok) throw new Error('not OTLP')
      for (const { resource: from, scopeLogs } of decoded.value.resourceLogs) {
        const bodies = scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body?.stringValue))
        found.push([toPlainAttributes(from?.attributes ?? [])['service.name'], ...bodies])
      }
      onSettled([{ count: batch.records }])
    },
  })
  next.spool.begin()
  // Each a request of its own, in their order.
  await vi.waitFor(() => expect(found).toEqual(NAMES.map((name, i) => [name, `${i}`])))
})

it('tells how much of its own is on disk, whenever it was written', async () => {
  const rig = createSpoolRig()
  const tickets = [rig.record('a', 'b'), rig.record('c')]
  rig.isBusy = true
  rig.spool.keep(rig.batch('logs', 'd'))
  rig.spool.keep(rig.batch('traces', 'e', 'f'))
  expect(waiting(rig.spool)).toEqual({ logs: 4, traces: 2 })
  // What arrived behind what did not would be sent again.
  rig.spool.settle(tickets[1] as number, [{ count: 1 }])
  expect(waiting(rig.spool)).toEqual({ logs: 4, traces: 2 })
  rig.spool.settle(tickets[0] as number, [{ count: 2 }])
  expect(waiting(rig.spool)).toEqual({ logs: 1, traces: 2 })
  rig.isBusy = false
  rig.spool.wake()
  await vi.waitFor(() => expect(waiting(rig.spool)).toEqual({}))
})

it('tells nothing of what it took over as its own', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  const next = createSpoolRig({ root: crash(rig), isBusy: () => true })
  next.spool.begin()
  next.record('b', 'c')
  await vi.waitFor(() => expect(next.names).toHaveLength(1)) // the other one is in its own by now
  expect(waiting(next.spool)).toEqual({ logs: 2 })
})

it('counts what the main thread delivers for a thread until it has', () => {
  const thread = createSpoolRig({ isThread: true })
  const main = createSpoolRig({ root: thread.root })
  const place = thread.spool.placeOf(thread.record('a', 'b') as number)
  const ticket = main.spool.takeOver(place as NonNullable<typeof place>, main.batch('logs', 'a', 'b')) as number
  expect(waiting(main.spool)).toEqual({ logs: 2 })
  expect(countAll(main.root)).toBe(2)
  main.spool.settle(ticket, [{ count: 2 }])
  main.spool.finish()
  expect(waiting(main.spool)).toEqual({})
  expect(countAll(main.root)).toBe(0) // although the journal of the thread does not know yet
})

it('removes what a thread has left when all of it was delivered', async () => {
  const thread = createSpoolRig({ isThread: true })
  const main = createSpoolRig({ root: thread.root })
  const place = thread.spool.placeOf(thread.record('a') as number)
  const ticket = main.spool.takeOver(place as NonNullable<typeof place>, main.batch('logs', 'a'))
  main.spool.settle(ticket as number, [{ count: 1 }])
  main.spool.finish()
  const next = createSpoolRig({ root: crash(thread) })
  next.spool.begin()
  // Its own directory is the only one by then, and holds no other.
  await vi.waitFor(() => {
    const [own = ''] = next.names
    expect([next.names.length, readdirSync(join(next.root, own))]).toEqual([1, ['lease']])
  })
  expect(next.sent).toEqual([])
})

it('writes at the end to a disk that had failed a moment ago', () => {
  let isFailing = true
  const fs = process.getBuiltinModule('node:fs')
  const writeSync = ((...args: Parameters<typeof fs.writeSync>) => {
    if (isFailing) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
    return fs.writeSync(...args)
  }) as typeof fs.writeSync
  const rig = createSpoolRig({ files: { ...fs, writeSync }, times: { mend: 60_000 } })
  onTestFinished(() => rig.spool.finish())
  expect(rig.spool.keep(rig.batch('logs', 'a'))).toBe(false)
  isFailing = false
  expect(rig.spool.keep(rig.batch('logs', 'a'))).toBe(false)
  rig.spool.end()
  expect(rig.spool.keep(rig.batch('logs', 'a'))).toBe(true)
  expect(waiting(rig.spool)).toEqual({ logs: 1 })
})
