import * as fs from 'node:fs'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { NODE_FILES } from '@plutus/journal'
import { expect, it, vi } from 'vitest'
import { crash, createFolder, createSpoolRig, QUICK } from './spool-rig.test.helper.ts'
import type { SpoolRig } from './spool-rig.test.helper.ts'
import type { Outcome } from '../delivery/losses.ts'
import type { SpoolOptions } from './spool-options.ts'
import type { ThreadPlace } from './thread-account.ts'

function start(root: string, options: Partial<SpoolOptions> = {}): SpoolRig {
  const rig = createSpoolRig({ root, ...options })
  rig.spool.begin()
  return rig
}

it('delivers after a kill what was recorded and not delivered, in its order', async () => {
  const rig = createSpoolRig()
  rig.record('a', 'b')
  rig.record('c')
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['a', 'b', 'c']]))
  await vi.waitFor(() => expect(next.metrics).toEqual({ 'replayed logs': 3 }))
  next.spool.finish()
  expect(next.names).toEqual([])
})

it('does not deliver again what was acknowledged before the kill', async () => {
  const rig = createSpoolRig()
  const [first, second] = [rig.record('a'), rig.record('b')]
  rig.record('c')
  expect(rig.spool.settle(first as number, [{ count: 1 }])).toEqual([{ count: 1 }])
  // Refused in a partial success: counted, and not sent again either.
  const rejected = [{ reason: 'rejected', count: 1 }] as const
  expect(rig.spool.settle(second as number, rejected)).toEqual(rejected)
  rig.spool.finish()
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['c']]))
})

it('acknowledges what was delivered while it runs, since nobody announces a kill', async () => {
  const rig = createSpoolRig()
  const first = rig.record('a') as number
  rig.record('b')
  rig.spool.settle(first, [{ count: 1 }])
  const cursor = join(rig.root, rig.names[0] ?? '', 'durable', 'cursor')
  await vi.waitFor(() => expect(fs.existsSync(cursor)).toBe(true))
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['b']]))
})

it('does not acknowledge a batch before those in front of it', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  const second = rig.record('b') as number
  rig.spool.settle(second, [{ count: 1 }])
  rig.spool.finish()
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent.flat()).toEqual(['a', 'b']))
})

it('does not acknowledge what has no ticket yet with what was written behind it and delivered', async () => {
  const rig = createSpoolRig()
  rig.append('a')
  // It was recorded while the disk failed, say.
  expect(rig.spool.keep({ ...rig.batch('logs', 'older'), isDurable: true })).toBe(true)
  rig.append('b')
  const ticket = rig.spool.seal() as number
  // What stands behind the other is sent from disk as well.
  await vi.waitFor(() => expect(rig.sent.flat()).toEqual(['older', 'b']))
  rig.spool.finish()
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent.flat()).toEqual(['a', 'older', 'b']))
  rig.spool.settle(ticket, [{ count: 2 }])
  rig.spool.finish()
  expect(rig.names).toEqual([])
})

it('takes for kept what is on disk in two places, since something older was written between', async () => {
  const rig = createSpoolRig({ times: { ...QUICK, retry: 1e9 } })
  rig.isBusy = true
  const record = (): number => {
    rig.append('a')
    rig.spool.keep({ ...rig.batch('logs', 'older'), isDurable: true })
    rig.append('b')
    return rig.spool.seal() as number
  }
  expect(rig.spool.settle(record(), [{ reason: 'unreachable', count: 2 }])).toEqual([])
  const ticket = record()
  expect([rig.spool.isPart(ticket), rig.spool.release(ticket)]).toEqual([false, true])
  expect(rig.metrics).toEqual({ 'stored logs durable': 6 })
  rig.spool.finish()
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent.flat()).toEqual(['a', 'older', 'b', 'a', 'older', 'b']))
})

it('sends by itself what could not be sent at once, and counts nothing of it as lost', async () => {
  const rig = createSpoolRig()
  const ticket = rig.record('a', 'b') as number
  expect(rig.spool.settle(ticket, [{ reason: 'unreachable', count: 2 }])).toEqual([])
  await vi.waitFor(() => expect(rig.sent).toEqual([['a', 'b']]))
  expect(rig.lines).toEqual([])
})

