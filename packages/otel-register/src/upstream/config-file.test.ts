import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readConfigFile } from './config-file.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plutus-config-file-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const read = (text: string): unknown => {
  const file = join(folder, 'otel.yaml')
  writeFileSync(file, text)
  return readConfigFile(file)
}

it.each(['1.0', '1.1'])('reads file_format %s', (version) => {
  expect(read(`file_format: "${version}"\ndisabled: true\n`)).toEqual({ disabled: true })
})

it.each([
  ['a field of a wrong type', 'file_format: "1.0"\ndisabled: secret\n', 'where disabled must be boolean,null (line 2)'],
  ['an unknown version', 'file_format: "9.secret"\n', 'whose file_format must be "1.0" or "1.1" (line 1)'],
  ['no version', 'disabled: true\n', 'whose file_format must be "1.0" or "1.1"'],
  [
    'a tab for indentation',
    'file_format: "1.0"\nresource:\n\tsecret: 1\n',
    expect.stringMatching(/^which is not YAML: line 3 \(/),
  ],
  ['an open quote', 'file_format: "1.0"\nresource: "secret\n', expect.stringMatching(/^which is not YAML: line 3 \(/)],
  ['a wrong reference', 'file_format: "1.0"\nlog_level: ${secret:?x}\n', 'where a ${...} does not name a variable'],
  ['a text that is no mapping', 'secret', expect.stringMatching(/^whose file_format/)],
  ['nothing', '', expect.stringMatching(/^whose file_format/)],
  [
    'a missing field deep inside',
    'file_format: "1.0"\ntracer_provider:\n  processors:\n    - batch:\n        schedule_delay: 1\n',
    "where tracer_provider.processors.0.batch must have required property 'exporter' (line 4)",
  ],
])('says what is wrong with %s, without any value', (_what, text, problem) => {
  const answer = read(text)
  expect(answer).toEqual(problem)
  expect(answer).not.toContain('secret')
})

it('says why a file cannot be read', () => {
  expect(readConfigFile(join(folder, 'absent.yaml'))).toBe('which cannot be read (ENOENT)')
  expect(readConfigFile(folder)).toBe('which cannot be read (EISDIR)')
})
