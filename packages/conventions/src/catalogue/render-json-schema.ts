import { DURABLE_CLASSES } from '../data-classes.ts'
import type { AttributeDefinition, EventDefinition, EventSeverity, SeverityByAttribute } from '../event-definition.ts'
import { listCurrencies } from '../money.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { AttributeName } from './attributes.ts'

type Attribute = Omit<AttributeDefinition, 'required'>
type Schema = Readonly<Record<string, unknown>>

const TYPES: Readonly<Record<AttributeDefinition['type'], Schema>> = {
  string: { type: 'string' },
  'string[]': { type: 'array', items: { type: 'string' } },
  integer: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  number: { type: 'number' },
  fraction: { type: 'number', minimum: 0, maximum: 1 },
  boolean: { type: 'boolean' },
  'minor-units': { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  currency: { $ref: '#/$defs/currency' },
  any: {},
}

/**
 * Renders a JSON Schema (draft 2020-12) of a record of an event: an object with `eventName`, `severityText` and `attributes`.
 *
 * Attributes that an event does not have are allowed: context fields stand on every record.
 */
export function renderJsonSchema(catalogue: readonly EventDefinition[]): string {
  return `${print(describeCatalogue(catalogue), 2)}\n`
}

function describeCatalogue(catalogue: readonly EventDefinition[]): Schema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:plutus:catalogue',
    title: 'Record of an event of the Plutus catalogue',
    description: 'Generated from the catalogue by `node packages/conventions/generate.ts`; do not edit.',
    type: 'object',
    required: ['eventName', 'severityText', 'attributes'],
    properties: {
      eventName: { enum: catalogue.map(({ name }) => name) },
      severityText: { type: 'string' },
      attributes: { type: 'object' },
    },
    allOf: catalogue.map(({ name }) => ({
      if: { properties: { eventName: { const: name } }, required: ['eventName'] },
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: { $ref: `#/$defs/event:${name}` },
    })),
    $defs: {
      currency: {
        description: 'ISO 4217 code, in upper case or in lower case.',
        enum: listCurrencies().flatMap((code) => [code, code.toLowerCase()]),
      },
      ...Object.fromEntries(namesOf(catalogue).map((name) => [`attribute:${name}`, renderAttribute(ATTRIBUTES[name])])),
      ...Object.fromEntries(catalogue.map((event) => [`event:${event.name}`, renderEvent(event)])),
    },
  }
}

function renderEvent(event: EventDefinition): Schema {
  const names = Object.keys(event.attributes)
  const isDurable = DURABLE_CLASSES.some((dataClass) => dataClass === event.class)
  return {
    description: event.description,
    properties: {
      attributes: {
        required: [
          'plutus.data.class',
          ...(isDurable ? ['log.record.uid'] : []),
          ...names.filter((name) => event.attributes[name]?.required === true),
        ],
        properties: {
          'plutus.data.class': { const: event.class },
          ...(isDurable ? { 'log.record.uid': { type: 'string' } } : {}),
          ...(event.owasp === undefined ? {} : { 'owasp.event': { const: event.owasp } }),
          ...Object.fromEntries(names.map((name) => [name, refer(name as AttributeName, event)])),
        },
      },
    },
    ...renderSeverity(event.severity),
  }
}

function namesOf(catalogue: readonly EventDefinition[]): AttributeName[] {
  return [...new Set(catalogue.flatMap(({ attributes }) => Object.keys(attributes) as AttributeName[]))].sort()
}

/** The attribute's one definition, with the values to which the event narrows it. */
function refer(name: AttributeName, { attributes }: EventDefinition): Schema {
  const definition: Attribute = ATTRIBUTES[name]
  const values = attributes[name]?.values
  return { $ref: `#/$defs/attribute:${name}`, ...(values === definition.values ? {} : { enum: values }) }
}

function renderAttribute({ type, values, unit, description }: Attribute): Schema {
  return {
    description: unit === undefined || unit === '1' ? description : `${description} Unit: ${unit}.`,
    ...TYPES[type],
    ...(values === undefined ? {} : { enum: values }),
  }
}

/** The steps as a chain of conditions: the first that fits says the severity. */
function renderSeverity(severity: EventDefinition['severity']): Schema {
  if (typeof severity === 'string') return { allOf: [is(severity)] }
  const chain = severity.steps.reduceRight<Schema>(
    (otherwise, step) => ({
      if: renderCondition(severity, step),
      // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
      then: is(step.severity),
      else: otherwise,
    }),
    is(severity.otherwise),
  )
  return { allOf: [chain] }
}

function is(severity: EventSeverity): Schema {
  return { properties: { severityText: { const: severity.toUpperCase() } } }
}

function renderCondition(rule: SeverityByAttribute, step: SeverityByAttribute['steps'][number]): Schema {
  const attribute = step.attribute ?? rule.attribute
  const fits = step.values === undefined ? { type: 'number', minimum: step.atLeast } : { enum: step.values }
  return { properties: { attributes: { properties: { [attribute]: fits }, required: [attribute] } } }
}

/** JSON with a line for each member of the outer levels: short, and still readable in a diff. */
function print(value: unknown, levels: number): string {
  if (levels === 0 || typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[\n${value.map((item) => print(item, levels - 1)).join(',\n')}\n]`
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${print(member, levels - 1)}`)
  return `{\n${members.join(',\n')}\n}`
}