it('sends from disk what memory let go of', async () => {
  const rig = createSpoolRig()
  const ticket = rig.record('a', 'b') as number
  expect([rig.spool.release(ticket), rig.spool.release(ticket)]).toEqual([true, false])
  await vi.waitFor(() => expect(rig.sent).toEqual([['a', 'b']]))
})

it('sends what memory let go of in an outage as soon as that is over, and what it has tried in vain after a pause', async () => {
  const rig = createSpoolRig({ times: { ...QUICK, retry: 1e9 } })
  rig.isBusy = true
  const [first, second] = ['a', 'b'].map((body) => rig.record(body) as number)
  expect(rig.spool.release(first as number)).toBe(true)
  expect(rig.spool.settle(second as number, [{ reason: 'unreachable', count: 1 }])).toEqual([])
  rig.isBusy = false
  rig.spool.wake()
  await vi.waitFor(() => expect(rig.sent).toEqual([['a']]))
})

it('keeps ordinary records and spans, and sends them when nothing else waits', async () => {
  const rig = createSpoolRig()
  rig.isBusy = true
  expect([rig.spool.keep(rig.batch('logs', 'a')), rig.spool.keep(rig.batch('traces', 'x', 'y'))]).toEqual([true, true])
  expect(rig.spool.keep({ ...rig.batch('logs', 'a'), signal: 'metrics' })).toBe(false)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(rig.sent).toEqual([])
  rig.isBusy = false
  await vi.waitFor(() => expect(new Set(rig.sent.flat())).toEqual(new Set(['2 spans', 'a'])))
  expect(rig.metrics).toMatchObject({ 'stored logs ordinary': 1, 'stored traces ordinary': 2 })
})

it('keeps the place of what is on its way: once delivered it is done, else it is sent before what is younger', async () => {
  const rig = createSpoolRig()
  rig.isBusy = true
  const [first, second] = [rig.spool.store(rig.batch('logs', 'a')), rig.spool.store(rig.batch('logs', 'b'))]
  expect(rig.spool.keep(rig.batch('logs', 'c', 'd'))).toBe(true)
  expect(rig.spool.store({ ...rig.batch('logs', 'a'), signal: 'metrics' })).toBe(undefined)
  expect(rig.metrics).toEqual({ 'stored logs ordinary': 4 })
  const killed = start(crash(rig))
  await vi.waitFor(() => expect(killed.sent).toEqual([['a', 'b', 'c', 'd']]))
  expect(rig.spool.settle(second as number, [{ reason: 'unreachable', count: 1 }])).toEqual([])
  expect(rig.spool.settle(first as number, [{ count: 1 }])).toEqual([{ count: 1 }])
  rig.isBusy = false
  rig.spool.wake()
  await vi.waitFor(() => expect(rig.sent.flat()).toEqual(['b', 'c', 'd']))
})

it('loses of what is on its way what was discarded and does not arrive: it would stand behind what is younger', async () => {
  const rig = createSpoolRig({ maxBytes: 1_000_000 })
  rig.isBusy = true
  const text = 'x'.repeat(70_000)
  const [arrives, fails, isLet] = ['a', 'b', 'c'].map((name) => rig.spool.store(rig.batch('logs', name + text)))
  const dropped = (): number => rig.metrics['dropped application full'] ?? 0
  let kept = 0
  while (dropped() < 1) {
    expect(rig.spool.keep(rig.batch('logs', text))).toBe(true)
    if (++kept > 30) break
    await new Promise((resolve) => setImmediate(resolve))
  }
  // The first three were discarded before, of which nothing was counted, since memory has them.
  const ofOthers = dropped()
  expect(rig.spool.settle(arrives as number, [{ count: 1 }])).toEqual([{ count: 1 }])
  expect(dropped()).toBe(ofOthers)
  expect(rig.spool.settle(fails as number, [{ reason: 'unreachable', count: 1 }])).toEqual([])
  expect(dropped()).toBe(ofOthers + 1)
  expect(rig.spool.release(isLet as number)).toBe(true)
  expect(dropped()).toBe(ofOthers + 2)
  rig.isBusy = false
  rig.spool.wake()
  await vi.waitFor(() => expect(rig.sent.flat()).toHaveLength(kept - ofOthers))
  expect(rig.sent.flat().filter((body) => body !== text)).toEqual([])
})

