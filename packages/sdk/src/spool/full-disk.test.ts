import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NODE_FILES } from '@plutus/journal'
import { startReceiver } from '@plutus/test-kit'
import { PretendedDisk } from '@plutus/test-kit/pretended-disk'
import { expect, it, onTestFinished, vi } from 'vitest'
import { settingsFor } from '../delivery/pipeline.test.helper.ts'
import { flushSpools } from './flush-spool.ts'
import { takenName } from './instance-directory.ts'
import { buryOwners, crash, createFolder, createSpoolRig, QUICK } from './spool-rig.test.helper.ts'
import type { SpoolRig } from './spool-rig.test.helper.ts'

// What a process leaves takes several requests.
const TEXT = 'x'.repeat(20_000)
const RECORDS = 30
const { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } = fs

/** A disk that the test fills. */
interface Disk {
  readonly root: string
  fill(): void
}

/** Mounts a small file system, if that is allowed here. */
function mount(type: 'tmpfs' | 'ext4'): Disk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'spool-disk-'))
  const point = join(folder, 'point')
  mkdirSync(point)
  try {
    if (type === 'tmpfs') execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=5m', 'tmpfs', point], { stdio: 'ignore' })
    else {
      const image = join(folder, 'image')
      fs.writeFileSync(image, Buffer.alloc(8 * 1024 * 1024))
      execFileSync('mkfs.ext4', ['-q', '-m', '0', '-b', '1024', image], { stdio: 'ignore' })
      execFileSync('mount', ['-o', 'loop', image, point], { stdio: 'ignore' })
    }
  } catch {
    rmSync(folder, { recursive: true })
    return undefined
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', point])
    rmSync(folder, { recursive: true })
  })
  return { root: join(point, 'spool'), fill: () => fillUp(join(point, 'filler')) }
}

