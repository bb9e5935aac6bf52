import { expect, it } from 'vitest'
import { parsePolicy } from '../parse-policy.ts'
import { conditionOfClass, conditionOfRule } from './class-routing.ts'

it.each([
  [{}, 'true'],
  [{ events: [] }, 'true'],
  [{ events: ['pan_found'] }, '(log.event_name == "pan_found")'],
  [{ events: ['auth.*', 'a.b'] }, '(IsMatch(log.event_name, "^(?:auth[.].*|a[.]b)$$"))'],
  [{ severity: 'fatal' }, '(log.severity_number >= SEVERITY_NUMBER_FATAL)'],
  [{ events: ['a'], severity: 'warn' }, '(log.event_name == "a" and log.severity_number >= SEVERITY_NUMBER_WARN)'],
] as const)('writes the rule %j as %s', (rule, condition) => {
  expect(conditionOfRule(rule)).toBe(condition)
})

it('takes a record for its attribute or for any of the rules', () => {
  const text = 'version: 1\nclasses: { audit: { match: [{ events: ledger }, { severity: fatal }] } }'
  expect(conditionOfClass(parsePolicy(text, { file: 'test.yaml' }), 'audit')).toBe(
    'log.attributes["plutus.data.class"] == "audit" or (log.event_name == "ledger") or ' +
      '(log.severity_number >= SEVERITY_NUMBER_FATAL)',
  )
})
