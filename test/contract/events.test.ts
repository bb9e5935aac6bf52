import { CATALOGUE, WHO_DID_WHAT } from '@plutus/conventions'
import type { EventDefinition } from '@plutus/conventions'
import { describe, expect, it } from 'vitest'
import { PROMISED_EVENTS } from './src/promised-events.ts'

const ORDER = ['debug', 'info', 'warn', 'error', 'fatal']

it('has every promised event, once, and no other', () => {
  expect(CATALOGUE.map(({ name }) => name).sort()).toEqual(PROMISED_EVENTS.map(({ name }) => name).sort())
})

it('names every method of a logger once', () => {
  expect(new Set(CATALOGUE.map(({ logger, method }) => `${logger}.${method}`)).size).toBe(CATALOGUE.length)
})

describe.each(PROMISED_EVENTS.map((promised) => [promised.name, promised] as const))('%s', (name, promised) => {
  const event = CATALOGUE.find((candidate) => candidate.name === name) as EventDefinition
  const who = ['security', 'audit'].includes(promised.dataClass) ? [...WHO_DID_WHAT] : []

  it('has its class, its method and its severities', () => {
    expect(event.class).toBe(promised.dataClass)
    expect(`${event.logger}.${event.method}`).toBe(promised.method)
    expect(severitiesOf(event)).toEqual(promised.severities)
  })

  it('requires what is promised and nothing else', () => {
    const required = Object.keys(event.attributes).filter((attribute) => event.attributes[attribute]?.required)
    expect(required.sort()).toEqual([...who, ...promised.required].sort())
  })

  it('knows every promised attribute', () => {
    expect(Object.keys(event.attributes)).toEqual(expect.arrayContaining([...promised.attributes]))
  })

  it('says the OWASP word and the PCI DSS requirements', () => {
    expect(event.owasp).toBe(promised.owasp)
    expect(event.pci ?? []).toEqual(promised.pci)
  })

  it('has a dotted name in lower snake case, a method in camelCase and one sentence that says when', () => {
    expect(name).toMatch(/^[a-z]+(?:_[a-z]+)*(?:\.[a-z]+(?:_[a-z]+)*)*$/)
    expect(event.method).toMatch(/^[a-z]+(?:[A-Z][a-z]*)*$/)
    expect(event.description).toMatch(/^[A-Z].*[^.]\.$/)
  })
})

/** Every severity that a record of the event can have, from the calmest. */
function severitiesOf({ severity }: EventDefinition): string[] {
  if (typeof severity === 'string') return [severity]
  const all = new Set([severity.otherwise, ...severity.steps.map((step) => step.severity)])
  return [...all].sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
}
