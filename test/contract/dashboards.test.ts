import { COLLECTOR_METRICS, renderRules, SDK_METRICS, builtInPolicy } from '@plutus/policy'
import { expect, it } from 'vitest'
import { listInstruments } from './src/instruments.ts'

it.each(Object.entries(SDK_METRICS))('%s is made as the dashboards know it', (name, { kind, unit, by }) => {
  const { attributes, ...made } = listInstruments().get(name) ?? { attributes: new Set<string>() }
  expect(made).toEqual({ kind, unit })
  expect(by.filter((attribute) => !attributes.has(attribute))).toEqual([])
})

it('the rules on collectors ask for metrics that the dashboards know too', () => {
  const { text = '' } = renderRules(builtInPolicy()).find(({ name }) => name === 'prometheus-rules.yaml') ?? {}
  const named = new Set(text.match(/\botelcol_\w+/g))
  expect([...named].filter((name) => !Object.hasOwn(COLLECTOR_METRICS, name))).toEqual([])
  expect(named.size).toBeGreaterThan(10)
})
