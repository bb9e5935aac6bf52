import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startReceiver } from '@plutus/test-kit'
import type { Fault } from '@plutus/test-kit'
import { expect, it, onTestFinished } from 'vitest'
import { settingsFor } from '../delivery/pipeline.test.helper.ts'
import { flushSpools } from './flush-spool.ts'
import type { FlushOptions, FlushResult } from './flush-spool.ts'
import { LEASE_FILE } from './lease.ts'
import { createSpoolRig, QUICK } from './spool-rig.test.helper.ts'
import type { SpoolRig } from './spool-rig.test.helper.ts'

/** A spool whose owner cannot be seen from here, as if it ran in another container. */
function createForeignSpool(): SpoolRig & { readonly lease: string } {
  const rig = createSpoolRig({ times: { ...QUICK, renew: 60_000 } })
  rig.isBusy = true // it sends nothing itself
  rig.record('one', 'two')
  const lease = join(rig.root, rig.names[0] ?? '', LEASE_FILE)
  writeFileSync(lease, '000000000000001 {"owner":"of another machine","isThread":false}\n')
  return { ...rig, lease }
}

const flush = async (
  path: string,
  options: Partial<FlushOptions> = {},
  fault?: Fault,
): Promise<FlushResult & { bodies: unknown[] }> => {
  const receiver = await startReceiver()
  onTestFinished(() => receiver.close())
  receiver.respond(fault && (({ signal }) => (signal === 'logs' ? fault : undefined)))
  const targets = (['logs', 'traces'] as const).map((signal) => ({
    signal,
    settings: settingsFor(receiver.httpUrl, 'http/protobuf', { url: new URL(`${receiver.httpUrl}/v1/${signal}`) }),
    giveUpAfterMillis: 1000,
  }))
  const result = await flushSpools({
    path,
    keys: [],
    targets,
    userAgent: 'test',
    warn: () => {},
    times: QUICK,
    ...options,
  })
  return { ...result, bodies: [...receiver.logs.map(({ body }) => body), ...receiver.spans.map(({ name }) => name)] }
}

it('takes what a process left that cannot be seen, once its lease has not moved for long enough', async () => {
  const { root, lease } = createForeignSpool()
  const steps: string[] = []
  const { bodies, ...result } = await flush(root, { onProgress: ({ step }) => void steps.push(step) })
  expect(result).toEqual({ delivered: 2, refused: 0, left: [], alive: [] })
  expect(bodies).toEqual(['one', 'two'])
  expect(new Set(steps)).toEqual(new Set(['watching', 'sending']))
  expect(() => readFileSync(lease)).toThrow('ENOENT')
  expect(readdirSync(root)).toEqual([])
})

it('sends nothing of what the main thread had delivered for its thread, and removes it', async () => {
  const { root, names } = createForeignSpool()
  writeFileSync(join(root, names[0] ?? '', 'acked'), '1000000')
  expect(await flush(root)).toEqual({ delivered: 0, refused: 0, left: [], alive: [], bodies: [] })
  expect(readdirSync(root)).toEqual([])
})

it('leaves alone what belongs to a process that cannot be seen and moves its lease', async () => {
  const { root, names, lease } = createForeignSpool()
  let count = 1
  const onProgress = (): void => writeFileSync(lease, `00000000000000${++count} {"owner":"another","isThread":false}\n`)
  const { bodies, ...result } = await flush(root, { onProgress })
  expect(result).toEqual({ delivered: 0, refused: 0, left: [], alive: [join(root, names[0] ?? '')] })
  expect(bodies).toEqual([])
  expect(readdirSync(root)).toEqual(names)
})

it('leaves the rest of a process for the next time once something of it is not taken', async () => {
  const { root, names, spool, batch } = createForeignSpool()
  expect(spool.keep(batch('traces', 'span'))).toBe(true)
  const { bodies, ...result } = await flush(root, {}, { status: 401 })
  expect(result).toEqual({ delivered: 0, refused: 0, left: [join(root, names[0] ?? '')], alive: [] })
  expect(bodies).toEqual([])
  expect(await flush(root)).toEqual({ delivered: 3, refused: 0, left: [], alive: [], bodies: ['one', 'two', 'span'] })
})