/** Writes until nothing goes in any more, not even a byte. */
function fillUp(file: string): void {
  for (const size of [65_536, 1024, 1]) {
    try {
      for (;;) fs.appendFileSync(file, Buffer.alloc(size))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}

/** A disk that says so, which can be had everywhere. */
function pretend(): Disk & { readonly end: () => void } {
  const folder = createFolder()
  const disk = new PretendedDisk(folder)
  const ends = [disk.install(), disk.install(NODE_FILES)]
  const end = (): void => ends.forEach((one) => one())
  onTestFinished(end)
  return { root: join(folder, 'spool'), fill: () => disk.fill(), end }
}

/** Opens a disk; a test that needs one which cannot be had here says so. */
function openDisk(open: () => Disk | undefined, skip: (note: string) => never): Disk {
  return open() ?? skip('no file system can be mounted here')
}

/** Several processes leave records on a disk, which is full then. */
function leave(disk: Disk, processes: number, { withOrdinary = false, records = RECORDS } = {}): string[] {
  const ids: string[] = []
  mkdirSync(disk.root, { mode: 0o700 })
  for (let i = 0; i < processes; i++) {
    const rig = createSpoolRig()
    rig.isBusy = true
    const own = Array.from({ length: records }, (_, at) => `${i}-${at}`)
    rig.record(...own.map((id) => `${id} ${TEXT}`))
    if (withOrdinary) rig.spool.keep(rig.batch('logs', TEXT))
    // Copied, so that no file of it is open, which would keep its room when it is deleted.
    cpSync(crash(rig), disk.root, { recursive: true })
    ids.push(...own)
  }
  disk.fill()
  return ids.sort()
}

function idsOf({ sent }: SpoolRig): string[] {
  return sent.flat().map((body) => body.slice(0, body.indexOf(' ')))
}

/** What it has told of a full disk: where others use the machine too, it may be slow as well. */
function linesOf({ lines }: SpoolRig): string[] {
  return lines.filter((line) => !/ is (slow|fast again)/.test(line))
}

function start(root: string): SpoolRig {
  const rig = createSpoolRig({ root })
  rig.spool.begin()
  return rig
}

const DISKS = [
  ['tmpfs', () => mount('tmpfs')],
  ['ext4', () => mount('ext4')],
  ['one that says so', pretend],
] as const
// Of the others one block of a folder has room for so many names of processes, and is full then.
const FULL_FOLDERS = DISKS.slice(1)
const NAMES_OF_BLOCK = 24

it.for(DISKS)('delivers once what the dead left on a full disk, whoever starts, on %s', async ([, open], { skip }) => {
  const disk = openDisk(open, skip)
  const ids = leave(disk, 6)
  const starters = Array.from({ length: 4 }, () => createSpoolRig({ root: disk.root }))
  for (const rig of starters) expect(rig.record('before')).toBeUndefined()
  for (const rig of starters) rig.spool.begin()
  await vi.waitFor(() => expect(starters.flatMap(idsOf).sort()).toEqual(ids), 10_000)
  await vi.waitFor(() => expect(readdirSync(disk.root).length).toBeLessThanOrEqual(4))
  expect(starters.flatMap(idsOf)).toHaveLength(ids.length)
  for (const rig of starters) {
    expect(linesOf(rig)).toEqual([
      expect.stringMatching(/^Unsent telemetry is kept in memory only.*is full \(ENOSPC\)/),
    ])
  }
})

it.for(FULL_FOLDERS)(
  'delivers what the dead left where not even the folder has room for another name, on %s',
  async ([, open], { skip }) => {
    const disk = openDisk(open, skip)
    const ids = leave(disk, NAMES_OF_BLOCK, { records: 2 })
    const rig = start(disk.root)
    await vi.waitFor(() => expect(idsOf(rig).sort()).toEqual(ids), 5000)
    expect(linesOf(rig)).toHaveLength(1)
  },
)

it.for(DISKS)('writes again once it has delivered what the dead left, on %s', async ([, open], { skip }) => {
  const disk = openDisk(open, skip)
  leave(disk, 3)
  const rig = createSpoolRig({ root: disk.root, times: { ...QUICK, mend: 60_000 } })
  expect(rig.record('before')).toBeUndefined()
  rig.isBusy = true
  rig.spool.begin()
  await vi.waitFor(() => expect(readdirSync(disk.root)).toHaveLength(1)) // it has taken all of them
  expect(rig.record('still before')).toBeUndefined()
  rig.isBusy = false
  await vi.waitFor(() => expect(rig.record('after')).toBeDefined())
  expect(linesOf(rig)).toHaveLength(1)
})

it.for(DISKS)(
  'has what the dead left that is ordinary make room for what must not be lost, on %s',
  async ([, open], { skip }) => {
    const disk = openDisk(open, skip)
    leave(disk, 3, { withOrdinary: true })
    const rig = start(disk.root)
    rig.isBusy = true // nothing is delivered
    await vi.waitFor(() => expect(rig.record(TEXT)).toBeDefined())
    expect(rig.metrics['dropped application full']).toBeGreaterThan(0)
    expect(rig.metrics).not.toHaveProperty(['dropped payment full'])
  },
)

it.for([
  ...DISKS.map(([type, open]) => [type, open, 4, { records: RECORDS }] as const),
  ...FULL_FOLDERS.map(
    ([type, open]) => [`${type} without room for another name`, open, NAMES_OF_BLOCK, { records: 2 }] as const,
  ),
])('flushes a full disk, on %s', async ([, open, processes, what], { skip }) => {
  const disk = openDisk(open, skip)
  const ids = leave(disk, processes, what)
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  const url = new URL(`${receiver.httpUrl}/v1/logs`)
  const settings = settingsFor(receiver.httpUrl, 'http/protobuf', { url })
  const flush = async (): Promise<unknown> =>
    await flushSpools({
      path: disk.root,
      keys: [],
      targets: [{ signal: 'logs', settings, giveUpAfterMillis: 1000 }],
      userAgent: 'test',
      warn: () => {},
      times: QUICK,
    })
  receiver.respond({ status: 401 })
  expect(await flush()).toMatchObject({ delivered: 0, left: expect.arrayContaining([expect.any(String)]) as string[] })
  await new Promise((resolve) => setTimeout(resolve, 50)) // a renewal may be on its way
  buryOwners(disk.root) // that of this process
  receiver.respond()
  expect(await flush()).toEqual({ delivered: ids.length, refused: 0, left: [], alive: [] })
  const arrived = receiver.logs.map(({ body }) => String(body).split(' ', 1)[0] ?? '')
  expect(arrived.toSorted()).toEqual(ids)
  expect(readdirSync(disk.root)).toEqual([])
})

it('does not take what it writes for what was delivered for the thread that it has the directory of', async () => {
  const disk = pretend()
  leave(disk, 1, { withOrdinary: true })
  const [name = ''] = readdirSync(disk.root)
  for (const file of readdirSync(join(disk.root, name, 'durable'))) rmSync(join(disk.root, name, 'durable', file))
  fs.writeFileSync(join(disk.root, name, 'acked'), '1000000')
  const rig = start(disk.root)
  rig.isBusy = true
  await vi.waitFor(() => expect(rig.record('a')).toBeDefined())
  disk.end()
  const next = start(crash(rig))
  await vi.waitFor(() => expect(next.sent).toContainEqual(['a']))
})

it('leaves no directory behind whose lease had no room', () => {
  const root = join(createFolder(), 'spool')
  const write = fs.writeFileSync
  const spy = vi.spyOn(fs, 'writeFileSync').mockImplementation((path, _data, options) => {
    // A file can be made, since that takes no room, and stays empty.
    write(path, '', options)
    throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' })
  })
  onTestFinished(() => spy.mockRestore())
  const rig = createSpoolRig({ root })
  expect(rig.record('a')).toBeUndefined()
  expect(spy).toHaveBeenCalledTimes(1)
  expect(rig.names).toEqual([])
})

it('leaves alone for a while what somebody is taking, whatever its lease says', async () => {
  const disk = pretend()
  const ids = leave(disk, 1)
  const [name = ''] = readdirSync(disk.root)
  renameSync(join(disk.root, name), join(disk.root, takenName(name))) // killed in the middle of it
  const since = performance.now()
  const next = start(disk.root)
  await vi.waitFor(() => expect(idsOf(next).sort()).toEqual(ids))
  expect(performance.now() - since).toBeGreaterThanOrEqual(QUICK.dead)
})

it('takes no directory for its own of which it cannot read all', async () => {
  const disk = pretend()
  const { root } = disk
  const key = crypto.getRandomValues(new Uint8Array(32))
  const locked = createSpoolRig({ root, keys: [key], times: { ...QUICK, renew: 1e9 } })
  locked.record('a')
  disk.fill()
  buryOwners(root)
  const names = readdirSync(root)
  const rig = start(root)
  expect(rig.record('b')).toBeUndefined()
  await new Promise((resolve) => setTimeout(resolve, 5 * QUICK.scan))
  expect(readdirSync(root)).toEqual(names)
  expect(rig.sent).toEqual([])
})

it('writes over a lease that is longer than its own, and reads it all the same', () => {
  const disk = pretend()
  leave(disk, 1)
  const [name = ''] = readdirSync(disk.root)
  fs.appendFileSync(join(disk.root, name, 'lease'), `${'#'.repeat(600)}\n`)
  const rig = start(disk.root)
  return vi.waitFor(() => {
    expect(rig.sent.flat()).toHaveLength(RECORDS)
    const [own = ''] = readdirSync(disk.root)
    expect(existsSync(join(disk.root, own, 'lease'))).toBe(true)
    expect(statSync(join(disk.root, own, 'lease')).size).toBeGreaterThan(600)
    expect(readFileSync(join(disk.root, own, 'lease'), 'utf8')).toContain(`"pid":${process.pid}`)
    // Another process sees that it lives.
    const other = createSpoolRig({ root: disk.root })
    other.spool.begin()
  })
})
