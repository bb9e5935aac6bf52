import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CLASS_RULES, DATA_CLASSES } from '@plutus/conventions'
import { BUILT_IN } from './built-in.generated.ts'
import { builtInPolicy, parsePolicy, resolvePolicy } from './parse-policy.ts'
import type { PolicyError } from './policy-error.ts'
import { CLASS_ORDER } from './policy-fields.ts'
import { policyHash } from './policy-hash.ts'

/** What is thrown for a file; nothing if it is accepted. */
function errorOf(text: string, overlay?: string): Partial<PolicyError> {
  const overlays = overlay === undefined ? [] : [{ text: overlay, file: 'overlay.yaml' }]
  try {
    parsePolicy(text, { file: 'mine.yaml', overlays })
    return {}
  } catch (error) {
    return error as PolicyError
  }
}

/** The problems of a file, each as one line. */
function problemsOf(text: string, overlay?: string): string[] {
  const { problems = [] } = errorOf(text, overlay)
  return problems.map(({ file, line, column, code, path }) => `${file}:${line}:${column} ${code} ${path}`)
}

const lines = (...text: readonly string[]): string => ['version: 1', ...text].join('\n')

describe('a policy file', () => {
  it('says nothing but its version, and the built-in policy holds', () => {
    expect(parsePolicy('version: 1')).toEqual(builtInPolicy())
  })

  it('changes what it names and nothing else', () => {
    const policy = parsePolicy(lines('classes: { payment: { searchable: 26w } }', 'sampling: { rate: 12.5% }'))
    const builtIn = builtInPolicy()
    expect(policy.sampling).toEqual({ ...builtIn.sampling, rate: 0.125 })
    expect(policy.classes).toEqual({ ...builtIn.classes, payment: { ...builtIn.classes.payment, searchableDays: 182 } })
    expect(policy.metrics).toEqual(builtIn.metrics)
  })

  it('replaces lists, and takes entries away by null', () => {
    const policy = parsePolicy(
      lines('metrics: { payment.completions: { by: [payment.status] } }', 'alerts: { incidents: null, errors: }'),
    )
    expect(policy.metrics['payment.completions']?.by).toEqual(['payment.status'])
    expect(Object.keys(policy.alerts)).toEqual(['payment_failures', 'fraud_blocks', 'auth_failures'])
  })

  it('stands below its overlays, of which the last has the last word', () => {
    const overlays = ['20%', '30%'].map((rate, at) => ({ text: lines(`sampling: { rate: ${rate} }`), file: `${at}` }))
    const policy = parsePolicy(lines('sampling: { rate: 10%, slow: 5s }'), { overlays })
    expect(policy.sampling).toMatchObject({ rate: 0.3, slowMillis: 5000 })
  })

  it('names in any problem the file that said it', () => {
    expect(problemsOf(lines('classes: {}'), lines('tiers: { hot: 40d }'))).toEqual([
      'overlay.yaml:2:1 POLICY_TIERS_ORDER tiers.warm',
    ])
  })

  it('cannot be changed once read', () => {
    const policy = builtInPolicy() as { classes: { payment: { keep: string } } }
    expect(() => (policy.classes.payment.keep = 'none')).toThrow(TypeError)
  })
})

