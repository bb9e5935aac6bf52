import { format, inspect } from 'node:util'
import { expect, it } from 'vitest'
import { redactValue } from './redacted-copy.ts'
import { Redacted } from './redacted.ts'
import { createRedactor } from './redactor.ts'

const VALUE = 'hunter2'
const held = new Redacted(VALUE)

it.each([
  ['a template string', `${held.toString()}${String(held)}`],
  ['addition', `a${held as unknown as string}`],
  ['JSON', JSON.stringify({ held })],
  ['console.log', format('%s %o %j', held, held, held)],
  ['util.inspect with hidden properties', inspect({ held }, { showHidden: true, depth: 9 })],
  ['its properties', JSON.stringify([Object.entries(held), Reflect.ownKeys(held)])],
  ['telemetry', JSON.stringify(redactValue(createRedactor(), { held }, 'log.body'))],
])('does not print its value by %s', (_how, printed) => {
  expect(printed).not.toContain(VALUE)
})

it('gives its value back to who asks for it', () => {
  expect(held.reveal()).toBe(VALUE)
})
