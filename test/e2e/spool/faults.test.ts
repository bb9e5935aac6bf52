import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isFull } from '@plutus/test-kit'
import type { Fault } from '@plutus/test-kit'
import { expect, it, vi } from 'vitest'
import { countOnDisk } from './count-on-disk.ts'
import { idsOf, killAfter, openSpoolStory } from './spool-story.ts'

// Each has a receiver and a directory of its own, and waits for most of its time: several at once.
const CARD = /4242[ -]?4242[ -]?4242/

/** The contents of all files below a directory. */
function readAll(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('')
}

/** Bytes of all files below a directory. */
function sizeOfFiles(directory: string): number {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0)
}

it.concurrent('keeps everything for the next start when the process ends and nobody takes telemetry, redacted, and says so in one line', async ({
  onTestFinished,
}) => {
  const { receiver, directory, start, missing, deliverRest } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const night = start('emit.mjs', ['night', '4000', '100', '500'], { env: { PLUTUS_QUEUE_MAX_BYTES: '1048576' } })
  await night.ready
  await receiver.waitFor(() => night.stdout.includes('night-3999\n'))
  night.kill('SIGTERM')
  const { stdout, stderr } = await night.exited
  const ids = idsOf(stdout)
  expect(ids).toHaveLength(4000)
  expect(stderr.trim().split('\n')).toEqual([
    // What an observer measured meanwhile is measured anew by the next process.
    expect.stringMatching(
      /^plutus: http:\/\/127\.0\.0\.1:\d+ cannot be reached .*, lost: (?:data points \d+(?: \(queue full\))?, )+kept on disk for the next start: log records \d+, spans \d+;/,
    ),
  ])
  const text = readAll(directory)
  expect(text).toContain('****4242')
  expect(text).not.toMatch(CARD)

  await receiver.accept()
  const last = await deliverRest(ids)
  const isOrdinary = ({ body }: { readonly body: unknown }): boolean => body === 'ordinary'
  await receiver.waitFor(() => receiver.logs.filter(isOrdinary).length >= 4004 && receiver.spans.length >= 4004)
  await last.stop()
  expect(missing(ids)).toEqual([])
  // Each of them once: nothing was half sent.
  expect(receiver.logs.filter(isOrdinary)).toHaveLength(4004)
  expect(receiver.spans).toHaveLength(4004)
  // In the order in which they were recorded, by class.
  const ofNight = (found: readonly unknown[]): unknown[] => found.filter((id) => String(id).startsWith('night'))
  expect(ofNight(receiver.logs.map(({ attributes }) => attributes['id']))).toEqual(ids)
  expect(ofNight(receiver.logs.map(({ attributes }) => attributes['ordinary']))).toEqual(ids)
  expect(ofNight(receiver.spans.map(({ name }) => name))).toEqual(ids)
})

it.concurrent('has ordinary records and spans on disk while the endpoint fails, however few, so that a kill loses none', async ({
  onTestFinished,
}) => {
  const { receiver, directory, start, deliverRest } = await openSpoolStory(onTestFinished)
  receiver.respond({ status: 503 })
  const night = start('emit.mjs', ['night', '40'])
  // Half of the log records are durable, and there at once; one more tells that the process has started.
  await vi.waitFor(async () => expect(await countOnDisk(directory)).toEqual({ logs: 81, spans: 40 }), 15_000)
  night.kill('SIGKILL')
  const ids = idsOf((await night.exited).stdout)
  expect(ids).toHaveLength(40)

  receiver.respond()
  const last = await deliverRest(ids)
  const ordinary = (): unknown[] => receiver.logs.map(({ attributes }) => attributes['ordinary'])
  const spans = (): unknown[] => receiver.spans.map(({ name }) => name)
  const ofNight = (found: readonly unknown[]): unknown[] => found.filter((id) => String(id).startsWith('night'))
  await receiver.waitFor(() => ofNight(ordinary()).length >= 40 && ofNight(spans()).length >= 40)
  await last.stop()
  expect([ofNight(ordinary()), ofNight(spans())]).toEqual([ids, ids])
})

const REFUSALS: readonly (readonly [string, Fault])[] = [
  ['refuses for want of credentials', { status: 401 }],
  ['does not know the path', { status: 404 }],
  ['fails', { status: 500 }],
]

