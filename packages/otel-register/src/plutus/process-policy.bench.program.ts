import { deepStrictEqual } from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger, LogRecord } from '@opentelemetry/api'
import { resolveConfig } from '@plutus/config'
import { createBufferPool } from '@plutus/otlp'
import { BUILT_IN_RULES, createProviders, createTraceSampler, RecordBuffer } from '@plutus/sdk'
import type { ClassRules } from '@plutus/sdk'
import { readProcessPolicy } from './process-policy.ts'

// Runs under plain Node, as a service would run it, and prints nanoseconds per record as JSON. All contestants take
// turns in each round, so that a busy machine is busy for all of them.

const RECORDS = 256
const ROUNDS = 200
const MATCHES = `version: 1
classes:
  audit: { match: [{ events: "ledger.*" }] }
  security: { match: [{ events: ["*.denied", "login.*"] }, { severity: fatal }] }
  payment: { match: [{ events: "settlement.*.done" }] }
`

const folder = mkdtempSync(join(tmpdir(), 'plutus-rules-'))
const rulesOf = (text: string): ClassRules => {
  const file = join(folder, 'policy.yaml')
  writeFileSync(file, text)
  const policy = readProcessPolicy(file, resolveConfig({}), (line) => {
    throw new Error(line)
  })
  return (policy as NonNullable<typeof policy>).classRules
}
const rules = {
  'the built-in rules': BUILT_IN_RULES,
  'a policy file without a match': rulesOf('version: 1'),
  'a policy file with five patterns': rulesOf(MATCHES),
}
rmSync(folder, { recursive: true })

function createLogger(classRules: ClassRules): Logger {
  const pool = createBufferPool()
  const logs = new RecordBuffer({
    pool,
    maxBytes: 200_000,
    maxRecords: RECORDS,
    delayMillis: 60_000,
    onBatch: ({ buffer }) => pool.release(buffer), // as it would be handed to the thread that sends it
  })
  const providers = createProviders({
    sampler: createTraceSampler('parentbased_always_on'),
    limits: {},
    bounds: { attributes: 128, events: 128, links: 128 },
    onLoss: () => {
      throw new Error('a record was lost')
    },
    logs,
    classRules,
  })
  return (providers.loggerProvider as NonNullable<typeof providers.loggerProvider>).getLogger('shop')
}

const attributes = { 'order.id': 'ord-777', 'user.id': 'user-7', items: 3, retry: false }
const RECORD_KINDS: Readonly<Record<string, LogRecord>> = {
  'of no event': { severityNumber: 9, body: 'basket updated', attributes },
  'of an event of its own': { severityNumber: 9, eventName: 'basket.item.added', attributes },
  'of the catalogue, payment': { severityNumber: 9, eventName: 'payment.completion', attributes },
}

// What is measured must be right before it means anything how long it takes.
const [, ownEvent, payment] = Object.values(RECORD_KINDS)
for (const one of Object.values(rules)) {
  deepStrictEqual(one.classOf(undefined, payment?.eventName, 9), 'payment')
}
const withMatches = rules['a policy file with five patterns']
deepStrictEqual(withMatches.classOf(undefined, ownEvent?.eventName, 9), 'application')
deepStrictEqual(withMatches.classOf(undefined, 'card.denied', 9), 'security')
deepStrictEqual(withMatches.classOf(undefined, 'settlement.day.done', 9), 'payment')

const contestants = Object.entries(RECORD_KINDS).flatMap(([kind, record]) =>
  Object.entries(rules).map(([name, classRules]) => {
    const logger = createLogger(classRules)
    const run = (): void => {
      for (let i = 0; i < RECORDS; i++) logger.emit(record)
    }
    return [`${kind}, ${name}`, run] as const
  }),
)
for (const [, run] of contestants) for (let repeat = 0; repeat < 20; repeat++) run()
const samples = contestants.map((): number[] => [])
for (let round = 0; round < ROUNDS; round++) {
  contestants.forEach(([, run], i) => {
    const before = process.hrtime.bigint()
    for (let repeat = 0; repeat < 4; repeat++) run()
    samples[i]?.push(Number(process.hrtime.bigint() - before) / 4 / RECORDS)
  })
}
const results = contestants.map(([name], i) => {
  const sorted = (samples[i] ?? []).toSorted((a, b) => a - b)
  const at = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
  return { name, fastest: at(0), median: at(0.5) }
})
process.stdout.write(JSON.stringify(results))
