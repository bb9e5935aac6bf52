import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { crash, createFolder, createSpoolRig, QUICK } from './spool-rig.test.helper.ts'
import type { SpoolRig } from './spool-rig.test.helper.ts'
import { SpoolCounts } from './spool-counts.ts'
import type { SpoolOptions } from './spool-options.ts'
import { SpoolRoom } from './spool-room.ts'

const BIG = 'x'.repeat(20_000)
const bodies = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${prefix}${i} ${BIG}`)
const namesOf = (sent: readonly (readonly string[])[]): string[] =>
  sent.flat().map((body) => body.slice(0, body.indexOf(' ')))

function start(root: string, options: Partial<SpoolOptions> = {}): SpoolRig {
  const rig = createSpoolRig({ root, ...options })
  rig.spool.begin()
  return rig
}

/** Bytes of all files below a directory. */
function sizeOf(root: string): number {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

it('drops the oldest ordinary records first and no durable ones, and tells each loss by its class', async () => {
  const rig = createSpoolRig({ maxBytes: 1_000_000 })
  rig.isBusy = true
  for (const prefix of ['a', 'b']) rig.spool.release(rig.record(...bodies(prefix, 13)) as number)
  for (const prefix of ['c', 'd', 'e']) expect(rig.spool.keep(rig.batch('logs', ...bodies(prefix, 13)))).toBe(true)
  expect(rig.spool.state.bytes).toBeLessThan(1_000_000)
  expect(rig.metrics['dropped application full']).toBeGreaterThan(0)
  let stored = 26
  for (const prefix of ['f', 'g', 'h']) {
    for (const body of bodies(prefix, 13)) {
      const ticket = rig.record(body)
      if (ticket === undefined) continue // in memory only
      expect(rig.spool.release(ticket)).toBe(true)
      stored++
    }
  }
  // All that is ordinary had to go, and then there was no room for more.
  expect(rig.metrics['dropped application full']).toBe(3 * 13)
  expect(stored).toBeGreaterThan(40)
  expect(stored).toBeLessThan(26 + 3 * 13)
  expect(rig.spool.state.bytes).toBeLessThan(1_000_000 + 300_000)
  expect(rig.spool.keep(rig.batch('logs', 'more'))).toBe(false)
  rig.spool.finish()
  expect(rig.lines).toEqual([
    expect.stringMatching(/^The spool has reached PLUTUS_SPOOL_MAX_BYTES with records that must not be lost/),
    expect.stringMatching(/^Records on disk lost: application 39 \(no more room.*PLUTUS_SPOOL_MAX_BYTES\)$/),
  ])
  // None of those that were stored is lost, and what is delivered makes room.
  rig.isBusy = false
  await vi.waitFor(() => expect(rig.sent.flat()).toHaveLength(stored), 5000)
  await vi.waitFor(() => expect(rig.record('again')).toBeDefined())
  expect(rig.metrics).not.toHaveProperty(['dropped payment full'])
})

it('starts beside more than fits in, of many that are dead, and loses what is ordinary only', async () => {
  const root = join(createFolder(), 'spool')
  for (let i = 0; i < 30; i++) {
    const one = createSpoolRig({ root })
    one.isBusy = true
    one.record(...bodies(`p${i}`, 3))
    one.spool.keep(one.batch('logs', ...bodies(`o${i}`, 3)))
  }
  const next = start(crash({ root }), { maxBytes: 1_200_000 })
  next.isBusy = true
  // More than sixteen of them: those that wait for their turn are looked through, too.
  await vi.waitFor(() => expect(next.metrics).toEqual({ 'dropped application full': 90 }))
  await vi.waitFor(() => expect(next.lines).toContainEqual(expect.stringContaining('reached PLUTUS_SPOOL_MAX_BYTES')))
  expect(next.record('kept in memory')).toBeUndefined()
  next.isBusy = false
  await vi.waitFor(() => expect(namesOf(next.sent)).toHaveLength(90), 5000)
  expect(namesOf(next.sent).every((name) => name.startsWith('p'))).toBe(true)
  await vi.waitFor(() => expect(next.record('on disk')).toBeDefined())
})

it('holds processes that live to the bound together, each dropping its own', async () => {
  const root = join(createFolder(), 'spool')
  const maxBytes = 1_000_000
  const one = start(root, { maxBytes })
  one.isBusy = true
  for (const prefix of ['a', 'b', 'c']) one.spool.keep(one.batch('logs', ...bodies(prefix, 13)))
  const other = start(root, { maxBytes })
  other.isBusy = true
  await new Promise((resolve) => setTimeout(resolve, 3 * QUICK.scan)) // it has measured
  const recorded = bodies('p', 40).map((body) => other.record(body))
  // What is ordinary, wherever it is, takes no room from what must not be lost.
  expect(recorded).not.toContain(undefined)
  await vi.waitFor(() => expect(one.metrics['dropped application full']).toBeGreaterThan(20))
  expect(sizeOf(root)).toBeLessThan(maxBytes + 10_000)
  expect(other.metrics).toEqual({ 'stored logs durable': 40 })
})

/** The room of a process that has nothing itself. */
function openRoom(root: string, maxBytes: number, isOurs: () => boolean = () => false): SpoolRoom {
  const counts = new SpoolCounts(() => {})
  return new SpoolRoom({ root, maxBytes, counts, ledgers: () => [], isOurs, onCrowded: () => {}, onFailure: () => {} })
}

it('counts what it has taken over since it has measured as its own, and not twice', async () => {
  const root = join(createFolder(), 'spool')
  createSpoolRig({ root }).record(BIG)
  let isOurs = false
  const room = openRoom(root, 20_000, () => isOurs)
  await room.measure()
  expect([room.isCrowded, room.isForOrdinary]).toEqual([true, false])
  isOurs = true
  room.fit()
  expect([room.isCrowded, room.isForOrdinary]).toEqual([false, true])
})

it('has room for what must not be lost where the others have what is ordinary, which they drop', async () => {
  const root = join(createFolder(), 'spool')
  const one = createSpoolRig({ root })
  one.isBusy = true
  one.spool.keep(one.batch('logs', BIG))
  const room = openRoom(root, 20_000)
  await room.measure()
  expect([room.isCrowded, room.isForOrdinary]).toEqual([false, false])
})

it('measures before its first record where many short programs have left something', () => {
  const root = join(createFolder(), 'spool')
  for (let i = 0; i < 65; i++) {
    const one = createSpoolRig({ root })
    one.isBusy = true
    one.record(BIG)
  }
  expect(createSpoolRig({ root, maxBytes: 1_200_000 }).record('a')).toBeUndefined()
  expect(createSpoolRig({ root, maxBytes: 1_500_000 }).record('a')).toBeDefined()
})

it('makes room for what is new with what is damaged', () => {
  const rig = createSpoolRig({ maxBytes: 400_000 })
  rig.isBusy = true
  rig.record('a')
  const [name = ''] = rig.names
  const root = crash(rig)
  mkdirSync(join(root, name, 'durable'), { recursive: true })
  writeFileSync(join(root, name, 'durable', '00000000000000ff.segment.quarantine'), 'x'.repeat(400_000), {
    mode: 0o600,
  })
  const next = start(root, { maxBytes: 400_000 })
  next.isBusy = true
  return vi.waitFor(() => {
    expect(readdirSync(root, { recursive: true }).filter((path) => String(path).endsWith('quarantine'))).toEqual([])
    expect(next.record('b')).toBeDefined()
  })
})

it('keeps as durable what is durable and had no room when it was recorded', async () => {
  const rig = createSpoolRig()
  rig.isBusy = true
  expect(rig.spool.keep({ ...rig.batch('logs', 'a', 'b'), isDurable: true })).toBe(true)
  expect(rig.metrics).toEqual({ 'stored logs durable': 2 })
  const [name = ''] = rig.names
  expect(readdirSync(join(rig.root, name)).sort()).toEqual(['durable', 'lease'])
  // Each record is one of those that can be refused.
  rig.answer = () => [{ count: 1 }, { reason: 'refused', count: 1, isForGood: true }]
  rig.isBusy = false
  await vi.waitFor(() => expect(rig.metrics).toMatchObject({ refused: 1 }))
  await vi.waitFor(() => expect(readdirSync(join(rig.root, name)).sort()).toContain('refused'))
})

it('begins no directory for ordinary records beside too many others', () => {
  const root = join(createFolder(), 'spool')
  for (let i = 0; i < 64; i++) createSpoolRig({ root }).record('a')
  const rig = createSpoolRig({ root })
  expect([rig.spool.keep(rig.batch('logs', 'b')), rig.names.length]).toEqual([false, 64])
  expect(rig.record('c')).toBeDefined()
  expect(rig.spool.keep(rig.batch('logs', 'd'))).toBe(true)
})
