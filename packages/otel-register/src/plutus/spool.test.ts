import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { resolveConfig } from '@plutus/config'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { openSpool } from './spool.ts'

let folder: string
let lines: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'register-spool-'))
  lines = []
  vi.stubEnv('XDG_STATE_HOME', undefined)
  vi.stubEnv('HOME', join(folder, 'home'))
  mkdirSync(join(folder, 'home'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true, force: true })
})

/** Opens a spool, writes a record to it, and returns whether it can be on disk. */
function write(env: Record<string, string>, serviceName = 'shop'): boolean {
  const spool = openSpool({
    config: resolveConfig(env),
    serviceName: () => serviceName,
    workingDirectory: folder,
    resource: () => new Uint8Array(0),
    isThread: false,
    send: () => {},
    isBusy: () => false,
    warn: (line) => void lines.push(line),
  })
  spool?.append(Uint8Array.of(10, 0), Uint8Array.of(18, 0), 0, 2)
  return spool?.seal() !== undefined
}

it.runIf(process.platform !== 'win32').each([
  ['the directory that is named', { PLUTUS_SPOOL_DIR: 'own/spool' }, 'shop', 'own/spool'],
  ['the state directory of the user', {}, 'shop', 'home/.local/state/plutus/shop'],
  [
    'a name that is no path, where the service has another',
    {},
    '../../etc/x y',
    'home/.local/state/plutus/__.._etc_x_y',
  ],
])('writes to %s', (_where, env, serviceName, path) => {
  expect(write(env, serviceName)).toBe(true)
  expect(readdirSync(join(folder, path))).toHaveLength(1)
  expect(lines).toEqual([])
})

it.runIf(process.platform !== 'win32')(
  'writes to the state directory that the environment names, if it is a path',
  () => {
    vi.stubEnv('XDG_STATE_HOME', join(folder, 'state'))
    expect(write({})).toBe(true)
    expect(existsSync(join(folder, 'state/plutus/shop'))).toBe(true)
    vi.stubEnv('XDG_STATE_HOME', 'relative')
    expect(write({}, 'other')).toBe(true)
    expect(existsSync(join(folder, 'home/.local/state/plutus/other'))).toBe(true)
  },
)

it('writes nothing where it is off', () => {
  expect(write({ PLUTUS_SPOOL_DIR: 'off' })).toBe(false)
  expect(readdirSync(join(folder, 'home'))).toEqual([])
  expect(lines).toEqual([])
})

it.each([
  ['is not there', undefined, /PLUTUS_SPOOL_KEY_FILE cannot be read \(ENOENT\)/],
  ['holds no key', 'short', /key/i],
])('writes nothing rather than unencrypted where the key file %s', (_what, text, why) => {
  if (text !== undefined) writeFileSync(join(folder, 'key'), text)
  expect(write({ PLUTUS_SPOOL_DIR: 'spool', PLUTUS_SPOOL_KEY_FILE: 'key' })).toBe(false)
  expect(lines).toEqual([expect.stringMatching(/^Unsent telemetry is kept in memory only, see PLUTUS_SPOOL_DIR\. /)])
  expect(lines[0]).toMatch(why)
  expect(lines[0]).not.toContain('short')
  expect(existsSync(join(folder, 'spool'))).toBe(false)
})

it('encrypts with the first key of the file', () => {
  writeFileSync(join(folder, 'key'), `${'ab'.repeat(32)}\n`)
  expect(write({ PLUTUS_SPOOL_DIR: 'spool', PLUTUS_SPOOL_KEY_FILE: 'key' })).toBe(true)
})

it.runIf(process.platform !== 'win32')('tells in one line that a user without a home has no place for it', () => {
  vi.stubEnv('HOME', '/')
  expect(write({})).toBe(false)
  expect(lines).toEqual([expect.stringMatching(/has no home directory/)])
})
