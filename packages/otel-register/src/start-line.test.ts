import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { INSTRUMENTATIONS } from './instrumentation-table.ts'
import { describeInstrumentations, readDependencies } from './start-line.ts'

const BY_DEFAULT = INSTRUMENTATIONS.filter(({ onRequest }) => onRequest !== true)

it.each([
  [[], 'http, http2, undici'],
  [['express', 'pg', 'left-pad'], 'http, http2, undici, express, pg'],
  [['@aws-sdk/client-s3'], 'http, http2, undici, aws-sdk'],
  [['@nats-io/transport-node'], 'http, http2, undici, nats'],
  [['@nestjs/core'], 'http, http2, undici, nestjs-core'],
])('names for the dependencies %j: %s', (dependencies, expected) => {
  expect(describeInstrumentations(BY_DEFAULT, dependencies)).toBe(expected)
})

it('says so when nothing acts', () => {
  expect(describeInstrumentations([], ['pg'])).toBe('nothing')
})

it('stays short', () => {
  const all = BY_DEFAULT.flatMap(({ modules }) => Object.keys(modules))
  expect(describeInstrumentations(BY_DEFAULT, all)).toMatch(/^(?:[\w.-]+, ){11}[\w.-]+ and \d+ more$/)
})

it('reads the nearest manifest at or above a folder, and none that is broken', () => {
  const root = mkdtempSync(join(tmpdir(), 'start-line-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  mkdirSync(join(root, 'src', 'broken'), { recursive: true })
  writeFileSync(
    join(root, 'package.json'),
    JSON.stringify({ dependencies: { pg: '8' }, optionalDependencies: { hono: '4' } }),
  )
  writeFileSync(join(root, 'src', 'broken', 'package.json'), '{')
  expect(readDependencies(join(root, 'src', 'broken'))).toEqual(['pg', 'hono'])
})