// Each of these breaks one rule and keeps all the others.
it.each([
  ['no version', 'classes: {}', 'mine.yaml:1:1 POLICY_MISSING version'],
  ['an empty file', '', 'mine.yaml:1:1 POLICY_MISSING version'],
  ['another version', 'version: 2', 'mine.yaml:1:10 POLICY_VALUE version'],
  ['a misspelt member', lines('clases: {}'), 'mine.yaml:2:1 POLICY_UNKNOWN clases'],
  ['a misspelt class', lines('classes:', '  paymnet: {}'), 'mine.yaml:3:3 POLICY_UNKNOWN classes.paymnet'],
  ['a name of every object', lines('toString: {}'), 'mine.yaml:2:1 POLICY_UNKNOWN toString'],
  ['broken YAML', lines('classes: ['), 'mine.yaml:2:11 POLICY_SYNTAX '],
  ['a member said twice', lines('tiers: {}', 'tiers: {}'), 'mine.yaml:3:1 POLICY_SYNTAX '],
  ['two documents', lines('---', 'version: 1'), 'mine.yaml:2:1 POLICY_SYNTAX '],
  ['an alias', lines('tiers: &a { hot: 1d }'), 'mine.yaml:2:11 POLICY_SYNTAX tiers'],
  ['a tag', lines('profile: !!str pci'), 'mine.yaml:2:16 POLICY_SYNTAX profile'],
  ['a text for a group', lines('tiers: hot'), 'mine.yaml:2:8 POLICY_VALUE tiers'],
  ['a member without a value', lines('tiers:'), 'mine.yaml:2:1 POLICY_VALUE tiers'],
  ['a number for a time', lines('tiers: { hot: 7 }'), 'mine.yaml:2:15 POLICY_VALUE tiers.hot'],
  ['an unknown profile', lines('profile: hipaa'), 'mine.yaml:2:1 POLICY_VALUE profile'],
  ['a share above all', lines('sampling: { rate: 101% }'), 'mine.yaml:2:19 POLICY_VALUE sampling.rate'],
  ['a name of capitals', lines('alerts: { Errors: null }'), 'mine.yaml:2:11 POLICY_VALUE alerts'],
  [
    'an alert without what it needs',
    lines('alerts: { x: { description: X., metric: log.errors, reaches: 1, within: 1m } }'),
    'mine.yaml:2:11 POLICY_MISSING alerts.x.severity',
  ],
  [
    'a metric of nothing',
    lines('metrics: { x: { description: X., unit: s } }'),
    'mine.yaml:2:12 POLICY_MISSING metrics.x',
  ],
  [
    'less than the profile',
    lines('profile: pci', 'classes: { audit: { searchable: 89d } }'),
    'mine.yaml:3:21 POLICY_PROFILE classes.audit.searchable',
  ],
  [
    'an archive shorter than the search',
    lines('classes: { payment: { archive: 59d } }'),
    'mine.yaml:2:23 POLICY_ARCHIVE_BELOW_SEARCHABLE classes.payment.archive',
  ],
  [
    'a durable class without an archive',
    lines('classes: { payment: { archive: none } }'),
    'mine.yaml:2:23 POLICY_DURABLE_NEEDS_ARCHIVE classes.payment.archive',
  ],
  [
    'a durable class that does not keep all',
    lines('classes: { security: { keep: warn-and-above } }'),
    'mine.yaml:2:24 POLICY_DURABLE_NEEDS_KEEP classes.security.keep',
  ],
  [
    'an immutable class that is not durable',
    lines('classes: { performance: { immutable: true, archive: 1y } }'),
    'mine.yaml:2:27 POLICY_IMMUTABLE_NEEDS_ARCHIVE classes.performance.immutable',
  ],
  [
    'a match of the class that takes the rest',
    lines('classes: { application: { match: [{ severity: fatal }] } }'),
    'mine.yaml:2:27 POLICY_CATCH_ALL classes.application.match',
  ],
  [
    'a match that says nothing',
    lines('classes: { audit: { match: [{ events: [] }] } }'),
    'mine.yaml:2:29 POLICY_MATCH_EMPTY classes.audit.match[0]',
  ],
  ['tiers that do not rise', lines('tiers: { cold: 30d }'), 'mine.yaml:2:10 POLICY_TIERS_ORDER tiers.cold'],
  [
    'queues larger than the disk',
    lines('limits: { disk: 10GiB }'),
    'mine.yaml:2:11 POLICY_QUEUES_EXCEED_DISK limits.disk',
  ],
  [
    'queues that exceed the disk of the built-in policy, at the largest of the file',
    lines('classes: { audit: { queue: 2GiB }, payment: { queue: 20GiB } }'),
    'mine.yaml:2:47 POLICY_QUEUES_EXCEED_DISK classes.payment.queue',
  ],
  [
    'archives on S3, each of which has a queue as well, on the disk of the built-in policy',
    lines('targets: { archive: s3 }'),
    'mine.yaml:2:12 POLICY_QUEUES_EXCEED_DISK targets.archive',
  ],
  [
    'a memory that is too small for the traces of the built-in policy',
    lines('limits: { memory: 512MiB }'),
    'mine.yaml:2:11 POLICY_TRACES_EXCEED_MEMORY limits.memory',
  ],
  [
    'more traces than memory',
    lines('sampling: { max_traces: 60000 }'),
    'mine.yaml:2:13 POLICY_TRACES_EXCEED_MEMORY sampling.max_traces',
  ],
  [
    'a collector that knows the load',
    lines('sampling: { adaptive: true }'),
    'mine.yaml:2:13 POLICY_ADAPTIVE_NEEDS_PROCESS sampling.adaptive',
  ],
  [
    'a collector that waits no longer than a slow trace takes',
    lines('sampling: { rate: 10%, slow: 5s, wait: 5s }'),
    'mine.yaml:2:34 POLICY_WAIT_BELOW_SLOW sampling.wait',
  ],
  [
    'a metric by what its events do not have',
    lines('metrics: { payment.attempts: { by: [payment.curency] } }'),
    'mine.yaml:2:32 POLICY_METRIC_FIELDS metrics.payment.attempts.by',
  ],
  [
    'a measured text',
    lines('metrics: { payment.processing.duration: { value: payment.status } }'),
    'mine.yaml:2:43 POLICY_METRIC_FIELDS metrics.payment.processing.duration.value',
  ],
  [
    'buckets that do not rise',
    lines('metrics: { payment.processing.duration: { buckets: [1, 1] } }'),
    'mine.yaml:2:43 POLICY_METRIC_BUCKETS metrics.payment.processing.duration.buckets',
  ],
  [
    'buckets of a count',
    lines('metrics: { payment.attempts: { buckets: [1] } }'),
    'mine.yaml:2:32 POLICY_METRIC_BUCKETS metrics.payment.attempts.buckets',
  ],
  [
    'an alert on a metric that is not there',
    lines('alerts: { errors: { metric: log.erors } }'),
    'mine.yaml:2:21 POLICY_ALERT_METRIC alerts.errors.metric',
  ],
  [
    'an alert on a histogram',
    lines('alerts: { errors: { metric: payment.processing.duration } }'),
    'mine.yaml:2:21 POLICY_ALERT_METRIC alerts.errors.metric',
  ],
  [
    'an alert by what does not divide its metric',
    lines('alerts: { fraud_blocks: { where: { fraud.actoin: block } } }'),
    'mine.yaml:2:36 POLICY_ALERT_METRIC alerts.fraud_blocks.where.fraud.actoin',
  ],
  [
    'an alert for a value that is never there',
    lines('alerts: { fraud_blocks: { where: { fraud.action: blocked } } }'),
    'mine.yaml:2:36 POLICY_ALERT_METRIC alerts.fraud_blocks.where.fraud.action',
  ],
])('refuses %s, by line and column', (_what, text, problem) => {
  expect(problemsOf(text)).toEqual([problem])
})