it.each([
  ['arrives', 0],
  ['does not arrive', 1],
  ['is not answered before the process ends', 1],
])('counts what was discarded on its way from disk as lost only if it does not arrive: it %s', async (how, lost) => {
  const rig = createSpoolRig({ maxBytes: 1_000_000, times: { ...QUICK, retry: 1e9 } })
  const text = 'x'.repeat(70_000)
  let answer: ((outcomes: readonly Outcome[]) => void) | undefined
  rig.answer = () => new Promise((resolve) => (answer = resolve))
  rig.spool.keep(rig.batch('logs', `a${text}`))
  await vi.waitFor(() => expect(rig.sent).toHaveLength(1))
  let kept = 1
  const dropped = (): number => rig.metrics['dropped application full'] ?? 0
  for (; dropped() < 1 && kept < 40; kept++) {
    rig.spool.keep(rig.batch('logs', text))
    await new Promise((resolve) => setImmediate(resolve))
  }
  const ofOthers = dropped()
  rig.answer = ({ records }) => [{ count: records }]
  if (how === 'is not answered before the process ends') rig.spool.finish()
  else answer?.([how === 'arrives' ? { count: 1 } : { reason: 'unreachable', count: 1 }])
  const arrived = how === 'arrives' ? kept - ofOthers : 0
  await vi.waitFor(() => expect([dropped(), rig.metrics['replayed logs'] ?? 0]).toEqual([ofOthers + lost, arrived]))
  rig.spool.finish()
  expect(dropped()).toBe(ofOthers + lost)
})

it('acknowledges what is delivered behind a batch that is on its way for long, once the place of that was discarded', async () => {
  const rig = createSpoolRig({ maxBytes: 1_000_000 })
  const text = 'x'.repeat(70_000)
  const slow = rig.spool.store(rig.batch('logs', `a${text}`)) as number
  let most = 0
  for (let i = 0; i < 40; i++) {
    rig.spool.settle(rig.spool.store(rig.batch('logs', text)) as number, [{ count: 1 }])
    await new Promise((resolve) => setImmediate(resolve))
    most = Math.max(most, rig.spool.state.bytes)
  }
  expect(most).toBeGreaterThan(900_000)
  await vi.waitFor(() => expect(rig.spool.state.bytes).toBeLessThan(200_000))
  // Memory alone has it.
  expect([rig.spool.settle(slow, [{ count: 1 }]), rig.sent, rig.lines]).toEqual([[{ count: 1 }], [], []])
  rig.spool.finish()
  expect(rig.names).toEqual([])
})

it('tries again, in order, where sending from disk fails, and after another kill too', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  const next = start(crash(rig))
  let fails = 3
  next.answer = ({ records }) => (fails-- > 0 ? [{ reason: 'timeout', count: records }] : new Promise<never>(() => {}))
  await vi.waitFor(() => expect(next.sent).toEqual([['a'], ['a'], ['a'], ['a']]), 5000)
  next.record('b')
  const third = start(crash(next))
  // The directory that the second had taken over is found in its own.
  await vi.waitFor(() => expect(third.sent.flat().sort()).toEqual(['a', 'b']))
})

