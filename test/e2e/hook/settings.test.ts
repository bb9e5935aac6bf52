import { OPTIONS } from '@plutus/config'
import { runProgram } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

const NOWHERE = { OTEL_TRACES_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none', OTEL_LOGS_EXPORTER: 'none' }
// Nothing that is a number, a switch or one of a list of words, and nothing that may be shown.
const BAD = 'sk_live_51H8aBcDeF'
const CHECKED = OPTIONS.filter(
  ({ type, variable }) =>
    ['integer', 'number', 'boolean', 'enum'].includes(type) && variable !== 'OTEL_LOG_LEVEL' && !(variable in NOWHERE),
).map(({ variable }) => variable)

const run = async (env: Record<string, string>): Promise<string[]> => {
  const { code, stdout, stderr } = await runProgram({
    file: programFile('nothing.cjs'),
    env: { OTEL_LOG_LEVEL: 'warn', ...NOWHERE, ...env },
  })
  expect([code, stdout]).toEqual([0, 'ran\n'])
  expect(stderr).not.toContain(BAD)
  return stderr.split('\n').filter((line) => line !== '')
}

it('tells each bad value in one line that names the variable, and runs on', async () => {
  const lines = await run(Object.fromEntries(CHECKED.map((variable) => [variable, BAD])))
  for (const variable of CHECKED) {
    expect(lines.filter((line) => line.startsWith(`plutus: ${variable} `))).toHaveLength(1)
  }
  expect(lines).toHaveLength(CHECKED.length)
})

it('tells a bad OTEL_LOG_LEVEL, and goes on at the default', async () => {
  const [warning, start, ...more] = await run({ OTEL_LOG_LEVEL: BAD })
  expect(warning).toMatch(/^plutus: OTEL_LOG_LEVEL must be /)
  expect(start).toMatch(/^plutus: @plutus\/otel-register .+ sends to nowhere/)
  expect(more).toEqual([])
})

it('tells a misspelt name with the nearest right one', async () => {
  const lines = await run({ PLUTUS_SAMPEL_RATE: BAD })
  expect(lines).toEqual([expect.stringMatching(/PLUTUS_SAMPEL_RATE .+ did you mean PLUTUS_SAMPLE_RATE\?$/)])
})

it.each([
  ['none', 0],
  ['ERROR', 0],
  ['warn', 1],
  ['Info', 2],
])('says at OTEL_LOG_LEVEL=%s that many lines about a bad value and the start: %d', async (level, count) => {
  expect(await run({ OTEL_LOG_LEVEL: level, PLUTUS_ESM: BAD })).toHaveLength(count)
})

it('prints the effective configuration at debug, without secrets', async () => {
  const lines = await run({ OTEL_LOG_LEVEL: 'debug', OTEL_EXPORTER_OTLP_HEADERS: `authorization=${BAD}` })
  expect(lines).toContain('plutus: PLUTUS_ESM=auto (default)')
  expect(lines).toContain('plutus: OTEL_LOG_LEVEL=debug (environment)')
  expect(lines).toContain('plutus: OTEL_EXPORTER_OTLP_HEADERS=authorization=**** (environment)')
})

it.each(['plutus', 'upstream'])('starts with PLUTUS_ENGINE=%s', async (engine) => {
  expect(await run({ PLUTUS_ENGINE: engine, OTEL_LOG_LEVEL: 'info' })).toHaveLength(1)
})