it('refuses a file above 1 MiB', () => {
  expect(problemsOf(`version: 1 #${'x'.repeat(2 ** 20)}`)).toEqual(['mine.yaml:1:1 POLICY_SYNTAX '])
})

it.each([
  ['searchable periods that the archive just covers', lines('classes: { payment: { archive: 60d } }')],
  ['the minimum of the profile', lines('profile: pci', 'classes: { audit: { searchable: 90d, archive: 1y } }')],
  ['an event that the catalogue does not know', lines('metrics: { log.errors: { events: [ledger.booked] } }')],
  ['a list of one written without brackets', lines('classes: { audit: { match: [{ events: ledger.* }] } }')],
  ['a profile of its own', lines('profile: strict', 'profiles: { strict: { classes: { audit: { archive: 10y } } } }')],
])('accepts %s', (_what, text) => {
  expect(problemsOf(text)).toEqual([])
})

it('tells all problems at once, each with its rule and way out', () => {
  const { code, problems = [] } = errorOf(lines('tiers: { hot: 7, warm: 8 }'))
  expect(code).toBe('PLUTUS_POLICY_INVALID')
  expect(problems.map(({ message }) => message)).toEqual(
    ['hot', 'warm'].map(
      (tier) =>
        `tiers.${tier} must be a time such as 14d, 8w or 7y, up to 100y. Correct the value, or leave the line out to get that of the built-in policy.`,
    ),
  )
})

