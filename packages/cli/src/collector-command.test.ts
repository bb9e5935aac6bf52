import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CATALOGUE } from '@plutus/conventions'
import { builtInPolicy, policyHash, renderCollector } from '@plutus/policy'
import { runCli } from './run-cli.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const write = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number; out: string; err: string }> {
  let [out, err] = ['', '']
  const code = await runCli(['collector', ...args], {
    env,
    stdin: (async function* nothing() {})(),
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  })
  return { code, out, err }
}

describe('plutus collector render', () => {
  it('writes what the policy renders, to standard output or to a file', async () => {
    const expected = renderCollector(builtInPolicy(), { role: 'gateway', backend: 'grafana' })
    const args = ['render', '--role', 'gateway', '--backend', 'grafana']
    expect(await run(args)).toEqual({ code: 0, out: expected, err: '' })
    const out = join(folder, 'gateway.yaml')
    expect(await run([...args, '--out', out])).toEqual({ code: 0, out: '', err: '' })
    expect(readFileSync(out, 'utf8')).toBe(expected)
  })

  it('writes all that the policy renders into a folder', async () => {
    const into = join(folder, 'all')
    const { code, err } = await run(['render', '--into', into])
    expect({ code, err }).toEqual({ code: 0, err: `29 files in ${into}, by policy ${policyHash(builtInPolicy())}\n` })
    const files = readdirSync(into, { recursive: true, encoding: 'utf8' })
    expect(files).toEqual(expect.arrayContaining(['collector-sampler.yaml', join('retention', 'loki.yaml')]))
    expect(files).toEqual(
      expect.arrayContaining([join('rules', 'prometheus-rules.yaml'), join('dashboards', 'overview.json')]),
    )
    expect((await run(['render', '--into', into, '--role', 'agent'])).code).toBe(2)
  })

  it('tells by file, line and column what is wrong with a policy, and renders nothing', async () => {
    const policy = write('wrong.yaml', 'version: 1\nclasses: { payment: { archive: none } }\n')
    const { code, out, err } = await run(['render', '--role', 'single', '--policy', policy])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(/wrong\.yaml:2:23: POLICY_DURABLE_NEEDS_ARCHIVE: .+\n$/)
  })

  it('tells which file cannot be read or written', async () => {
    const none = join(write('file', ''), 'x.yaml')
    expect((await run(['render', '--role', 'single', '--policy', none])).err).toBe(`${none} cannot be read (ENOTDIR)\n`)
    expect((await run(['render', '--role', 'single', '--out', none])).err).toMatch(
      /x\.yaml cannot be written \((?:EEXIST|ENOTDIR)\)\n$/,
    )
  })

  it.runIf(process.platform === 'linux')('comes back from a file system that never makes a folder', () => {
    const main = new URL('main.ts', import.meta.url).pathname
    for (const place of ['--into', '--out']) {
      const args = [main, 'collector', 'render', ...(place === '--out' ? ['--role', 'agent'] : []), place, '/proc/x/y']
      const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 20_000 })
      expect({ status, stderr }).toEqual({
        status: 2,
        stderr: expect.stringMatching(/ cannot be written \(ENOENT\)\n$/),
      })
    }
  })
})

describe('plutus collector validate', () => {
  it('finds nothing in what the built-in policy renders', async () => {
    const err = `nothing found in single, agent, gateway, sampler, by policy ${policyHash(builtInPolicy())} for otlp\n`
    expect(await run(['validate'])).toEqual({ code: 0, out: '', err })
  })

  it('finds in a file what breaks a rule', async () => {
    const text = renderCollector(builtInPolicy(), { role: 'agent' })
    const file = write('agent.yaml', text.replace('max_elapsed_time: 0s', 'max_elapsed_time: 5m'))
    const { code, out, err } = await run(['validate', '--role', 'agent', file])
    expect(code).toBe(1)
    expect(out).toMatch(/agent\.yaml: exporters\/otlp_http\/audit: COLLECTOR_RETRY_ENDS: .+\n$/)
    expect(err).toMatch(/^1 found in /)
    expect((await run(['validate', '--role', 'agent', write('fine.yaml', text)])).code).toBe(0)
  })

  it('finds life cycles of buckets that delete before the policy does', async () => {
    const rule = { ID: 'all', Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 400 } }
    const file = write('lifecycle.json', JSON.stringify({ Rules: [rule] }))
    for (const [use, days] of [
      ['archive', 2555],
      ['backend', 2556],
    ] as const) {
      const { code, out } = await run(['validate', '--lifecycle', `${use}=${file}`])
      expect(code).toBe(1)
      expect(out).toContain(`${file}: rules/all: COLLECTOR_BUCKET_LIFECYCLE: The rule all deletes after 400d`)
      expect(out).toContain(`the policy keeps for ${days}d`)
    }
    const own = await run(['validate', '--lifecycle', `archive=${write('none.json', '{"Rules":[]}')}`])
    expect(own.code).toBe(0)
    expect((await run(['validate', '--lifecycle', `archive=${write('wrong.json', '[]')}`])).err).toContain(
      'is no life cycle',
    )
  })

  it('says what it cannot read', async () => {
    const { code, err } = await run(['validate', '--role', 'agent', write('broken.yaml', 'a: [')])
    expect({ code, err }).toEqual({
      code: 2,
      err: expect.stringContaining("broken.yaml is no YAML of a collector's") as string,
    })
  })
})

