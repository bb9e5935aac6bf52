import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const TELEMETRY = /telemetry|opentelemetry|\botel|\bspans?\b|\btracer|traceparent|\bmetrics?\b|@plutus\/(?!test-kit)/i
const HERE = new URL('.', import.meta.url)

it.each(readdirSync(HERE, { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.test)\.ts$/.test(file)))(
  'leaves telemetry to the flag: %s',
  (file) => {
    expect(readFileSync(new URL(file, HERE), 'utf8')).not.toMatch(TELEMETRY)
  },
)

it('depends on nothing about telemetry either', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', HERE), 'utf8')) as { dependencies: object }
  expect(Object.keys(manifest.dependencies).filter((name) => TELEMETRY.test(name))).toEqual([])
})