it('sets aside, for people, the records that are refused for good, and sends the others', async () => {
  const rig = createSpoolRig()
  const ticket = rig.record('a', 'b', 'c', 'd') as number
  const outcomes = [{ count: 2 }, { reason: 'refused', count: 2, isForGood: true }] as const
  expect(rig.spool.settle(ticket, outcomes)).toEqual([{ count: 2 }])
  expect(rig.lines).toEqual([expect.stringMatching(/^The endpoint refuses records .*plutus spool ls/)])
  expect(rig.metrics).toMatchObject({ refused: 2 })
  rig.spool.finish()
  const [name = ''] = rig.names
  const file = readdirSync(join(rig.root, name, 'refused'))[0] ?? ''
  const text = readFileSync(join(rig.root, name, 'refused', file), 'latin1')
  expect(['a', 'b', 'c', 'd'].map((body) => text.includes(`\n\u0001${body}`))).toEqual([false, false, true, true])
  // They are kept by later processes too, and never sent.
  const next = start(crash(rig))
  next.record('e')
  await vi.waitFor(() =>
    expect(next.names.some((each) => existsSync(join(next.root, each, name, 'refused')))).toBe(true),
  )
  expect(next.sent).toEqual([])
})

it('gives up what is too old and cannot be delivered, but nothing that was not tried', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  const root = crash(rig)
  // However wrong its clock is: everything seems to be a year old.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 365 * 86_400_000 })
  try {
    const next = start(root, { maxAgeMillis: 48 * 3_600_000 })
    next.isBusy = true
    await new Promise((resolve) => setTimeout(resolve, 5 * QUICK.scan))
    expect(next.metrics).toEqual({})
    next.isBusy = false
    await vi.waitFor(() => expect(next.sent).toEqual([['a']]))
    expect(next.metrics).toEqual({ 'replayed logs': 1 })

    const other = createSpoolRig()
    other.record('b')
    const third = start(crash(other), { maxAgeMillis: -400 * 86_400_000 })
    third.answer = ({ records }) => [{ reason: 'unreachable', count: records }]
    await vi.waitFor(() => expect(third.metrics).toEqual({ 'dropped payment age': 1 }))
  } finally {
    vi.useRealTimers()
  }
})

it('gives up nothing for its age where something has been delivered since', async () => {
  const rig = start(join(createFolder(), 'spool'), { maxAgeMillis: -1e12 })
  rig.isBusy = true
  const [first, second] = ['a', 'b'].map((body) => rig.record(body) as number)
  rig.spool.settle(first as number, [{ reason: 'unreachable', count: 1 }])
  rig.spool.settle(second as number, [{ count: 1 }])
  await new Promise((resolve) => setTimeout(resolve, 3 * QUICK.scan))
  expect(rig.metrics).toEqual({ 'stored logs durable': 2 })
})

it('writes nothing before there is something to keep', () => {
  const rig = start(join(createFolder(), 'spool'))
  rig.spool.finish()
  expect(existsSync(rig.root)).toBe(false)
})

it('counts what it sends again by what became of it', async () => {
  const rig = createSpoolRig()
  rig.isBusy = true
  rig.spool.keep(rig.batch('logs', 'a', 'b', 'c'))
  rig.answer = () => [{ count: 1 }, { reason: 'rejected', count: 1 }, { reason: 'refused', count: 1, isForGood: true }]
  rig.isBusy = false
  await vi.waitFor(() =>
    expect(rig.metrics).toEqual({
      'stored logs ordinary': 3,
      'replayed logs': 1,
      'dropped application rejected': 1,
      'dropped application refused': 1,
    }),
  )
  rig.spool.finish()
  expect(rig.lines).toEqual([expect.stringMatching(/^Records on disk lost: .*refused by the endpoint/)])
})

it('makes directories and files that nobody else can read', () => {
  const rig = createSpoolRig()
  rig.record('a')
  rig.spool.keep(rig.batch('logs', 'b'))
  const modes = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const mode = fs.statSync(join(entry.parentPath, entry.name)).mode & 0o777
      return `${entry.isDirectory() ? 'directory' : 'file'} ${mode.toString(8)}`
    })
  expect([...new Set([...modes(rig.root), ...modes(join(rig.root, '..'))])].sort()).toEqual([
    'directory 700',
    'file 600',
  ])
})