describe('plutus collector explain', () => {
  it('explains the events that are named, under the policy that is named', async () => {
    const policy = write('tenth.yaml', 'version: 1\nsampling: { rate: 10% }\n')
    const { code, out } = await run(['explain', '--policy', policy, 'payment.completion', 'http.request'])
    expect(code).toBe(0)
    const [table = ''] = out.split('\n\n')
    expect(table.split('\n').map((line) => line.split(/ {2,}/).slice(0, 4))).toEqual([
      ['EVENT', 'CLASS', 'GOES TO', 'DROPPED'],
      ['payment.completion', 'payment', 'otlp by a queue with fsync + archive (files)', 'never'],
      ['http.request', 'performance', 'otlp by a queue on disk', 'below WARN, all but 10%, by the collector'],
    ])
    expect((await run(['explain', 'http.request'], { PLUTUS_POLICY_FILE: policy })).out).toContain('all but 10%')
  })

  it('tells what becomes of spans with links, which validate also does where they pass', async () => {
    expect((await run(['explain', 'http.request'])).out).toMatch(/^Spans with links go no further .+\n$/mu)
    const policy = write('links.yaml', 'version: 1\nredaction: { unmasked_links: pass }\n')
    const told =
      'Spans with links pass with what their sender wrote there, masked or not (redaction.unmasked_links: pass).\n'
    expect((await run(['explain', '--policy', policy, 'http.request'])).out).toContain(told)
    const { code, err } = await run(['validate', '--policy', policy])
    expect({ code, begin: err.startsWith(told) }).toEqual({ code: 0, begin: true })
  })

  it('explains the whole catalogue, also as JSON', async () => {
    const { out } = await run(['explain', '--json'])
    const events = out
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event)
    expect(events).toEqual(CATALOGUE.map(({ name }) => name))
  })

  it('says of a name that the catalogue does not have which was probably meant', async () => {
    const { code, err } = await run(['explain', 'payment.completoin'])
    expect(code).toBe(1)
    expect(err).toBe(
      '"payment.completoin" is not in the catalogue: explained as a record without a class; did you mean payment.completion?\n',
    )
  })
})

describe('plutus collector diff', () => {
  it('tells what changes from one policy to another, and what loses something', async () => {
    const [one, other] = ['90d', '30d'].map((days) =>
      write(`${days}.yaml`, `version: 1\nclasses: { payment: { searchable: ${days} } }\n`),
    ) as [string, string]
    const { code, out, err } = await run(['diff', one, other])
    expect({ code, err }).toEqual({ code: 1, err: '1 change, 1 of them loses something\n' })
    expect(out).toMatch(/^! {2}classes\.payment\.searchable +90d +30d +Who searches finds its records for 30d\.$/m)
    expect((await run(['diff', one])).out).toMatch(/classes\.payment\.searchable +60d +90d/)
    expect(await run(['diff', one, one])).toEqual({ code: 0, out: '', err: '0 changes, 0 of them lose something\n' })
    expect(JSON.parse((await run(['diff', '--json', one, other])).out)).toMatchObject({ before: '90d', after: '30d' })
  })
})

it.each([
  [[], 'plutus collector render (--role ROLE'],
  [['rendre'], 'did you mean render?'],
  [['render'], 'say --role'],
  [['render', '--role', 'gatway'], 'did you mean gateway?'],
  [['render', '--role', 'agent', '--backend', 'loki'], '--backend must be one of otlp'],
  [['render', '--rol', 'agent'], "Unknown option '--rol'"],
  [['render', '--role', 'agent', 'x'], 'takes options only'],
  [['validate', 'x.yaml'], 'say --role'],
  [['validate', '--lifecycle', 'x.json'], 'archive=FILE or backend=FILE'],
  [['validate', '--lifecycle', 'archiv=x.json'], 'did you mean archive?'],
  [['diff'], 'name two policy files'],
  [['diff', 'a', 'b', 'c'], 'name two policy files'],
])('answers %j with code 2 and a way out', async (args, wayOut) => {
  const { code, out, err } = await run(args)
  expect(code).toBe(2)
  expect(out + err).toContain(wayOut)
})

it.each([['--help'], ['render', '--help'], ['diff', '-h']])('shows its usage for %s %s', async (...args) => {
  const { code, out } = await run(args.filter((arg) => arg !== undefined))
  expect(code).toBe(0)
  expect(out).toContain('plutus collector explain')
})