it('never repeats a value in a message', () => {
  const canary = ['s3cr', 'et'].join('')
  const texts = [
    `profile: ${canary}!`,
    `tiers: ${canary}`,
    `tiers: { hot: ${canary} }`,
    `x: "${canary}`,
    `x: *${canary}`,
  ]
  for (const text of texts) {
    expect(() => parsePolicy(lines(text))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining(canary) }),
    )
  }
})

it('throws nothing but its own error, whatever the text', () => {
  const member = fc.constantFrom(
    'version',
    'classes',
    'payment',
    'archive',
    'tiers',
    'hot',
    'metrics',
    'alerts',
    '__proto__',
  )
  const value = fc.constantFrom('1', '7d', 'null', '{}', '[]', '[{}]', '*a', '&a 1', 'none', "'")
  const text = fc.array(fc.tuple(fc.nat(3), member, value), { maxLength: 8 })
  fc.assert(
    fc.property(text, (parts) => {
      const file = parts.map(([depth, name, rest]) => `${'  '.repeat(depth)}${name}: ${rest}`).join('\n')
      expect(['PLUTUS_POLICY_INVALID', undefined]).toContain(errorOf(file).code)
      expect(errorOf(file)).not.toBeInstanceOf(TypeError)
    }),
  )
})

describe('the profile pci', () => {
  it('raises every class to a year of archive and ninety days of search (PCI DSS 10.5.1), and lowers none', () => {
    const [pci, builtIn] = [parsePolicy(lines('profile: pci')), builtInPolicy()]
    for (const name of DATA_CLASSES) {
      expect(pci.classes[name].archiveDays).toBeGreaterThanOrEqual(365)
      expect(pci.classes[name].searchableDays).toBeGreaterThanOrEqual(90)
      expect(pci.classes[name].archiveDays).toBeGreaterThanOrEqual(builtIn.classes[name].archiveDays)
      expect(pci.classes[name].searchableDays).toBeGreaterThanOrEqual(builtIn.classes[name].searchableDays)
    }
  })
})

describe('the hash of a policy', () => {
  it('is the same for two files that decide the same', () => {
    const one = parsePolicy(lines('# mine', 'tiers: { hot: 1w }', 'sampling: { slow: 2000ms }'))
    expect(policyHash(one)).toBe(policyHash(builtInPolicy()))
    expect(policyHash(one)).toMatch(/^[0-9a-f]{16}$/)
  })

  it('is another one for any other decision', () => {
    const texts = [
      'tiers: { hot: 8d }',
      'profile: pci',
      'alerts: { errors: null }',
      'classes: { audit: { match: [{ severity: fatal }] } }',
      'metrics: { payment.attempts: { by: [payment.method, payment.currency] } }',
    ]
    const hashes = texts.map((text) => policyHash(parsePolicy(lines(text))))
    expect(new Set([...hashes, policyHash(builtInPolicy())]).size).toBe(texts.length + 1)
  })
})

describe('the built-in policy', () => {
  it('holds together in every profile', () => {
    expect(() => resolvePolicy([], BUILT_IN)).not.toThrow()
    expect(() => resolvePolicy([], { ...BUILT_IN, profile: 'pci' })).not.toThrow()
  })

  it('treats the classes as the process does that reads no policy', () => {
    const rules = Object.entries(builtInPolicy().classes).map(
      ([name, { keep, durable, searchableDays, archiveDays }]) => [
        name,
        { keep, durable, searchableDays, archiveDays },
      ],
    )
    expect(Object.fromEntries(rules)).toEqual(CLASS_RULES)
  })

  it('has every class, and the longest-lived first', () => {
    expect([...CLASS_ORDER].sort()).toEqual([...DATA_CLASSES].sort())
    expect(Object.keys(builtInPolicy().classes)).toEqual(CLASS_ORDER)
  })

  it('keeps everything', () => {
    expect(builtInPolicy().sampling.rate).toBe(1)
  })
})
