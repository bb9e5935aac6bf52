import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync, zstdDecompressSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parsePolicy } from '../parse-policy.ts'
import { policyHash } from '../policy-hash.ts'
import { applyRetention } from './apply-retention.ts'
import type { ApplyRetentionOptions, RetentionReport } from './apply-retention.ts'
import { planRetention } from './plan-retention.ts'

const DAY = 86_400_000
// Hot for 7 days, warm for 30, security for a year, application for 14 days; audit stays 7 years.
const POLICY = parsePolicy(
  `version: 1
classes: { security: { searchable: 30d, archive: 1y }, application: { searchable: 7d, archive: 14d } }`,
  { file: 'test.yaml' },
)
const NOW = Date.UTC(2026, 10, 21)
const ROOMY = { usedBytes: 10, totalBytes: 100 }
let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-retention-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Name that the file exporter gives at a rotation. */
const rotatedAt = (of: string, time: number): string =>
  `${of}-${new Date(time).toISOString().slice(0, -1).replaceAll(':', '-')}.jsonl`

/** Writes a file of a class; its text is its own name. */
function write(of: string, name: string, text: string | Buffer = `${name}\n`.repeat(20)): string {
  mkdirSync(join(folder, of), { recursive: true })
  writeFileSync(join(folder, of, name), text)
  return name
}

const list = (of: string): string[] => readdirSync(join(folder, of)).toSorted()
const apply = async (options: Partial<ApplyRetentionOptions> = {}): Promise<RetentionReport> =>
  await applyRetention({ folder, policy: POLICY, now: NOW, readDisk: () => ROOMY, ...options })
