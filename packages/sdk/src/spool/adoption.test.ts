import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { Lease, LEASE_FILE, LeaseWatch, parseLease, readLease } from './lease.ts'
import { takeDirectory } from './instance-directory.ts'
import { findProcess, readOwnMark } from './owner-process.ts'
import { crash, createFolder, createSpoolRig, QUICK } from './spool-rig.test.helper.ts'
import type { SpoolRig } from './spool-rig.test.helper.ts'

const start = (root: string, isBegun = true): SpoolRig => {
  const rig = createSpoolRig({ root })
  if (isBegun) rig.spool.begin()
  return rig
}

const TIMES = { renew: 10, trust: 60, dead: 100 }

it('takes a directory of a process that nobody here can see once its lease has not moved for long enough', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  const next = start(crash(rig, 'elsewhere'))
  const since = performance.now()
  await vi.waitFor(() => expect(next.sent).toEqual([['a']]))
  expect(performance.now() - since).toBeGreaterThanOrEqual(QUICK.dead)
})

it('leaves the directory of an owner who renews its lease, whatever process the lease names', async () => {
  // Two containers on one volume: both believe to be process 1 of a namespace that the other one cannot see.
  const one = createSpoolRig()
  one.record('a')
  const [name = ''] = one.names
  const lease = join(one.root, name, LEASE_FILE)
  const disguise = setInterval(() => {
    const text = readFileSync(lease, 'utf8').replace(/"boot":"[^"]{36}"/, `"boot":"${'x'.repeat(36)}"`)
    writeFileSync(lease, text)
  }, 2)
  const other = start(one.root)
  await new Promise((resolve) => setTimeout(resolve, QUICK.dead * 3))
  clearInterval(disguise)
  expect(other.sent).toEqual([])
  expect(existsSync(join(one.root, name))).toBe(true)
})

it('has one of many starters get a directory', async () => {
  const rig = createSpoolRig()
  for (let i = 0; i < 5; i++) rig.record(`a${i}`)
  const root = crash(rig)
  const starters = Array.from({ length: 6 }, () => start(root))
  await vi.waitFor(() => expect(starters.flatMap(({ sent }) => sent.flat())).toHaveLength(5))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(starters.filter(({ sent }) => sent.length > 0)).toHaveLength(1)
})

it('gives a directory back whose owner has moved its lease in the last moment', () => {
  const root = join(createFolder(), 'spool')
  const [name, own] = [`1${'0'.repeat(12)}-${'a'.repeat(16)}`, `1${'0'.repeat(12)}-${'b'.repeat(16)}`]
  for (const each of [name, own]) mkdirSync(join(root, each), { recursive: true, mode: 0o700 })
  writeFileSync(join(root, name, LEASE_FILE), 'moved')
  expect(takeDirectory(root, name, join(root, own, name), 'seen')).toBe('missed')
  expect(readdirSync(root).sort()).toEqual([name, own])
  expect(takeDirectory(root, name, join(root, own, name), 'moved')).toBe('taken')
  expect(readdirSync(root)).toEqual([own])
})

it('judges a lease by what it has seen of it itself', () => {
  let now = 0
  const watch = new LeaseWatch(TIMES, () => now)
  const look = (text: string | undefined, millis = 20): string => {
    now += millis
    return watch.look('x', text)
  }
  expect([look('1'), look('1'), look('2'), look('2')]).toEqual(['silent', 'silent', 'alive', 'silent'])
  expect([look('2'), look('2'), look('2'), look('2')]).toEqual(['silent', 'silent', 'silent', 'dead'])
  // A directory without a lease is one whose owner was killed before it had made it, or is just making it.
  expect([look(undefined), look(undefined)]).toEqual(['alive', 'silent'])
})

it('begins again after it was stopped itself: the other one may have been, too', () => {
  let now = 0
  const watch = new LeaseWatch(TIMES, () => now)
  watch.look('x', '1')
  now += 10_000
  expect(watch.look('x', '1')).toBe('silent')
  for (let i = 0; i < 4; i++) {
    now += 20
    expect(watch.look('x', '1')).toBe('silent')
  }
  now += 20
  expect(watch.look('x', '1')).toBe('dead')
})

it('asks nobody for the time of day', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 7 * 86_400_000 })
  try {
    const other = start(rig.root) // a week ago
    vi.setSystemTime(Date.now() + 14 * 86_400_000)
    rig.record('b')
    await new Promise((resolve) => setTimeout(resolve, QUICK.dead * 2))
    expect(other.sent).toEqual([])
    const next = start(crash(rig))
    await vi.waitFor(() => expect(next.sent.flat()).toEqual(['a', 'b']))
  } finally {
    vi.useRealTimers()
  }
})

it('asks whether a directory is still its owner’s once the last renewal is some time ago, and not before', () => {
  let now = 0
  const folder = createFolder()
  let lost = 0
  const lease = Lease.make(folder, { owner: 'a', isThread: false, times: TIMES, now: () => now }, () => lost++)
  const first = readLease(folder)
  now = TIMES.trust - 1
  expect([lease.check(), readLease(folder) === first]).toEqual([true, true])
  now = TIMES.trust
  expect([lease.check(), readLease(folder) === first]).toEqual([true, false])
  renameSync(join(folder, LEASE_FILE), join(folder, 'elsewhere'))
  expect(lease.check()).toBe(true) // trusted again since the last call
  now += TIMES.trust
  expect([lease.check(), lease.check(), lost]).toEqual([false, false, 1])
})

it.runIf(process.platform === 'linux')('knows its own process, and that one with another start is gone', () => {
  const mark = readOwnMark()
  expect(mark?.pid).toBe(process.pid)
  if (mark === undefined) return
  expect(findProcess(mark)).toBe('alive')
  expect(findProcess({ ...mark, start: '1' })).toBe('gone')
  expect(findProcess({ ...mark, pid: 4_194_305 })).toBe('gone') // larger than any
  expect(findProcess({ ...mark, boot: 'other' })).toBe('unknown')
  expect(findProcess({ ...mark, namespace: 'other' })).toBe('unknown')
})

it('reads leases of others without trusting them', () => {
  expect(parseLease('')).toBeUndefined()
  expect(parseLease('000000000000001 {}')).toBeUndefined()
  expect(parseLease('000000000000001 {"owner":"a","isThread":true}')).toEqual({ owner: 'a', isThread: true })
})
