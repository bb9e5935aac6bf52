import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { DATA_CLASSES } from '@plutus/conventions'
import { builtInPolicy, parsePolicy } from '../parse-policy.ts'
import { policyHash } from '../policy-hash.ts'
import type { Policy } from '../policy.ts'
import { renderRetention } from './render-retention.ts'

const RENDERED = new URL('../../../../otel-collector/rendered/retention/', import.meta.url)

it.each(renderRetention(builtInPolicy()))('$name is rendered from the built-in policy', async ({ name, text }) => {
  await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(name, RENDERED)))
})

it.each(renderRetention(builtInPolicy()))('$name carries the hash of the policy', ({ text }) => {
  expect(text).toContain(policyHash(builtInPolicy()))
})

const days = fc.integer({ min: 1, max: 9000 })
/** A policy with any periods that its checks let pass. */
const anyPolicy = fc
  .record({ periods: fc.tuple(days, days, days, days, days), steps: fc.tuple(days, days, days), extra: fc.nat(500) })
  .map(({ periods, steps: [hot, warm, cold], extra }) => {
    const classes = DATA_CLASSES.map((name, at) => {
      const searchable = periods[at] as number
      return `  ${name}: { searchable: ${searchable}d, archive: ${searchable + extra}d }`
    })
    const tiers = `tiers: { hot: ${hot}d, warm: ${hot + warm}d, cold: ${hot + warm + cold}d }`
    return ['version: 1', tiers, 'classes:', ...classes].join('\n')
  })

const rendered = new WeakMap<Policy, ReturnType<typeof renderRetention>>()

function render(policy: Policy, name: string): string {
  const files = rendered.get(policy) ?? renderRetention(policy)
  rendered.set(policy, files)
  const file = files.find((one) => one.name === name)
  if (file === undefined) throw new TypeError(`${name} is not rendered`)
  return file.text
}

const json = (policy: Policy, name: string): unknown => JSON.parse(render(policy, name))

