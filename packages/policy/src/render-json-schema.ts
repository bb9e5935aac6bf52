import type { Field, Member } from './fields.ts'
import { NAME } from './fields.ts'
import { POLICY_FIELDS } from './policy-fields.ts'

/** Renders the JSON Schema (draft 2020-12) of policy files, by which editors complete and explain them. */
export function renderJsonSchema(): string {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Plutus policy',
    description:
      'What is kept, for how long, where it goes, and when somebody is told. Every member but version is optional.',
    ...schemaOf(POLICY_FIELDS),
    required: ['version'],
  }
  return `${JSON.stringify(schema, undefined, 2)}\n`
}

function schemaOf(field: Field): Record<string, unknown> {
  if (field.kind === 'scalar') return { ...field.schema }
  if (field.kind === 'list') {
    const items = schemaOf(field.of)
    const list = { type: 'array', items }
    return field.orOne ? { anyOf: [items, list] } : list
  }
  if (field.kind === 'named') {
    const entry = schemaOf(field.of)
    return {
      type: 'object',
      propertyNames: { pattern: NAME.source },
      additionalProperties: field.removable ? { anyOf: [entry, { type: 'null' }] } : entry,
    }
  }
  const properties = Object.entries(field.members).map(([name, member]) => [name, describe(member)])
  return { type: 'object', additionalProperties: false, properties: Object.fromEntries(properties) }
}

function describe({ field, about }: Member): Record<string, unknown> {
  const rule = field.kind === 'scalar' && !('enum' in field.schema) ? ` Must be ${field.rule}.` : ''
  return { description: `${about}${rule}`, ...schemaOf(field) }
}
