import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { builtInPolicy, parsePolicy, renderRules } from '@plutus/policy'
import type { Policy } from '@plutus/policy'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { promtool, PROMTOOL_BUILD_MILLIS } from './src/promtool.ts'

const { reason } = promtool
const RULES = 'prometheus-rules.yaml'
const TESTS = 'prometheus-rules.test.yaml'

// Everything that an alert can have: several values, none, a time that no step of a test divides, a number of one.
const OWN = parsePolicy(`version: 1
metrics:
  ledger.bookings: { description: Bookings., unit: '1', events: 'ledger.*', by: [kind, ledger.side] }
alerts:
  ledger: { description: L., metric: ledger.bookings, where: { kind: [a.b, c] }, reaches: 7, within: 100s, severity: warning }
  first: { description: F., metric: ledger.bookings, where: { ledger.side: debit }, reaches: 1, within: 10m, severity: critical }
`)

describe.skipIf(reason !== '')(`promtool${reason && ` (${reason})`}`, () => {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plutus-rules-'))
    await promtool.ensure()
  }, PROMTOOL_BUILD_MILLIS)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Writes the rules of a policy and their tests, the rules changed as is said. */
  function write(policy: Policy, change: (rules: string) => string = (rules) => rules): void {
    for (const { name, text } of renderRules(policy))
      writeFileSync(join(folder, name), name === RULES ? change(text) : text)
  }

  it.each([
    ['the built-in policy', builtInPolicy()],
    ['a policy of its own', OWN],
  ])('finds no fault with the rules of %s, and each fires at its number and not one below', async (_whose, policy) => {
    write(policy)
    expect(await promtool.run(['check', 'rules', RULES], folder)).toMatchObject({ code: 0 })
    expect(await promtool.run(['test', 'rules', TESTS], folder)).toMatchObject({ code: 0 })
  })

  it.each([
    ['one lower', (rules: string) => rules.replaceAll('>= 50', '>= 49'), 'payment_failures: not one below'],
    [
      'one higher',
      (rules: string) => rules.replaceAll('>= 50', '>= 51'),
      'payment_failures: at its number in a new series',
    ],
    [
      'of any status',
      (rules: string) => rules.replaceAll('{payment_status="failed"}', ''),
      'payment_failures: not by others',
    ],
    [
      'a guess of what the counter grows',
      (rules: string) => rules.replaceAll(/sum\(\((payment_\S+) .*\)/g, 'sum(increase($1[1m]))'),
      'payment_failures: at its number in an old series',
    ],
    [
      'a guess of what a counter of the collector grows, which begins with what it counts',
      (rules: string) =>
        rules.replaceAll(
          /\(\((otelcol_\w+) - last_over_time\(\1\[1h\] offset 5m\) >= 0\) or \1\)/g,
          '(increase($1[5m]))',
        ),
      'PlutusBackendRefuses: by the first that otelcol_exporter_send_failed_log_records counts',
    ],
    [
      'less of a queue',
      (rules: string) => rules.replaceAll('> 0.7', '> 0.69'),
      'PlutusQueueFilling: not at seven tenths',
    ],
  ])('sees when a rule counts %s', async (_what, change, failed) => {
    write(builtInPolicy(), change)
    const ofAlert = `^${failed.slice(0, failed.indexOf(':'))}: ` // all of them take two seconds each time
    const { code, output } = await promtool.run(['test', 'rules', '--run', ofAlert, TESTS], folder)
    expect(code).toBe(1)
    expect(output).toContain(failed)
  })
})
