import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { canMount, isFull, KEPT_CODE, mountSmallDisk, runProgram, startReceiver, waitFor } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { renderCollector } from '@plutus/policy'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { logsRequest } from './src/otlp-json.ts'
import { smallPolicy } from './src/renderings.ts'
import { environmentFor, findCollectorPorts, removeCollectors, startCollector } from './src/running-collector.ts'

const MAIN = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))
const { reason } = collectorBinary
const DEMO = fileURLToPath(new URL('../../examples/demo/src/main.ts', import.meta.url))
const SLOW_COLLECTOR = fileURLToPath(new URL('programs/slow-collector.mjs', import.meta.url))
const PAGE_BYTES = 4096
const MOST_MILLIS = 300_000
const folders: string[] = []
const children: ChildProcess[] = []
let receiver: Receiver

interface Report {
  readonly taken: { readonly records: number; readonly spans: number }
  readonly classes: readonly { readonly name: string; readonly arrived: number; readonly archived?: number }[]
  readonly traces: { readonly spans: number }
  readonly isComplete: boolean
}

interface Run {
  readonly url: string
  readonly folder: string
  readonly output: () => string
  readonly stop: () => Promise<number | null>
  readonly ended: Promise<number | null>
  readonly collectorPid: () => number
}

/** A disk that goes with the test. */
function mountDisk(kibibytes: number): NonNullable<ReturnType<typeof mountSmallDisk>> {
  const disk = mountSmallDisk(kibibytes)
  if (disk === undefined) throw new Error('no small file system can be mounted here')
  onTestFinished(disk.remove)
  return disk
}

/** Runs `plutus collector run` until its collector takes telemetry. */
async function runCollector(
  folder: string,
  env: Readonly<Record<string, string>> = {},
  args: readonly string[] = [],
): Promise<Run> {
  const ports = await findCollectorPorts()
  const child = spawn(process.execPath, [MAIN, 'collector', 'run', '--dir', folder, ...args], {
    env: {
      ...KEPT_CODE,
      ...environmentFor(folder, ports, { PATH: dirname(collectorBinary.path), PLUTUS_OTLP_ENDPOINT: receiver.httpUrl }),
      ...env,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  children.push(child)
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output += text))
  const exited = once(child, 'close') as Promise<[number | null]>
  await waitFor(() => child.exitCode !== null || output.includes('Everything is ready'), { timeoutMillis: 60_000 })
  return {
    url: `http://127.0.0.1:${ports.http}`,
    folder,
    output: () => output,
    stop: async () => {
      child.kill('SIGTERM')
      return (await exited)[0]
    },
    ended: exited.then(([code]) => code),
    collectorPid: () => Number(execFileSync('pgrep', ['-P', String(child.pid)], { encoding: 'utf8' })),
  }
}

async function sendPayment(url: string, id: string, bytes: number): Promise<number> {
  const attributes = { id, 'plutus.data.class': 'payment' }
  const body = JSON.stringify(logsRequest([{ body: 'x'.repeat(bytes), attributes }]))
  const headers = { 'content-type': 'application/json' }
  return (await fetch(`${url}/v1/logs`, { method: 'POST', headers, body })).status
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'plutus-run-'))
  folders.push(folder)
  return folder
}

/** A folder whose payment queue holds ten records that no backend took. */
async function leaveBacklog(): Promise<{ folder: string; file: string }> {
  const collector = await startCollector(renderCollector(smallPolicy(), { role: 'single' }), {
    env: { PLUTUS_OTLP_ENDPOINT: 'http://127.0.0.1:1' },
  })
  const payments = Array.from({ length: 10 }, (_, n) => ({
    attributes: { 'plutus.data.class': 'payment', 'payment.id': `p${n}` },
  }))
  expect(await collector.send('logs', logsRequest(payments))).toBe(200)
  await collector.kill()
  return {
    folder: collector.folder,
    file: join(collector.folder, 'queue', 'evidence', 'exporter_otlp_http_payment_logs'),
  }
}

