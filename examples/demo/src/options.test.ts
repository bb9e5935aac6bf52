import { expect, it } from 'vitest'
import { parseOptions, UsageError } from './options.ts'

it('asks for nothing without arguments', () => {
  expect(parseOptions([])).toEqual({
    endpoint: undefined,
    isKept: false,
    isJson: false,
    isPlain: false,
    isOutage: false,
    isCollector: false,
    isHelp: false,
  })
})

it.each([
  ['--keep --json', { isKept: true, isJson: true }],
  ['-- --keep', { isKept: true }],
  ['--plain', { isPlain: true }],
  ['--outage --json', { isOutage: true, isJson: true }],
  ['--collector --json', { isCollector: true, isJson: true }],
  ['-h', { isHelp: true }],
  ['--endpoint http://localhost:4318', { endpoint: new URL('http://localhost:4318') }],
  ['--endpoint=https://otlp.example/base', { endpoint: new URL('https://otlp.example/base') }],
])('reads %s', (line, expected) => {
  expect(parseOptions(line.split(' '))).toMatchObject(expected)
})

it.each([
  ['--endpiont http://localhost:4318', 'There is no option --endpiont; did you mean --endpoint?'],
  ['--plane', 'There is no option --plane; did you mean --plain?'],
  ['--kept', 'There is no option --kept; did you mean --keep?'],
  ['--verbose-output', 'There is no option --verbose-output; see --help'],
  ['-k', 'There is no option -k; see --help'],
  ['keep', '"keep" is not an option; see --help'],
  ['--keep=yes', '--keep takes no value'],
  ['--outage --keep', '--outage does not go with --keep'],
  ['--collector --plain', '--collector does not go with --plain'],
  ['--collector --outage', '--outage does not go with --collector'],
  ['--endpoint', '--endpoint takes an http or https URL such as http://localhost:4318'],
  ['--endpoint localhost:4318', '--endpoint takes an http or https URL such as http://localhost:4318'],
  ['--endpoint --keep', '--endpoint takes an http or https URL such as http://localhost:4318'],
])('refuses %s and says what is right', (line, message) => {
  expect(() => parseOptions(line.split(' '))).toThrow(new UsageError(message))
})
