import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountSmallDisk } from '@plutus/test-kit'
import type { ProgramOptions } from '@plutus/test-kit'
import { PretendedDisk } from '@plutus/test-kit/pretended-disk'
import { it, vi } from 'vitest'
import type { TestContext } from 'vitest'
import { countOnDisk } from './count-on-disk.ts'
import { programFile } from './program-file.ts'
import { idsOf, killAfter, openSpoolStory } from './spool-story.ts'

const KIBIBYTES = 256

/** A disk of 256 KiB. */
interface Disk {
  readonly root: string
  /** For programs that write to it. */
  readonly options: Partial<ProgramOptions>
  /** Writes until nothing goes in any more. */
  readonly fill: () => void
}

const DISKS: readonly (readonly [string, (context: TestContext) => Disk])[] = [
  [
    'one that is mounted',
    ({ skip, onTestFinished }) => {
      const small = mountSmallDisk(KIBIBYTES)
      if (small === undefined) return skip('no file system can be mounted here')
      onTestFinished(small.remove)
      return openDisk(small.folder, {}, () => {
        for (;;) appendFileSync(join(small.folder, 'other'), Buffer.alloc(1024))
      })
    },
  ],
  [
    'one that says so, which can be had everywhere',
    ({ onTestFinished }) => {
      const folder = mkdtempSync(join(tmpdir(), 'plutus-small-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      const bytes = KIBIBYTES * 1024
      const { calls } = new PretendedDisk(folder, bytes)
      const env = { SMALL_DISK: folder, SMALL_DISK_BYTES: String(bytes) }
      return openDisk(folder, { nodeOptions: ['--require', programFile('small-disk.cjs')], env }, () => {
        for (let count = 0; ; count++) calls.writeFileSync(join(folder, `other-${count}`), Buffer.alloc(1024))
      })
    },
  ],
]

function openDisk(folder: string, options: Partial<ProgramOptions>, write: () => never): Disk {
  const root = join(folder, 'spool')
  mkdirSync(root, { mode: 0o700 })
  const fill = (): void => {
    try {
      write()
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  return { root, options: { ...options, env: { ...options.env, PLUTUS_SPOOL_DIR: root } }, fill }
}

it.concurrent.for(DISKS)('runs on, and delivers from memory, when its disk is full: %s', async ([, open], context) => {
  const { expect, onTestFinished } = context
  const { options } = open(context)
  const { receiver, start, missing } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const program = start('emit.mjs', ['a', '4000', '100'], options)
  await receiver.waitFor(() => program.stdout.includes('a-3999\n'))
  await receiver.waitFor(() => program.stderr.includes('kept in memory only'))
  await receiver.accept()
  await receiver.waitFor(() => missing(idsOf(program.stdout)).length === 0)
  program.kill('SIGTERM')
  const { signal, stderr } = await program.exited
  expect(signal).toBe('SIGTERM')
  expect(stderr.match(/kept in memory only.*ENOSPC/g)).toHaveLength(1)
})

it.concurrent.for(DISKS)(
  'delivers by the next start what a killed process has left on a disk that is full now: %s',
  async ([, open], context) => {
    const { expect, onTestFinished } = context
    const { root, options, fill } = open(context)
    const { receiver, start, missing } = await openSpoolStory(onTestFinished)
    await receiver.refuse()
    const ids = await killAfter(start('emit.mjs', ['a', '100', '50'], options), 1000)
    expect(ids).toHaveLength(100)
    fill()
    const next = ['b', 'c'].map((label) => start('emit.mjs', [label, '100', '50'], options))
    await receiver.waitFor(() => next.every(({ stdout }) => idsOf(stdout).length === 100))
    await receiver.accept()
    await receiver.waitFor(() => missing(ids).length === 0, { timeoutMillis: 45_000 })
    // What is not durable comes after that.
    await vi.waitFor(async () => expect(await countOnDisk(root)).toEqual({ logs: 0, spans: 0 }), 45_000)
    for (const program of next) {
      program.kill('SIGTERM')
      const { stderr } = await program.exited
      expect(stderr.match(/kept in memory only/g) ?? []).toHaveLength(1)
    }
    expect(missing([...ids, ...next.flatMap(({ stdout }) => idsOf(stdout))])).toEqual([])
    expect(readdirSync(root)).toEqual([])
  },
)