it.concurrent.for(isFull ? REFUSALS : REFUSALS.slice(0, 1))(
  'keeps durable records where the endpoint %s, and tells no loss of them',
  async ([, fault], { onTestFinished }) => {
    const { receiver, start, deliverRest } = await openSpoolStory(onTestFinished)
    receiver.respond(({ signal }) => (signal === 'logs' ? fault : undefined))
    const ids = await killAfter(start('emit.mjs', ['a', '40']), 500)
    expect(ids).toHaveLength(40)
    expect(receiver.logs).toEqual([])
    receiver.respond()
    await (await deliverRest(ids)).stop()
  },
)

it.concurrent('sends nothing again that was not taken in a partial success', async ({ onTestFinished }) => {
  const { receiver, start, arrived, directory } = await openSpoolStory(onTestFinished)
  receiver.respond({ partialSuccess: { rejected: 1 } })
  const program = start('emit.mjs', ['a', '40'])
  await receiver.waitFor(() => arrived().size === 40)
  program.kill('SIGTERM')
  await program.exited
  expect(readdirSync(directory)).toEqual([])
  expect([...arrived().values()].filter(({ count }) => count !== 1)).toEqual([])
})

it.concurrent('sets aside what the endpoint refuses for good, and sends the rest', async ({ onTestFinished }) => {
  const { receiver, start, directory, arrived } = await openSpoolStory(onTestFinished)
  receiver.respond(({ signal }) => (signal === 'logs' ? { status: 400 } : undefined))
  const program = start('emit.mjs', ['a', '4'])
  await receiver.waitFor(() => program.stderr.includes('refuses records that must not be lost'))
  receiver.respond()
  program.kill('SIGTERM')
  const { stderr } = await program.exited
  expect(stderr).toContain('plutus spool ls')
  expect(readAll(directory)).toContain('a-3')
  const next = start('emit.mjs', ['b', '4'])
  await receiver.waitFor(() => arrived().has('b-3'))
  await next.stop()
  expect([...arrived().keys()].filter((id) => id.startsWith('a'))).toEqual([])
})

it.concurrent.for(isFull ? ['by itself', 'stopped'] : ['stopped'])(
  'delivers once what eight threads recorded, each of which ended %s',
  async (end, { onTestFinished }) => {
    const { receiver, start, missing, arrived, directory } = await openSpoolStory(onTestFinished)
    const program = start('threads.mjs', ['t', end])
    await receiver.waitFor(() => program.stdout.includes('all\n') && missing(idsOf(program.stdout)).length === 0)
    expect(idsOf(program.stdout)).toHaveLength(160)
    program.kill('SIGTERM')
    await program.exited
    // What the threads left is taken over by the next process, which knows what was delivered.
    const next = start('emit.mjs', ['u', '4'])
    await receiver.waitFor(() => arrived().has('u-3') && readdirSync(directory).length === 1)
    await next.stop()
    expect([...arrived()].filter(([id, { count }]) => id.startsWith('t') && count !== 1)).toEqual([])
  },
)

it.concurrent('delivers what eight threads recorded when their process is killed', async ({ onTestFinished }) => {
  const { receiver, start, deliverRest } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const program = start('threads.mjs', ['t', 'stopped', '50'])
  await receiver.waitFor(() => program.stdout.includes('all\n'))
  const ids = await killAfter(program, 0)
  expect(ids).toHaveLength(400)
  await receiver.accept()
  await (await deliverRest(ids)).stop()
})

it.concurrent('delivers what a cluster recorded whose processes are killed', async ({ onTestFinished }) => {
  const { receiver, start, deliverRest } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const program = start('cluster.mjs', ['c'])
  await receiver.waitFor(() => ['c-1-20', 'c-2-20', 'c-3-20'].every((id) => program.stdout.includes(`${id}\n`)))
  await program.stop() // the group
  const ids = idsOf(program.stdout)
  expect(ids.length).toBeGreaterThan(60)
  await receiver.accept()
  await (await deliverRest(ids)).stop()
})

it.concurrent('runs on, and delivers from memory, when its directory is removed', async ({ onTestFinished }) => {
  const { receiver, start, missing, directory, deliverRest } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const program = start('emit.mjs', ['a', 'Infinity', '1'])
  await receiver.waitFor(() => idsOf(program.stdout).length > 100)
  rmSync(directory, { recursive: true })
  await receiver.waitFor(() => program.stderr.includes('The directory of the spool is gone, so another one is made'))
  const before = idsOf(program.stdout)
  await receiver.accept()
  await receiver.waitFor(() => missing(before).length === 0)
  const ids = await killAfter(program, 100)
  await (await deliverRest(ids)).stop()
  expect(missing([...before, ...ids])).toEqual([])
})

