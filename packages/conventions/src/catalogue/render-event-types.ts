import { WHO_DID_WHAT } from './define.ts'
import type { AttributeDefinition, EventDefinition, EventLogger } from '../event-definition.ts'

/** Fields that the context or the event itself supplies: required on the record, optional for the caller. */
const SUPPLIED: ReadonlySet<string> = new Set(WHO_DID_WHAT)
const MONEY_TYPES: Readonly<Partial<Record<AttributeDefinition['type'], string>>> = {
  'minor-units': 'MinorUnits',
  currency: 'Currency',
}
const TYPES: Readonly<Partial<Record<AttributeDefinition['type'], string>>> = {
  string: 'string',
  'string[]': 'readonly string[]',
  integer: 'number',
  number: 'number',
  fraction: 'number',
  boolean: 'boolean',
  any: 'unknown',
  ...MONEY_TYPES,
}

/** Renders the TypeScript types of the catalogue's events: their fields, and which method of which logger records them. */
export function renderEventTypes(catalogue: readonly EventDefinition[]): string {
  const loggers = [...new Set(catalogue.map((event) => event.logger))]
  return [
    '// Generated from the catalogue by `node packages/conventions/generate.ts`; do not edit.',
    "import type { Currency, MinorUnits } from './money.ts'",
    '',
    '/** Fields of each event, by its name. */',
    'export interface EventFields {',
    ...catalogue.flatMap(renderFields),
    '}',
    '',
    '/** Event of each method, by logger. */',
    'export interface EventMethods {',
    ...loggers.flatMap((logger) => renderMethods(logger, catalogue)),
    '}',
    '',
  ].join('\n')
}

function renderFields(event: EventDefinition): string[] {
  return [
    `  /** ${event.description} */`,
    `  readonly ${quote(event.name)}: {`,
    ...Object.entries(event.attributes).flatMap(([name, attribute]) => renderField(name, attribute)),
    ...(event.open === true ? ['    readonly [field: string]: unknown'] : []),
    '  }',
  ]
}

function renderField(name: string, attribute: AttributeDefinition): string[] {
  const [mark, orUndefined] = isOptional(name, attribute) ? ['?', ' | undefined'] : ['', '']
  return [
    `    /** ${describe(attribute)} */`,
    `    readonly ${quote(name)}${mark}: ${renderType(attribute)}${orUndefined}`,
  ]
}

function renderMethods(logger: EventLogger, catalogue: readonly EventDefinition[]): string[] {
  const methods = catalogue.filter((event) => event.logger === logger)
  return [
    `  readonly ${logger}: {`,
    ...methods.map(({ method, name }) => `    readonly ${method}: ${quote(name)}`),
    '  }',
  ]
}

function isOptional(name: string, { required }: AttributeDefinition): boolean {
  return !required || SUPPLIED.has(name)
}

function renderType({ type, values }: AttributeDefinition): string {
  return values === undefined ? (TYPES[type] ?? 'unknown') : values.map(quote).join(' | ')
}

function describe({ description, unit, rule }: AttributeDefinition): string {
  const parts = [
    description,
    ...(unit === undefined || unit === '1' ? [] : [`Unit: ${unit}.`]),
    ...(rule === undefined ? [] : [`Must be ${rule}.`]),
  ]
  return parts.join(' ')
}

const quote = (text: string): string => `'${text}'`
