import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { CATALOGUE } from '@plutus/conventions'
import type { EventDefinition } from '@plutus/conventions'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { sampleRecord } from './src/sample-record.ts'

const path = createRequire(import.meta.url).resolve('@plutus/conventions/catalogue.schema.json')
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object)
const eventNamed = (name: string): EventDefinition => CATALOGUE.find((event) => event.name === name) as EventDefinition

describe.each(CATALOGUE.map((event) => [event.name, event] as const))('%s', (_name, event) => {
  const record = sampleRecord(event)
  const required = Object.keys(event.attributes).filter((name) => event.attributes[name]?.required === true)

  it('is valid with every field', () => {
    isValid(record)
    expect(isValid.errors).toBeNull()
  })

  it.each(['plutus.data.class', ...required])('is not valid without %s', (name) => {
    const { [name]: _, ...attributes } = record.attributes
    expect(isValid({ ...record, attributes })).toBe(false)
  })

  it.each(Object.keys(event.attributes).filter((name) => event.attributes[name]?.type !== 'any'))(
    'is not valid with another type of %s',
    (name) => {
      expect(isValid({ ...record, attributes: { ...record.attributes, [name]: { other: 'type' } } })).toBe(false)
    },
  )

  it('is not valid with another class or severity', () => {
    expect(isValid({ ...record, attributes: { ...record.attributes, 'plutus.data.class': 'other' } })).toBe(false)
    expect(isValid({ ...record, severityText: 'TRACE' })).toBe(false)
  })
})

it.each([
  ['an amount with a fraction', 'payment.attempt', { 'payment.amount': 12.5 }],
  ['an amount beyond what a double holds', 'payment.attempt', { 'payment.amount': 2 ** 53 }],
  ['a currency that nobody knows', 'payment.attempt', { 'payment.currency': 'XYZ' }],
  ['a status that a completion does not have', 'payment.completion', { 'payment.status': 'pending' }],
  ['a risk above 1', 'fraud.detection', { 'fraud.risk_score': 1.01 }],
  ['a severity that the outcome contradicts', 'payment.completion', { 'payment.status': 'failed' }],
  ['another OWASP word', 'auth.login.failure', { 'owasp.event': 'authn_login_lock' }],
])('refuses %s', (_what, name, fields) => {
  const record = sampleRecord(eventNamed(name))
  expect(isValid({ ...record, attributes: { ...record.attributes, ...fields } })).toBe(false)
})

it.each([
  ['an event that the catalogue does not have', { eventName: 'own.event' }],
  ['a record without a name', { eventName: undefined }],
  ['a record without attributes', { attributes: undefined }],
])('refuses %s', (_what, change) => {
  expect(isValid({ ...sampleRecord(eventNamed('auth.logout')), ...change })).toBe(false)
})
