import { fileURLToPath } from 'node:url'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { createDatabase, promtool, PROMTOOL_BUILD_MILLIS, runProgram, services } from '@plutus/test-kit'
import { beforeAll, describe, expect, it } from 'vitest'

const DEMO = fileURLToPath(new URL('../../examples/demo/src/main.ts', import.meta.url))
const MOST_MILLIS = 300_000
const reason = collectorBinary.reason || promtool.reason

interface FiringAlert {
  readonly name: string
  readonly description: string
}

/** What the demo tells as JSON, as far as it is looked at here. */
interface Report {
  readonly traces: {
    readonly kept: { readonly told: number; readonly arrived: number; readonly missing: readonly string[] }
    readonly others: { readonly made: number; readonly arrived: number }
    readonly torn: number
  }
  readonly alert: { readonly below: readonly FiringAlert[]; readonly at: readonly FiringAlert[] }
  readonly isStored: boolean
  readonly isComplete: boolean
}

describe.skipIf(reason !== '')(`the demo through a collector${reason && ` (${reason})`}`, () => {
  let code: number | null
  let report: Report

  beforeAll(async () => {
    await promtool.ensure()
    const args = ['--collector', '--json']
    // A PostgreSQL in memory takes its time to start: the demo without a collector is shown on one.
    const database = services.postgres.available ? await createDatabase() : undefined
    const env = database ? { DATABASE_URL: database.url } : {}
    const ended = await runProgram({ file: DEMO, hook: 'none', args, env, timeoutMillis: MOST_MILLIS })
    await database?.drop()
    code = ended.code
    if (ended.stdout === '') throw new Error(`the demo printed nothing: ${ended.stderr}`)
    report = JSON.parse(ended.stdout) as Report
  }, PROMTOOL_BUILD_MILLIS + MOST_MILLIS)

  it('fires the alert of failed logins at its number, and not one below', () => {
    const fired = (alerts: readonly FiringAlert[]): readonly FiringAlert[] =>
      alerts.filter(({ name }) => name === 'PlutusAuthFailures')
    expect(fired(report.alert.below)).toEqual([])
    expect(fired(report.alert.at)).toEqual([
      { name: 'PlutusAuthFailures', description: '20 of auth.failures within 60 s; the policy alerts at 20.' },
    ])
  })

  it('has all traces that a record keeps, a part of the requests that nothing keeps, and each trace whole', () => {
    const { kept, others, torn } = report.traces
    expect(kept.told).toBeGreaterThan(0)
    expect(kept).toEqual({ told: kept.told, arrived: kept.told, missing: [] })
    expect(others.arrived).toBeLessThan(others.made)
    expect(torn).toBe(0)
  })

  it('ends well, with what must not be lost at the backend and in the archive', () => {
    expect({ code, isStored: report.isStored, isComplete: report.isComplete }).toEqual({
      code: 0,
      isStored: true,
      isComplete: true,
    })
  })
})