const readLog = (): { eventName: string; attributes: Record<string, unknown> }[] =>
  readFileSync(join(folder, 'retention.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))

/** What the tools of the system read out of a folder of a class: text by name of the rotated file. */
function readBack(of: string): Map<string, string> {
  const texts = new Map<string, string>()
  const path = join(folder, of)
  for (const name of list(of)) {
    if (name.endsWith('.jsonl')) texts.set(name, readFileSync(join(path, name), 'utf8'))
    if (/\.(?:gz|zst)$/.test(name)) texts.set(...unpack(name, readFileSync(join(path, name))))
    if (!name.endsWith('.tar')) continue
    const unpacked = mkdtempSync(join(folder, 'unpacked-'))
    execFileSync('tar', ['-xf', join(path, name), '-C', unpacked])
    for (const member of readdirSync(unpacked)) {
      texts.set(...unpack(member, readFileSync(join(unpacked, member))))
    }
  }
  return texts
}

function unpack(name: string, packed: Buffer): [name: string, text: string] {
  const text = name.endsWith('.gz') ? gunzipSync(packed) : zstdDecompressSync(packed)
  return [name.replace(/\.(?:gz|zst)$/, ''), text.toString()]
}

describe('by age', () => {
  it('deletes at the end of the period of the class, not a millisecond before', async () => {
    const over = write('application', rotatedAt('application', NOW - 14 * DAY))
    const last = write('application', rotatedAt('application', NOW - 14 * DAY + 1))
    await apply()
    expect([...readBack('application').keys()]).toEqual([last])
    expect(readLog().map(({ attributes }) => [attributes['audit.action'], attributes['file.path']])).toEqual([
      ['delete', `application/${over}`],
      ['compress', `application/${last}`],
    ])
  })

  it('compresses what is no longer hot, and leaves what is', async () => {
    const hot = write('audit', rotatedAt('audit', NOW - 7 * DAY + 1))
    const warm = write('audit', rotatedAt('audit', NOW - 7 * DAY))
    await apply()
    expect(list('audit')).toEqual([`${warm}.gz`, hot])
    expect(execFileSync('gzip', ['-dc', join(folder, 'audit', `${warm}.gz`)], { encoding: 'utf8' })).toContain(warm)
  })

  it('bundles a month once its last day is no longer warm, and deletes it when that day is over its time', async () => {
    const names = [1, 2, 30].map((day) => write('security', rotatedAt('security', Date.UTC(2026, 8, day))))
    const end = Date.UTC(2026, 9, 1)
    await apply({ now: end + 30 * DAY - 1 })
    expect(list('security')).toEqual(names.map((name) => `${name}.gz`))
    await apply({ now: end + 30 * DAY })
    expect(list('security')).toEqual(['security-2026-09.tar'])
    expect([...readBack('security').keys()]).toEqual(names)
    await apply({ now: end + 365 * DAY - 1 })
    expect(list('security')).toEqual(['security-2026-09.tar'])
    await apply({ now: end + 365 * DAY })
    expect(list('security')).toEqual([])
  })

  it('puts what comes late into a second bundle, and leaves the first as it is', async () => {
    const first = write('audit', rotatedAt('audit', NOW - 90 * DAY))
    await apply()
    const before = readFileSync(join(folder, 'audit', 'audit-2026-08.tar'))
    const second = write('audit', rotatedAt('audit', NOW - 90 * DAY + 1))
    await apply()
    expect(list('audit')).toEqual(['audit-2026-08.2.tar', 'audit-2026-08.tar'])
    expect(readFileSync(join(folder, 'audit', 'audit-2026-08.tar'))).toEqual(before)
    expect([...readBack('audit').keys()].toSorted()).toEqual([first, second])
  })

  it('compresses with zstd where that is asked for, and bundles what is there of either', async () => {
    const [first, second] = [90, 91].map((days) => write('audit', rotatedAt('audit', NOW - days * DAY))) as [
      string,
      string,
    ]
    write('audit', `${second}.gz`, gzipSync(`${second}\n`.repeat(20))) // of a run that was ended before it removed the other
    const young = write('audit', rotatedAt('audit', NOW - 8 * DAY))
    await apply({ compression: 'zstd' })
    expect(list('audit')).toEqual(['audit-2026-08.tar', `${young}.zst`])
    const members = execFileSync('tar', ['-tf', join(folder, 'audit', 'audit-2026-08.tar')], { encoding: 'utf8' })
    expect(members.trim().split('\n').toSorted()).toEqual([`${second}.gz`, `${first}.zst`])
    const texts = readBack('audit')
    for (const name of [first, second, young]) expect(texts.get(name)).toBe(`${name}\n`.repeat(20))
    const over = write('application', `${rotatedAt('application', NOW - 14 * DAY)}.zst`)
    await apply()
    expect(list('application')).not.toContain(over)
  })

  it('does not remove a file whose compressed form is damaged', async () => {
    for (const ending of ['.gz', '.zst']) {
      const name = write('audit', rotatedAt('audit', NOW - 8 * DAY))
      write('audit', `${name}${ending}`, 'neither of them')
      expect((await apply({ compression: 'zstd' })).failed).toHaveLength(1)
      expect(list('audit')).toEqual([name, `${name}${ending}`])
      rmSync(join(folder, 'audit'), { recursive: true })
    }
  })

  it('keeps no class together that is kept for less than a year', async () => {
    const policy = parsePolicy('version: 1\nclasses: { security: { archive: 364d } }', { file: 'test.yaml' })
    const name = write('security', rotatedAt('security', NOW - 300 * DAY))
    await apply({ policy })
    expect(list('security')).toEqual([`${name}.gz`])
  })
})

describe('what it leaves alone', () => {
  const old = rotatedAt('application', NOW - 1000 * DAY)
  it.each([
    ['the live file', 'application.jsonl'],
    ['a name of another class', old.replace('application', 'audit')],
    ['a day that there is not', 'application-2020-02-30T00-00-00.000.jsonl'],
    ['a month that there is not', 'application-2020-13.tar'],
    ['another ending', `${old}.bak`],
    ['a time without milliseconds', 'application-2020-02-03T00-00-00.jsonl'],
  ])('is %s', async (_what, name) => {
    write('application', name)
    await apply()
    expect(list('application')).toEqual([name])
  })

  it('is what a link leads to, be it a file or the folder of a class', async () => {
    const outside = mkdtempSync(join(folder, 'outside-'))
    writeFileSync(join(outside, old), 'not ours')
    mkdirSync(join(folder, 'application'))
    symlinkSync(join(outside, old), join(folder, 'application', old))
    symlinkSync(outside, join(folder, 'security'))
    writeFileSync(join(outside, rotatedAt('security', 0)), 'not ours')
    await apply()
    expect(list('application')).toEqual([old])
    expect(readdirSync(outside)).toHaveLength(2)
  })
})

describe('a full disk', () => {
  const oldest = rotatedAt('audit', NOW - 3 * DAY)
  const ordinary = rotatedAt('application', NOW - 2 * DAY)
  const ordinaryNew = rotatedAt('application', NOW - DAY)
  /** Full until a file is gone. */
  const fullWhile = (path: string) => () =>
    existsSync(join(folder, path)) ? { usedBytes: 80, totalBytes: 100 } : ROOMY
  beforeEach(() => {
    write('audit', oldest)
    write('application', ordinary)
    write('application', ordinaryNew)
  })

  it('is nothing below its limit', async () => {
    const { done } = await apply({ readDisk: () => ({ usedBytes: 79, totalBytes: 100 }) })
    expect(done).toEqual([])
  })

  it('is not one that tells no size', async () => {
    const { done } = await apply({ readDisk: () => ({ usedBytes: 0, totalBytes: 0 }) })
    expect(done).toEqual([])
  })

  it('has files compressed before their day, oldest first, until there is room', async () => {
    const { done, excessBytes } = await apply({ readDisk: fullWhile(`audit/${oldest}`) })
    expect(done.map(({ action, files }) => [action, ...files])).toEqual([['compress', oldest]])
    expect(excessBytes).toBe(0)
  })

  it('takes ordinary classes, oldest first, and never a durable one', async () => {
    await apply({ readDisk: fullWhile(`application/${ordinary}.gz`) })
    // Full again for as long as its first file, which is compressed now, is there.
    expect(list('application')).toContain(ordinaryNew)
    const { excessBytes } = await apply({ readDisk: () => ({ usedBytes: 90, totalBytes: 100 }) })
    expect(excessBytes).toBe(11)
    expect(list('application')).toEqual([])
    expect(list('audit')).toEqual([`${oldest}.gz`])
    expect(readLog().some(({ attributes }) => attributes['audit.action'] === 'emergency_delete')).toBe(true)
  })

  it('has the oldest files moved, whole, where there is a second folder', async () => {
    const moveTo = mkdtempSync(join(folder, 'second-'))
    await apply({ moveTo, readDisk: fullWhile(`audit/${oldest}.gz`) })
    await apply({ moveTo, readDisk: () => ({ usedBytes: 90, totalBytes: 100 }) })
    expect([...list('audit'), ...list('application')]).toEqual([])
    const moved = readFileSync(join(moveTo, 'audit', `${oldest}.gz`))
    expect(gunzipSync(moved).toString()).toContain(oldest)
    expect(readdirSync(join(moveTo, 'application'))).toEqual([`${ordinary}.gz`, `${ordinaryNew}.gz`])
  })

  it('has them moved into a folder that is made with those above it', async () => {
    const moveTo = join(folder, 'second', 'disk')
    await apply({ moveTo, readDisk: () => ({ usedBytes: 90, totalBytes: 100 }) })
    expect(readdirSync(join(moveTo, 'audit'))).toEqual([`${oldest}.gz`])
    expect(statSync(join(moveTo, 'audit')).mode & 0o777).toBe(0o750)
  })

  it.runIf(process.platform === 'linux')('says where no folder can be made, and comes back', async () => {
    const { failed } = await apply({
      moveTo: '/proc/plutus/second',
      readDisk: () => ({ usedBytes: 90, totalBytes: 100 }),
    })
    expect(failed[0]).toMatchObject({ step: { action: 'move' }, reason: 'ENOENT' })
  })
})

it('tells what it would do, and changes nothing', () => {
  write('security', rotatedAt('security', NOW - 400 * DAY))
  const month = write('audit', rotatedAt('audit', NOW - 90 * DAY))
  const before = readdirSync(folder, { recursive: true })
  const steps = planRetention({ folder, policy: POLICY, now: NOW, readDisk: () => ROOMY })
  expect(steps.map(({ action, files }) => [action, ...files])).toEqual([
    ['delete', rotatedAt('security', NOW - 400 * DAY)],
    ['compress', month],
    ['bundle', `${month}.gz`],
  ])
  expect(readdirSync(folder, { recursive: true })).toEqual(before)
})

it('writes audit events of the catalogue, with the hash of the policy, behind half a line of a killed run', async () => {
  write('audit', rotatedAt('audit', NOW - 8 * DAY))
  writeFileSync(join(folder, 'retention.jsonl'), '{"eventName":"aud')
  await apply()
  const [half, line = ''] = readFileSync(join(folder, 'retention.jsonl'), 'utf8').split('\n')
  expect(half).toBe('{"eventName":"aud')
  expect(JSON.parse(line)).toMatchObject({
    eventName: 'audit.retention',
    timestamp: NOW,
    severityText: 'INFO',
    attributes: { 'audit.action': 'compress', 'audit.period': '2026-11', 'audit.policy.hash': policyHash(POLICY) },
  })
})

it('keeps both where the name of the compressed file is taken by something else', async () => {
  const name = write('audit', rotatedAt('audit', NOW - 8 * DAY))
  write('audit', `${name}.gz`, gzipSync('something else'))
  const { failed } = await apply()
  expect(failed).toHaveLength(1)
  expect(list('audit')).toEqual([name, `${name}.gz`])
})

it('carries on with other files where one cannot be read', async () => {
  const broken = write('audit', rotatedAt('audit', NOW - 90 * DAY))
  const good = write('audit', rotatedAt('audit', NOW - 60 * DAY))
  unlinkSync(join(folder, 'audit', broken))
  write('audit', `${broken}.gz`, 'no gzip')
  write('audit', broken)
  const { failed } = await apply()
  expect(failed.map(({ step }) => step.action)).toEqual(['compress', 'bundle'])
  // What could not be compressed stays out of the bundle, as it was.
  const bundle = good.replace(/-\d\dT.*/, '.tar')
  expect(list('audit')).toEqual([broken, `${broken}.gz`, bundle].toSorted())
  expect(readFileSync(join(folder, 'audit', broken), 'utf8')).toContain(broken)
})

it('loses nothing and keeps nothing twice, whichever change a run ends before', async () => {
  const build = (): string[] => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder)
    write('application', rotatedAt('application', NOW - 15 * DAY))
    write('audit', rotatedAt('audit', NOW - 8 * DAY))
    return [90, 91, 8].map((days) => write('audit', rotatedAt('audit', NOW - days * DAY))).toSorted()
  }
  let changes = 0
  build()
  await apply({ beforeChange: () => void changes++ })
  expect(changes).toBeGreaterThan(25)
  for (let last = 0; last < changes; last++) {
    const kept = build()
    let at = 0
    const beforeChange = (): void => {
      if (at++ === last) throw new Error('the process ends here')
    }
    await expect(apply({ beforeChange })).rejects.toThrow('the process ends here')
    const between = readBack('audit')
    expect(kept.filter((name) => between.get(name) !== `${name}\n`.repeat(20))).toEqual([])
    await apply()
    expect([...readBack('audit').keys()].toSorted()).toEqual(kept)
    expect(readBack('application').size).toBe(0)
    // One form of each, and nothing half written.
    expect(list('audit')).toEqual(['audit-2026-08.tar', `${rotatedAt('audit', NOW - 8 * DAY)}.gz`])
  }
})

it('loses nothing where two runs meet', async () => {
  const names = Array.from({ length: 12 }, (_none, at) => write('audit', rotatedAt('audit', NOW - (80 + at) * DAY)))
  await Promise.allSettled([apply(), apply()])
  await apply()
  expect([...readBack('audit').keys()].toSorted()).toEqual(names.toSorted())
  expect(list('audit').every((name) => name.endsWith('.tar'))).toBe(true)
})

it('writes for the owner and its group only', async () => {
  const name = write('audit', rotatedAt('audit', NOW - 8 * DAY))
  chmodSync(join(folder, 'audit', name), 0o600)
  await apply()
  const mode = execFileSync('ls', ['-l', join(folder, 'audit', `${name}.gz`)], { encoding: 'utf8' }).slice(0, 10)
  expect(mode.slice(-3)).toBe('---')
})