const FAULTS: readonly [string, (root: string) => void, RegExp][] = [
  ['a link', (root) => symlinkSync(createFolder(), root), /symbolic link/],
  ['a file', (root) => fs.writeFileSync(root, ''), /no directory/],
  [
    'open to others',
    (root) => {
      mkdirSync(root, { mode: 0o755 })
      chmodSync(root, 0o755)
    },
    /open to other users \(mode 0755/,
  ],
  ['below a file', (root) => fs.writeFileSync(join(root, '..'), ''), /cannot be made \(ENOTDIR\)/],
]

it.runIf(process.platform !== 'win32').each(FAULTS)(
  'tells once that a directory is %s, and runs on in memory',
  (_what, prepare, why) => {
    const above = join(createFolder(), 'above')
    const root = join(above, 'spool')
    if (!String(why).includes('ENOTDIR')) mkdirSync(above)
    prepare(root)
    const rig = createSpoolRig({ root })
    for (let i = 0; i < 3; i++) expect(rig.record('a')).toBeUndefined()
    expect(rig.spool.keep(rig.batch('logs', 'a'))).toBe(false)
    expect(rig.lines).toEqual([expect.stringMatching(why)])
    expect(rig.lines[0]).toMatch(/^Unsent telemetry is kept in memory only, see PLUTUS_SPOOL_DIR\. /)
  },
)

it('belongs to nobody else: a directory of another user is left alone', () => {
  const root = join(createFolder(), 'spool')
  mkdirSync(root, { mode: 0o700 })
  const own = process.geteuid?.() ?? 0
  const geteuid = vi.spyOn(process, 'geteuid').mockReturnValue(own + 1)
  const rig = createSpoolRig({ root })
  rig.record('a')
  geteuid.mockRestore()
  expect(rig.lines).toEqual([expect.stringMatching(/belongs to another user/)])
})

it.each([
  ['ENOSPC', /ENOSPC.*Make room/s],
  ['EROFS', /EROFS/],
  ['EIO', /EIO/],
])('tells once that a disk fails with %s, keeps on in memory, and writes again when it can', async (code, why) => {
  let isBroken = false
  const writeSync = ((...args: Parameters<typeof fs.writeSync>) => {
    if (isBroken) throw Object.assign(new Error(code), { code })
    return fs.writeSync(...args)
  }) as typeof fs.writeSync
  const rig = createSpoolRig({ files: { ...NODE_FILES, writeSync } })
  const first = rig.record('a') as number
  isBroken = true
  const [second, third] = [rig.record('b'), rig.record('c')]
  expect([second, third]).toEqual([undefined, undefined])
  expect(rig.lines).toEqual([expect.stringMatching(why)])
  // What memory has and the disk has not is counted as it would be without a spool.
  expect(rig.spool.settle(first, [{ reason: 'unreachable', count: 1 }])).toEqual([])
  isBroken = false
  await vi.waitFor(() => expect(rig.record('d')).toBeDefined())
  expect(rig.lines).toHaveLength(1)
})

it('has ordinary records make room for durable ones on a full disk', async () => {
  let room = Infinity
  const writeSync = ((...args: Parameters<typeof fs.writeSync>) => {
    const length = Number(args[3])
    if (length > room) throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    room -= length
    return fs.writeSync(...args)
  }) as typeof fs.writeSync
  const unlinkSync: typeof fs.unlinkSync = (path) => {
    room += fs.statSync(path).size
    fs.unlinkSync(path)
  }
  const rig = createSpoolRig({ files: { ...NODE_FILES, writeSync, unlinkSync } })
  rig.isBusy = true
  rig.spool.keep(rig.batch('logs', 'x'.repeat(1000)))
  room = 0
  expect(rig.record('a')).toBeDefined()
  expect(rig.metrics).toMatchObject({ 'dropped application full': 1, 'stored logs durable': 1 })
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['a']]))
})

it('makes another directory when its own is removed, and says so', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  rmSync(rig.root, { recursive: true })
  await vi.waitFor(() => expect(rig.lines).toEqual([expect.stringMatching(/directory of the spool is gone/)]))
  const ticket = rig.record('b') as number
  expect(rig.names).toHaveLength(1)
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['b']]))
  expect(rig.spool.settle(ticket, [{ count: 1 }])).toEqual([{ count: 1 }])
})