it.concurrent('loses nothing of what it records after its directory was removed, where memory has no room for it', async ({
  onTestFinished,
}) => {
  const { receiver, start, missing, directory, deliverRest } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const program = start('emit.mjs', ['a', '8000'], { env: { PLUTUS_QUEUE_MAX_BYTES: '1048576' } })
  await receiver.waitFor(() => idsOf(program.stdout).length > 100)
  rmSync(directory, { recursive: true, force: true })
  const before = idsOf(program.stdout).length
  await receiver.waitFor(() => program.stdout.includes('a-7999\n'), { timeoutMillis: 30_000 })
  await receiver.accept()
  program.kill('SIGTERM')
  await program.exited
  const after = idsOf(program.stdout).slice(before)
  await (await deliverRest(after)).stop()
  expect(missing(after)).toEqual([])
})

it.concurrent('loses no durable record to a bound that is too small for them while memory has room', async ({
  onTestFinished,
}) => {
  const { receiver, start, missing, directory } = await openSpoolStory(onTestFinished)
  await receiver.refuse()
  const env = { PLUTUS_SPOOL_MAX_BYTES: '1048576' }
  // The bound is looked at each 256 KiB: half as much again is more than enough to be seen.
  const program = start('emit.mjs', ['a', '9000', '100'], { env })
  await receiver.waitFor(() => program.stdout.includes('a-8999\n'))
  const full = 'The spool has reached PLUTUS_SPOOL_MAX_BYTES with records that must not be lost'
  await receiver.waitFor(() => program.stderr.includes(full)) // a pipe of its own
  expect(sizeOfFiles(directory)).toBeLessThan(1_500_000)
  await receiver.accept()
  await receiver.waitFor(() => missing(idsOf(program.stdout)).length === 0)
  program.kill('SIGTERM')
  const { stderr } = await program.exited
  expect(stderr).not.toMatch(/payment|security|audit/)
  expect(readdirSync(directory)).toEqual([])
})

it.concurrent('is said to be missing under the other engine, which writes nothing', async ({ onTestFinished }) => {
  const { receiver, start, arrived, directory } = await openSpoolStory(onTestFinished)
  const program = start('emit.mjs', ['a', '4'], { env: { PLUTUS_ENGINE: 'upstream', OTEL_LOG_LEVEL: 'info' } })
  await receiver.waitFor(() => arrived().has('a-3'))
  await program.stop()
  expect(program.stderr).toMatch(/^plutus: @plutus\/otel-register .+; has no spool$/m)
  expect(existsSync(directory)).toBe(false)
})

/** Whether processes can be put into namespaces of their own here. */
function canUnshare(): boolean {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--mount-proc', 'true'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

// It takes as long as a lease takes to be found dead. The judging itself is asked in the room.
it.concurrent.for(isFull && canUnshare() ? ['containers'] : [])(
  'leaves owners alone who both are process 1 of their %s, and takes over from one that is killed',
  { timeout: 180_000 },
  async (_where, { onTestFinished }) => {
    const { receiver, start, missing, arrived } = await openSpoolStory(onTestFinished)
    const inContainer = {
      node: { label: '26' as const, version: '', path: 'unshare' },
      nodeOptions: ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath],
      timeoutMillis: 120_000,
    }
    await receiver.refuse()
    const one = start('emit.mjs', ['one', '40'], inContainer)
    const two = start('emit.mjs', ['two', '40'], inContainer)
    await receiver.waitFor(() => [one, two].every(({ stdout }) => idsOf(stdout).length === 40))
    await new Promise((resolve) => setTimeout(resolve, 45_000)) // more than a look and the time of a lease
    await receiver.accept()
    await receiver.waitFor(() => missing([...idsOf(one.stdout), ...idsOf(two.stdout)]).length === 0)
    expect([...arrived().values()].filter(({ count }) => count !== 1)).toEqual([])
    await receiver.refuse()
    const three = start('emit.mjs', ['three', '40'], inContainer)
    const ids = await killAfter(three, 2000)
    await receiver.accept()
    await receiver.waitFor(() => missing(ids).length === 0, { timeoutMillis: 60_000 })
    await Promise.all([one.stop(), two.stop()])
  },
)