describe('for any policy', () => {
  const forAny = (check: (policy: Policy) => void): void =>
    fc.assert(
      fc.property(anyPolicy, (text) => check(parsePolicy(text))),
      { numRuns: 50 },
    )

  it('Loki keeps a stream per class for its time, and unknown ones like application', () => {
    forAny((policy) => {
      const { limits_config: limits } = parse(render(policy, 'loki.yaml')) as {
        limits_config: { retention_period: string; retention_stream: { selector: string; period: string }[] }
      }
      const expected = DATA_CLASSES.map((name) => [
        `{plutus_data_class="${name}"}`,
        `${policy.classes[name].searchableDays * 24}h`,
      ])
      expect(Object.fromEntries(limits.retention_stream.map(({ selector, period }) => [selector, period]))).toEqual(
        Object.fromEntries(expected),
      )
      expect(limits.retention_period).toBe(`${policy.classes.application.searchableDays * 24}h`)
    })
  })

  it('ClickHouse deletes at the time of a class, and moves before it only', () => {
    forAny((policy) => {
      const sql = render(policy, 'clickhouse.sql')
      for (const name of DATA_CLASSES) {
        const [, ttl = ''] =
          new RegExp(`CREATE TABLE IF NOT EXISTS otel_logs_${name} [^;]*?\\nTTL ([^;]*?)\\nSETTINGS`).exec(sql) ?? []
        const ages = [...ttl.matchAll(/INTERVAL (\d+) DAY (DELETE|TO VOLUME '\w+')/g)].map(([, age, what]) => [
          Number(age),
          what,
        ])
        const time = policy.classes[name].searchableDays
        const moves = [
          [policy.tiers.hotDays, "TO VOLUME 'warm'"],
          [policy.tiers.warmDays, "TO VOLUME 'cold'"],
        ].filter(([age]) => (age as number) < time)
        expect(ages).toEqual([...moves, [time, 'DELETE']])
        expect(sql).toContain(`ALTER TABLE otel_logs_${name} MODIFY TTL ${ttl};`)
      }
    })
  })

  it('S3 keeps each archived class for its time, moves it on in order, and locks what is immutable', () => {
    forAny((policy) => {
      const { Rules: rules } = json(policy, 's3-lifecycle.json') as {
        Rules: { Filter: { Prefix: string }; Transitions: { Days: number }[]; Expiration: { Days: number } }[]
      }
      expect(rules.map(({ Filter }) => Filter.Prefix).sort()).toEqual(
        [...DATA_CLASSES].map((name) => `${name}/`).sort(),
      )
      for (const { Filter, Transitions, Expiration } of rules) {
        const name = DATA_CLASSES.find((one) => `${one}/` === Filter.Prefix)
        expect(Expiration.Days).toBe(name && policy.classes[name].archiveDays)
        const ages = [...Transitions.map(({ Days }) => Days), Expiration.Days]
        expect(ages).toEqual([...new Set(ages)].sort((a, b) => a - b))
        // S3 refuses less.
        expect(ages.length === 1 || (ages[0] as number) >= 30).toBe(true)
      }
      const lock = json(policy, 's3-object-lock-audit.json') as { configuration: { Rule: unknown } }
      expect(lock.configuration.Rule).toEqual({
        DefaultRetention: { Mode: 'COMPLIANCE', Days: policy.classes.audit.archiveDays },
      })
    })
  })

  it('Elasticsearch and OpenSearch delete an index at the time of its class and not before, in rising steps', () => {
    forAny((policy) => {
      const elastic = json(policy, 'elasticsearch.json') as Record<
        string,
        { policy: { phases: Record<string, { min_age?: string }> } }
      >
      const open = json(policy, 'opensearch.json') as Record<
        string,
        { policy: { states: { name: string; transitions: { conditions: { min_index_age: string } }[] }[] } }
      >
      for (const name of DATA_CLASSES) {
        const time = policy.classes[name].searchableDays
        const phases = elastic[`PUT _ilm/policy/plutus-${name}`]?.policy.phases
        expect(phases?.['delete']?.min_age).toBe(`${time}d`)
        const ages = ['warm', 'cold', 'delete'].flatMap(
          (phase) => Number.parseInt(phases?.[phase]?.min_age ?? '', 10) || [],
        )
        expect(ages).toEqual([...new Set(ages)].sort((a, b) => a - b))
        const states = open[`PUT _plugins/_ism/policies/plutus-${name}`]?.policy.states ?? []
        expect(states.at(-1)?.name).toBe('delete')
        expect(states.at(-2)?.transitions[0]?.conditions.min_index_age).toBe(`${time + 1}d`)
      }
    })
  })

  it('VictoriaLogs, Splunk and CloudWatch keep each class for its time at least', () => {
    forAny((policy) => {
      const victoria = json(policy, 'victorialogs.json') as { processes: Record<string, { arguments: string[] }> }
      const splunk = render(policy, 'splunk-indexes.conf')
      const { groups } = json(policy, 'cloudwatch.json') as {
        groups: { logGroupName: string; retentionInDays?: number }[]
      }
      for (const name of DATA_CLASSES) {
        const time = policy.classes[name].searchableDays
        expect(victoria.processes[name]?.arguments).toContain(`-retentionPeriod=${time}d`)
        expect(splunk).toMatch(new RegExp(`\\[plutus_${name}\\][^[]*frozenTimePeriodInSecs = ${time * 86_400}\\n`))
        const group = groups.find(({ logGroupName }) => logGroupName === `/plutus/${name}`)
        expect(group?.retentionInDays ?? Infinity).toBeGreaterThanOrEqual(time)
      }
    })
  })

  it('Tempo keeps spans as long as the ordinary records beside them', () => {
    forAny((policy) => {
      const { application, performance } = policy.classes
      const time = Math.max(application.searchableDays, performance.searchableDays) * 24
      expect(render(policy, 'tempo.yaml')).toContain(`block_retention: ${time}h`)
    })
  })
})

it('renders no archive for a class that has none', () => {
  expect(render(builtInPolicy(), 's3-lifecycle.json')).not.toContain('application/')
})

it('moves nothing on in S3 on the day on which it is deleted', () => {
  const policy = parsePolicy('version: 1\nclasses: { payment: { archive: 365d } }')
  const { Rules: rules } = json(policy, 's3-lifecycle.json') as { Rules: { ID: string; Transitions: unknown[] }[] }
  expect(rules.find(({ ID }) => ID.startsWith('plutus-payment'))?.Transitions).toEqual([
    { Days: 30, StorageClass: 'STANDARD_IA' },
  ])
})