it.each(['removed', 'taken'])('believes nothing to be kept in a directory that was just %s', async (how) => {
  const rig = createSpoolRig({ times: { ...QUICK, renew: 1e9, trust: 1e9 } })
  rig.isBusy = true
  const [first, second, third] = ['a', 'b', 'c'].map((body) => rig.record(body) as number)
  expect(rig.spool.release(first as number)).toBe(true)
  if (how === 'removed') rmSync(rig.root, { recursive: true })
  else renameSync(rig.root, join(createFolder(), 'taken'))
  expect(rig.spool.release(second as number)).toBe(false)
  const failed = [{ reason: 'unreachable', count: 1 }] as const
  expect(rig.spool.settle(third as number, failed)).toBe(failed)
  expect(rig.spool.keep(rig.batch('logs', 'd'))).toBe(true)
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['d']]))
})

it.each([0, 5000, 1.5e12 + 0.5, -1, Number.NaN])('finds what was written while the clock said %d', async (time) => {
  const now = vi.spyOn(Date, 'now').mockReturnValue(time)
  const rig = createSpoolRig()
  rig.record('a')
  now.mockRestore()
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toEqual([['a']]))
})

it('makes one other directory when its own is removed with what it has taken over', async () => {
  const rig = createSpoolRig()
  rig.record('a')
  const next = start(crash(rig))
  let answer: (() => void) | undefined
  next.answer = ({ records }) => new Promise((resolve) => (answer = () => resolve([{ count: records }])))
  await vi.waitFor(() => expect(next.sent).toEqual([['a']]))
  rmSync(next.root, { recursive: true })
  await vi.waitFor(() => expect(next.lines).toHaveLength(1))
  next.record('b')
  const { names } = next
  answer?.()
  await new Promise((resolve) => setTimeout(resolve, 5 * QUICK.mend))
  next.record('c')
  expect(next.names).toEqual(names)
  expect(next.lines).toEqual([expect.stringMatching(/directory of the spool is gone/)])
})

it('tells in one line that its own directory is gone, with all that it would have read there', async () => {
  const rig = createSpoolRig()
  const rigs = [rig, createSpoolRig({ root: rig.root }), createSpoolRig({ root: rig.root })]
  for (const [at, { record }] of rigs.entries()) record(`a${at}`)
  // It does not look for itself before it reads.
  const next = createSpoolRig({ root: crash(rig), times: { ...QUICK, renew: 1e9, trust: 1e9 } })
  next.isBusy = true
  next.spool.begin()
  await vi.waitFor(() => expect(next.names).toHaveLength(1))
  rmSync(next.root, { recursive: true })
  next.isBusy = false
  next.spool.wake()
  await vi.waitFor(() => expect(next.lines).not.toEqual([]))
  await new Promise((resolve) => setTimeout(resolve, 5 * QUICK.mend))
  expect(next.lines).toEqual([expect.stringMatching(/directory of the spool is gone/)])
})

it('reads what a process with a key has written only with that key', async () => {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const rig = createSpoolRig({ keys: [key] })
  rig.record('unmistakable')
  const root = crash(rig)
  const bytes = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
  expect(bytes.some((text) => text.includes('unmistakable'))).toBe(false)
  const without = start(root)
  await vi.waitFor(() =>
    expect(without.lines).toEqual([expect.stringMatching(/another key.*they are kept.*PLUTUS_SPOOL_KEY_FILE/)]),
  )
  expect(without.sent).toEqual([])
  const other = crypto.getRandomValues(new Uint8Array(32))
  const next = start(crash(without), { keys: [other, key] })
  await vi.waitFor(() => expect(next.sent).toEqual([['unmistakable']]))
})