describe.skipIf(reason !== '')(`plutus collector run${reason && ` (${reason})`}`, () => {
  beforeAll(async () => {
    await collectorBinary.ensure()
    receiver = await startReceiver()
  })
  afterAll(async () => {
    for (const child of children) child.kill('SIGTERM') // those that a failed test left
    removeCollectors()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    await receiver.close()
  })

  it('starts a collector on the path, says where things are, keeps files private, and ends with it', async () => {
    const run = await runCollector(makeFolder())
    const body = JSON.stringify(logsRequest([{ attributes: { 'plutus.data.class': 'payment' } }]))
    const headers = { 'content-type': 'application/json' }
    expect((await fetch(`${run.url}/v1/logs`, { method: 'POST', headers, body })).status).toBe(200)
    const output = run.output()
    for (const place of [collectorBinary.path, run.url, join(run.folder, 'collector.yaml')])
      expect(output).toContain(place)
    const archive = join(run.folder, 'archive', 'payment')
    expect(readdirSync(archive)).toEqual(['payment.jsonl'])
    // The file exporter gives its files a mode of its own, 644, whatever the umask: their folders keep others out.
    for (const path of [archive, dirname(archive), join(run.folder, 'queue')]) expect(modeOf(path)).toBe('750')
    expect(modeOf(join(run.folder, 'collector.yaml'))).toBe('640')
    expect(await run.stop()).toBe(0)
  })

  it('goes on with the queue that a killed one left, and delivers what is in it', async () => {
    const { folder } = await leaveBacklog()
    receiver.clear()
    const run = await runCollector(folder)
    await waitFor(() => receiver.logs.length >= 10)
    expect(run.output()).not.toContain('cannot be read')
    expect(await run.stop()).toBe(0)
  })

  describe.skipIf(process.env['CI'] === undefined && !canMount())('with a small disk for the queues', () => {
    it('takes telemetry again after its disk was full, though a queue counts what it could not write', async () => {
      const disk = mountDisk(32 * 1024)
      const folder = makeFolder()
      const policy = join(folder, 'policy.yaml')
      writeFileSync(policy, 'version: 1\nclasses: { payment: { queue: 4MiB } }\n')
      const run = await runCollector(folder, { PLUTUS_QUEUE_DIR: disk.folder }, ['--policy', policy])
      const send = async (id: string): Promise<number> => await sendPayment(run.url, id, 1_500_000)
      const others = join(disk.folder, 'of-somebody-else')
      fill(others)
      await waitFor(() => run.output().includes('is full'))
      expect([await send('a'), await send('b'), await send('c')]).toEqual([503, 503, 503])
      rmSync(others)
      await waitFor(() => run.output().includes('has room again'))
      await expect.poll(async () => await send('d').catch(() => 0), { timeout: 20_000 }).toBe(200)
      await waitFor(() => receiver.logs.some(({ attributes }) => attributes['id'] === 'd'))
      expect(await run.stop()).toBe(0)
    })

    it('spares a collector that has not started when its disk has room again, which a signal would end', async () => {
      const disk = mountDisk(32 * 1024)
      const others = join(disk.folder, 'of-somebody-else')
      fill(others)
      const env = { PLUTUS_QUEUE_DIR: disk.folder, PATH: `${dirname(process.execPath)}${delimiter}/usr/bin` }
      const run = await runCollector(makeFolder(), env, ['--collector', SLOW_COLLECTOR])
      await waitFor(() => run.output().includes('what comes is refused'))
      rmSync(others)
      await waitFor(() => run.output().includes('counts its queues anew'), { timeoutMillis: 20_000 })
      await waitFor(() => run.output().includes('it was told to read its configuration again'))
      expect(await run.stop()).toBe(0)
    })

    it('starts on a full disk that its configuration is on, too, and keeps room again when there is some', async () => {
      const disk = mountDisk(96 * 1024)
      const env = { PLUTUS_QUEUE_DIR: join(disk.folder, 'queue'), PLUTUS_ARCHIVE_DIR: join(disk.folder, 'archive') }
      const first = await runCollector(disk.folder, env)
      // A collector that says that it is ready does not hear signals yet, and one would end it: what it delivers shows more.
      expect(await sendPayment(first.url, 'first', 10)).toBe(200)
      await waitFor(() => receiver.logs.some(({ attributes }) => attributes['id'] === 'first'))
      expect(await first.stop()).toBe(0)
      rmSync(join(disk.folder, 'collector.yaml'))
      fill(join(disk.folder, 'of-somebody-else'))
      const run = await runCollector(disk.folder, env)
      expect(run.output()).toContain('starts in the room kept for that')
      const reserve = join(disk.folder, 'queue', 'plutus-reserve')
      expect(existsSync(reserve)).toBe(false)
      rmSync(join(disk.folder, 'of-somebody-else'))
      await waitFor(() => existsSync(reserve))
      expect(await run.stop()).toBe(0)
    })

    it('loses nothing that was taken when it is killed on a full disk and started again', async () => {
      const disk = mountDisk(96 * 1024)
      const backend = await startReceiver()
      try {
        await backend.refuse()
        const env = { PLUTUS_QUEUE_DIR: disk.folder, PLUTUS_OTLP_ENDPOINT: backend.httpUrl }
        const folder = makeFolder()
        const run = await runCollector(folder, env)
        fill(join(disk.folder, 'of-somebody-else'), 64 * 2 ** 20)
        const taken: string[] = []
        for (let n = 0, refused = 0; refused < 5; n++) {
          const id = `p${n}`
          const isTaken = (await sendPayment(run.url, id, 400_000)) === 200
          if (isTaken) taken.push(id)
          else refused++
        }
        process.kill(run.collectorPid(), 'SIGKILL')
        expect(await run.ended).not.toBe(0)
        const next = await runCollector(folder, env)
        await backend.accept()
        const hasArrived = (id: string): boolean => backend.logs.some(({ attributes }) => attributes['id'] === id)
        await waitFor(() => taken.every(hasArrived), {
          timeoutMillis: 40_000,
          describe: () => `${taken.filter(hasArrived).length} of ${taken.length}`,
        })
        expect(await next.stop()).toBe(0)
      } finally {
        await backend.close()
      }
    })
  })

  it.each([
    ['whose first pages were overwritten', (file: string) => overwrite(file, 0, 2), 'it has no valid first page'],
    ['that was cut off', (file: string) => truncateSync(file, 3 * PAGE_BYTES), 'it was cut off'],
    ['whose other pages were overwritten', (file: string) => overwrite(file, 2, 6), /page \d+ is/],
  ])('moves a queue file aside %s, says so, and records it', async (_what, damage, fault) => {
    const { folder, file } = await leaveBacklog()
    damage(file)
    receiver.clear()
    const run = await runCollector(folder)
    expect(run.output()).toMatch(
      new RegExp(`exporter_otlp_http_payment_logs cannot be read: ${typeof fault === 'string' ? fault : fault.source}`),
    )
    const record = await waitFor(() => receiver.logs.find(({ eventName }) => eventName === 'audit.dropped'))
    expect(record.attributes['resource.id']).toContain('exporter_otlp_http_payment_logs.corrupt-')
    expect(await run.stop()).toBe(0)
    // Nothing of it is thrown away, and the archive has what was in it.
    expect(readdirSync(dirname(file)).filter((name) => name.includes('.corrupt-'))).toHaveLength(1)
  })

  it('tells how to get a collector where there is none, with code 2', async () => {
    const run = await runCollector(makeFolder(), { PATH: '/nowhere' })
    expect(run.output()).toContain('there is no collector: install @plutus/otelcol-')
    expect(await run.stop()).toBe(2)
  })

  it.each(isFull ? ['--collector'] : [])(
    'brings what must not be lost to the backend and the archive, and a part of the rest, in the demo with %s',
    async (option) => {
      const args = [option, '--json']
      const { code, stdout } = await runProgram({ file: DEMO, hook: 'none', args, timeoutMillis: MOST_MILLIS })
      const { taken, classes, traces, isComplete } = JSON.parse(stdout) as Report
      expect({ code, isComplete }).toEqual({ code: 0, isComplete: true })
      const payment = classes.find(({ name }) => name === 'payment')
      expect(payment?.archived).toBe(payment?.arrived)
      expect(payment?.arrived).toBeGreaterThan(100)
      expect(traces.spans).toBeLessThan(taken.spans)
      expect(classes.reduce((sum, { arrived }) => sum + arrived, 0)).toBeLessThan(taken.records)
    },
    MOST_MILLIS,
  )
})

function overwrite(file: string, first: number, end: number): void {
  const descriptor = openSync(file, 'r+')
  writeSync(descriptor, Buffer.alloc((end - first) * PAGE_BYTES, 0xa5), 0, undefined, first * PAGE_BYTES)
  closeSync(descriptor)
}

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8)
}

/** Writes until there is no room, or so many bytes. */
function fill(path: string, bytes = Infinity): void {
  const file = openSync(path, 'w')
  const block = Buffer.alloc(PAGE_BYTES)
  try {
    for (let written = 0; written < bytes; written += block.length) writeSync(file, block)
  } catch {
    // There is no room.
  } finally {
    closeSync(file)
  }
}
