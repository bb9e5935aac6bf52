import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { parsePolicy } from '@plutus/policy'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './src/public-names.ts'

const path = createRequire(import.meta.url).resolve('@plutus/policy/policy.schema.json')
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false })
const isValid = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as object)

/** Whether the parser takes a file for well-formed; what does not hold together is no matter of the schema. */
function isWellFormed(text: string): boolean {
  try {
    parsePolicy(text)
    return true
  } catch (error) {
    const { problems } = error as { problems: readonly { code: string; path: string }[] }
    return problems.every(({ code, path: at }) => !isOfForm(code) && at !== 'version')
  }
}

const isOfForm = (code: string): boolean => ['POLICY_UNKNOWN', 'POLICY_VALUE', 'POLICY_SYNTAX'].includes(code)

it('takes the built-in policy', () => {
  isValid(parse(readFileSync(join(ROOT, 'otel-collector/policy.yaml'), 'utf8')))
  expect(isValid.errors).toBeNull()
})

// An editor that goes by the schema and the parser say the same of each.
it.each([
  [true, 'version: 1'],
  [false, 'version: 2'],
  [false, 'profile: pci'],
  [false, 'version: 1\nclases: {}'],
  [false, 'version: 1\nclasses: { other: {} }'],
  [true, 'version: 1\nclasses: { payment: { searchable: 90d, archive: 7y, queue: 500MB } }'],
  [true, 'version: 1\nclasses: { performance: { archive: none } }'],
  [false, 'version: 1\nclasses: { performance: { searchable: none } }'],
  [false, 'version: 1\nclasses: { payment: { searchable: 90 } }'],
  [false, 'version: 1\nclasses: { payment: { searchable: 90m } }'],
  [false, 'version: 1\nclasses: { payment: { queue: 500 } }'],
  [false, 'version: 1\nclasses: { payment: { durable: yes } }'],
  [false, 'version: 1\nclasses: { payment: { keep: some } }'],
  [true, 'version: 1\nclasses: { audit: { match: [{ events: ledger.*, severity: warn }] } }'],
  [true, 'version: 1\nclasses: { audit: { match: [{ events: [ledger.*, a.b] }] } }'],
  [false, 'version: 1\nclasses: { audit: { match: { events: ledger.* } } }'],
  [false, 'version: 1\nclasses: { audit: { match: [{ events: "A b" }] } }'],
  [false, 'version: 1\nclasses: { audit: { match: [{ severity: grave }] } }'],
  [true, 'version: 1\nsampling: { rate: 12.5%, slow: 500ms, max_traces: 100 }'],
  [false, 'version: 1\nsampling: { rate: 0.1 }'],
  [false, 'version: 1\nsampling: { max_traces: 99 }'],
  [false, 'version: 1\nsampling: { slow: 2d }'],
  [true, 'version: 1\nalerts: { errors: null }'],
  [false, 'version: 1\nalerts: { Errors: null }'],
  [true, 'version: 1\nalerts: { errors: { reaches: 5, within: 10m } }'],
  [false, 'version: 1\nalerts: { errors: { reaches: 0 } }'],
  [true, 'version: 1\nalerts: { payment_failures: { where: { payment.status: [failed, canceled] } } }'],
  [false, 'version: 1\nmetrics: { payment.attempts: { by: payment.currency } }'],
  [false, 'version: 1\ntargets: { backend: loki }'],
  [false, 'version: 1\ntiers: null'],
  [true, 'version: 1\nprofiles: { own: { classes: { audit: { archive: 10y } } } }'],
])('says %s of %j, as the parser does', (expected, text) => {
  expect([isValid(parse(text)), isWellFormed(text)]).toEqual([expected, expected])
})

it('has a sentence for every member', () => {
  const lacking: string[] = []
  const look = (schema: unknown, at: string): void => {
    if (typeof schema !== 'object' || schema === null) return
    for (const [name, member] of Object.entries((schema as { properties?: object }).properties ?? {})) {
      if (typeof (member as { description?: unknown }).description !== 'string') lacking.push(`${at}.${name}`)
    }
    for (const [name, inner] of Object.entries(schema)) look(inner, `${at}.${name}`)
  }
  look(JSON.parse(readFileSync(path, 'utf8')), '')
  expect(lacking).toEqual([])
})