it.each([
  ['before its first record', 1],
  ['in the middle of a record', 300],
])('delivers what stands before a damaged byte, sets the rest aside and tells it: %s', async (_where, fromEnd) => {
  const rig = createSpoolRig()
  for (const body of ['a', 'b', 'c', 'd', 'e']) rig.record(`${body}${'x'.repeat(200)}`)
  const root = crash(rig)
  const [name = ''] = readdirSync(root)
  const folder = join(root, name, 'durable')
  const file = join(folder, readdirSync(folder).find((each) => each.endsWith('.segment')) ?? '')
  const bytes = readFileSync(file)
  const at = bytes.length - fromEnd
  bytes[at] = (bytes[at] ?? 0) ^ 1
  fs.writeFileSync(file, bytes)
  const next = start(root)
  await vi.waitFor(() => expect(next.sent.flat().length).toBeGreaterThan(0))
  await vi.waitFor(() => expect(next.metrics['dropped unknown damaged']).toBeGreaterThan(0))
  const delivered = next.sent.flat().map((body) => body[0])
  expect(['a', 'b', 'c', 'd', 'e'].slice(0, delivered.length)).toEqual(delivered)
  expect(delivered.length + (next.metrics['dropped unknown damaged'] ?? 0)).toBe(5)
  expect(next.lines[0]).toMatch(/bytes of the spool are damaged and were set aside/)
})

it('delivers what stands behind a file that the disk does not give', async () => {
  const rig = createSpoolRig({ maxBytes: 64 * 64 * 1024 })
  const big = 'x'.repeat(40_000)
  for (const body of ['a', 'b', 'c']) rig.record(`${body}${big}`) // a file each
  let fails = 1
  const readSync = ((...args: [number, Buffer, number, number, number]) => {
    const isOfFrames = args[3] > 30_000
    if (isOfFrames && fails-- > 0) throw Object.assign(new Error('input/output error'), { code: 'EIO' })
    return fs.readSync(...args)
  }) as typeof fs.readSync
  const next = start(crash(rig), { files: { ...NODE_FILES, readSync } })
  await vi.waitFor(() => expect(next.sent.flat().map((body) => body[0])).toEqual(['b', 'c']))
  expect(next.lines).toEqual([expect.stringMatching(/^The spool cannot be read\. .*EIO/)])
})

it('reads long requests a part at a time', async () => {
  const rig = createSpoolRig()
  const text = 'x'.repeat(1000)
  const bodies = Array.from({ length: 500 }, (_, i) => `${i} ${text}`)
  rig.record(...bodies)
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent.flat()).toEqual(bodies))
  expect(next.sent.map((sent) => sent.length)).toEqual([454, 46])
})

it('lets the main thread deliver what a thread has written, and tells the thread', async () => {
  const root = join(createFolder(), 'spool')
  const thread = start(root, { isThread: true })
  const main = createSpoolRig({ root })
  main.record('own')
  const places = ['a', 'b'].map((body) => thread.spool.placeOf(thread.record(body) as number))
  const tickets = places.map((place) => main.spool.takeOver(place as ThreadPlace, main.batch('logs', 'a')) as number)
  main.spool.settle(tickets[1] as number, [{ count: 1 }])
  main.spool.finish()
  const early = start(crash(thread))
  await vi.waitFor(() => expect(early.sent.flat().sort()).toEqual(['a', 'b', 'own']))
  main.spool.settle(tickets[0] as number, [{ count: 1 }])
  main.spool.finish()
  const late = start(crash(thread))
  await vi.waitFor(() => expect(late.sent.flat()).toEqual(['own']))
  await vi.waitFor(() => {
    thread.spool.finish()
    expect(thread.names).toHaveLength(1) // that of the main thread
  })
})

it('sends from disk what a thread that lives on has handed over, where memory let go of it or it did not arrive', async () => {
  const root = join(createFolder(), 'spool')
  const thread = start(root, { isThread: true })
  const main = createSpoolRig({ root })
  main.isBusy = true
  const [first, second] = ['a', 'b'].map((body) => {
    const place = thread.spool.placeOf(thread.record(body) as number) as ThreadPlace
    return main.spool.takeOver(place, { ...main.batch('logs', body), isDurable: true }) as number
  })
  expect(main.spool.release(first as number)).toBe(true)
  expect(main.spool.settle(second as number, [{ reason: 'timeout', count: 1 }])).toEqual([])
  expect(main.spool.waiting).toEqual(new Map([['logs', 2]]))
  const next = start(crash(main))
  await vi.waitFor(() => expect(new Set(next.sent.flat())).toEqual(new Set(['a', 'b'])))
  main.isBusy = false
  await vi.waitFor(() => expect(main.sent.flat()).toEqual(['a', 'b']))
  // Of the thread's own nothing is left.
  await vi.waitFor(() => {
    main.spool.finish()
    thread.spool.finish()
    expect(thread.names).toEqual([])
  })
})

