import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCli } from './run-cli.ts'

const VISA = '4242424242424242' // published test number, issued to nobody
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

interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

const run = async (
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdin: readonly string[] = [],
): Promise<Ran> => {
  let [out, err] = ['', '']
  const io = {
    env,
    stdin: (async function* read() {
      yield* stdin
    })(),
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
  }
  const code = await runCli(args, io)
  return { code, out, err }
}

describe('plutus redact --check', () => {
  it('tells file, line and rule of what it finds, never the value, and exits with 1', async () => {
    const file = write(
      'app.log',
      `all good\r\n{"card":"${VISA}","password":"hunter2"}\n\n${VISA} and ${VISA.slice(0, -1)}\n`,
    )
    const { code, out, err } = await run(['redact', '--check', file])
    expect({ code, out, err }).toEqual({
      code: 1,
      out: `${file}:2: pan\n${file}:2: secret_key\n${file}:4: pan\n`,
      err: '3 found in 1 file\n',
    })
  })

  it('exits with 0 where nothing is found, and with 2 where a file cannot be read', async () => {
    const file = write('clean.log', 'all good')
    expect(await run(['redact', '--check', file])).toEqual({ code: 0, out: '', err: '0 found in 1 file\n' })
    const { code, err } = await run(['redact', '--check', file, join(folder, 'none.log')])
    expect(code).toBe(2)
    expect(err).toContain('cannot be read (ENOENT)')
  })

  it('writes JSON, keeps to the rules that are asked for, and reads standard input in any chunks', async () => {
    const { code, out } = await run(['redact', '--check', '--json', '--only', 'pan,jwt', '-'], {}, [
      'a\npassword=x 4242',
      '424242424242\n',
    ])
    expect(code).toBe(1)
    expect(out).toBe('{"file":"-","line":2,"rule":"pan","count":1}\n')
  })

  it('finds what rules of your own name, by file or by variable', async () => {
    const rules = write('rules.json', '[{"name":"member","pattern":"M-\\\\d{4}"}]')
    const expected = { code: 1, out: '-:1: member\n' }
    expect(await run(['redact', '--check', '--rules', rules, '-'], {}, ['M-1234'])).toMatchObject(expected)
    const env = { PLUTUS_REDACT_RULES_FILE: rules }
    expect(await run(['redact', '--check', '--only', 'member', '-'], env, ['a@b.co M-1234'])).toMatchObject(expected)
  })

  it('checks nothing by rules that cannot act, and says which and why', async () => {
    const rules = write('bad-rules.json', '[{"name":"member","pattern":"M-\\\\d+"},{"name":"b","pattern":"M"}]')
    const { code, out, err } = await run(['redact', '--check', '--rules', rules, '-'], {}, ['M-1234'])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toContain('--rules: rule member must be a pattern of linear time: "+" has no upper bound, write {1,64}')
  })

  it('says of packed files and of folders that they cannot be searched, and goes on with the others', async () => {
    const packed = join(folder, 'app.log.gz')
    writeFileSync(packed, gzipSync(`${VISA}\n`))
    const { code, out, err } = await run(['redact', '--check', packed, folder, write('b.log', VISA)])
    expect(code).toBe(2)
    expect(out).toBe(`${join(folder, 'b.log')}:1: pan\n`)
    expect(err).toContain(`${packed} cannot be read (packed as gzip)`)
    expect(err).toContain(`${folder} cannot be read (EISDIR)`)
  })

  it('finds what stands in UTF-16, between bytes that are no text, and in lines of megabytes', async () => {
    const wide = join(folder, 'wide.log')
    writeFileSync(wide, Buffer.from(`\ufeffgood\r\n${VISA}\r\n`, 'utf16le'))
    const binary = join(folder, 'core.bin')
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => ((at * 37 + (at >> 8)) % 256) | 0x80))
    writeFileSync(binary, Buffer.concat([noise, Buffer.from(`\u0000${VISA}\u0000`), noise]))
    const long = write('long.log', `\n${'x y '.repeat(1_000_000)}${VISA}`)
    const { code, out } = await run(['redact', '--check', wide, binary, long])
    expect(code).toBe(1)
    expect(out).toMatch(/wide\.log:2: pan\n.*core\.bin:\d+: pan\n.*long\.log:2: pan\n$/)
  })

  it('follows the policy of the variables', async () => {
    const file = write('mail.log', 'to jane@example.com')
    expect((await run(['redact', '--check', file])).code).toBe(1)
    expect((await run(['redact', '--check', file], { PLUTUS_REDACT_EMAIL: 'keep' })).code).toBe(0)
    expect((await run(['redact', '--check', file], { PLUTUS_REDACT_EMAIL: 'hash' })).out).toBe(`${file}:1: email\n`)
  })

  it('finds what stands where two parts of a line without end meet', async () => {
    const before = 'x '.repeat(262_140)
    const { out } = await run(['redact', '--check', '-'], {}, [`${before}${VISA} ${'y '.repeat(100_000)}`])
    expect(out).toContain('-:1: pan')
  })
})

it.each([
  [[], 2, 'Usage: plutus COMMAND'],
  [['--help'], 0, 'plutus redact'],
  [['redact', '--help'], 0, 'Usage: plutus redact --check'],
  [['redcat'], 2, 'did you mean redact?'],
  [['redact', 'a.log'], 2, 'say --check'],
  [['redact', '--check'], 2, 'name the files'],
  [['redact', '--check', '--only', 'pn', 'a'], 2, 'did you mean pan?'],
  [['redact', '--chekc'], 2, "Unknown option '--chekc'"],
])('answers %j with code %d and help', async (args, code, help) => {
  const ran = await run(args)
  expect(ran.code).toBe(code)
  expect(ran.out + ran.err).toContain(help)
})

it('is a program', () => {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  expect(execFileSync(process.execPath, ['--no-warnings', main, '--help'], { encoding: 'utf8' })).toContain(
    'plutus redact',
  )
})