it('tells a thread later of what was delivered for it where the disk has no room for that', async () => {
  const root = join(createFolder(), 'spool')
  const thread = start(root, { isThread: true })
  const main = createSpoolRig({ root })
  const [first, second] = ['a', 'b'].map((body) => {
    const place = thread.spool.placeOf(thread.record(body) as number)
    return main.spool.takeOver(place as ThreadPlace, main.batch('logs', body)) as number
  })
  main.spool.settle(first as number, [{ count: 1 }])
  const spy = vi.spyOn(process.getBuiltinModule('node:fs'), 'writeFileSync').mockImplementation(() => {
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  })
  main.spool.finish()
  spy.mockRestore()
  main.spool.settle(second as number, [{ count: 1 }])
  main.record('own')
  main.spool.finish()
  const next = start(crash(thread))
  await vi.waitFor(() => expect(next.sent.flat()).toEqual(['own']))
})

it('takes no place from a thread that is not in its own directory', () => {
  const rig = createSpoolRig()
  for (const directory of ['/tmp/elsewhere', `${rig.root}/../x`]) {
    expect(rig.spool.takeOver({ directory, start: 0, end: 1 }, rig.batch('logs', 'a'))).toBeUndefined()
  }
})

it('writes to no directory that somebody took while it was stopped', async () => {
  const rig = createSpoolRig({
    times: { renew: 1e9, trust: 0, dead: 1e9, acknowledge: 1, retry: 5, mend: 20, scan: 1e9 },
  })
  rig.record('a')
  const [name = ''] = rig.names
  const taken = join(createFolder(), name)
  renameSync(join(rig.root, name), taken)
  rig.record('b')
  expect(rig.names).toHaveLength(1)
  expect(rig.names).not.toEqual([name])
  const file = readdirSync(join(taken, 'durable')).find((each) => each.endsWith('.segment'))
  expect(readFileSync(join(taken, 'durable', file ?? ''), 'latin1')).not.toContain('\u0001b')
})

it('has one request on its way from one journal: order is kept', async () => {
  const rig = createSpoolRig()
  let answer: (() => void) | undefined
  rig.answer = ({ records }) => new Promise((resolve) => (answer = () => resolve([{ count: records }])))
  for (const body of ['a', 'b', 'c']) rig.spool.release(rig.record(body) as number)
  for (const sent of [['a'], ['b'], ['c']]) {
    await vi.waitFor(() => expect(rig.sent.at(-1)).toEqual(sent))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(rig.sent.at(-1)).toEqual(sent)
    answer?.()
  }
})

it('says that a batch is not on disk any more which was given up for its age', async () => {
  const rig = start(join(createFolder(), 'spool'), { maxAgeMillis: -1e12 })
  rig.isBusy = true
  const [first, second, third] = ['a', 'b', 'c'].map((body) => rig.record(body) as number)
  const failed = [{ reason: 'unreachable', count: 1 }] as const
  expect(rig.spool.settle(first as number, failed)).toEqual([])
  await vi.waitFor(() => expect(rig.metrics).toMatchObject({ 'dropped payment age': 1 })) // memory has the others
  expect(rig.spool.settle(second as number, failed)).toEqual(failed)
  expect(rig.spool.release(third as number)).toBe(false)
})

it('tells a thread of nothing behind what it has not handed over', async () => {
  const root = join(createFolder(), 'spool')
  const thread = start(root, { isThread: true })
  const main = createSpoolRig({ root })
  thread.record('kept by the thread')
  const place = thread.spool.placeOf(thread.record('handed over') as number)
  const ticket = main.spool.takeOver(place as ThreadPlace, main.batch('logs', 'handed over')) as number
  main.spool.settle(ticket, [{ count: 1 }])
  main.spool.finish()
  const next = start(crash(thread))
  await vi.waitFor(() => expect(next.sent.flat()).toEqual(['kept by the thread', 'handed over']))
})
