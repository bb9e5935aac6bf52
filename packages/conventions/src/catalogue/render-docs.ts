import { DATA_CLASSES } from '../data-classes.ts'
import type { AttributeDefinition, EventDefinition } from '../event-definition.ts'
import { ATTRIBUTES } from './attributes.ts'
import type { AttributeName } from './attributes.ts'
import { WHO_DID_WHAT } from './define.ts'

type Attribute = Omit<AttributeDefinition, 'required'>

/** Renders the catalogue as a Markdown document: the events by class, then every attribute once. */
export function renderDocs(catalogue: readonly EventDefinition[]): string {
  const names = new Set(catalogue.flatMap((event) => Object.keys(event.attributes)))
  return [
    '# Event catalogue',
    '',
    '<!-- Generated from the catalogue by `node packages/conventions/generate.ts`; do not edit. -->',
    '',
    `${catalogue.length} events. An event is a log record of OpenTelemetry with the event's name, a severity, attributes and its class as \`plutus.data.class\`. **Bold** attributes are required. Where a severity depends on an attribute, the conditions are tried in order.`,
    '',
    `Events of the classes security and audit also have \`owasp.event\` where OWASP has a word for them, and always the fields of PCI DSS 10.2.2: ${WHO_DID_WHAT.map(code).join(', ')}, beside name and time. What the context does not tell is \`unknown\`.`,
    '',
    ...DATA_CLASSES.flatMap((dataClass) => renderClass(dataClass, catalogue)),
    '## Attributes',
    '',
    '| Attribute | Type | Unit | Meaning |',
    '| --- | --- | --- | --- |',
    ...[...names].sort().map((name) => renderAttribute(name)),
    '',
  ].join('\n')
}

function renderClass(dataClass: string, catalogue: readonly EventDefinition[]): string[] {
  const events = catalogue.filter((event) => event.class === dataClass)
  return [
    `## Class ${dataClass}`,
    '',
    '| Event | When | Class | Method | Severity | Attributes | OWASP | PCI DSS |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...events.map(renderEvent),
    '',
  ]
}

function renderEvent(event: EventDefinition): string {
  const isSupplied = (name: string): boolean =>
    (WHO_DID_WHAT as readonly string[]).includes(name) && ['security', 'audit'].includes(event.class)
  const own = Object.entries(event.attributes).filter(([name]) => !isSupplied(name))
  const names = own.map(([name, { required, values }]) => {
    const narrowed = values === undefined || values === definitionOf(name).values ? '' : ` (${values.join(', ')})`
    return `${required ? `**${code(name)}**` : code(name)}${narrowed}`
  })
  const cells = [
    code(event.name),
    event.description,
    event.class,
    code(`${event.logger}.${event.method}`),
    describeSeverity(event),
    [...names, ...(event.open === true ? ['free attributes'] : [])].join(', '),
    event.owasp === undefined ? '' : code(event.owasp),
    (event.pci ?? []).join(', '),
  ]
  return row(cells)
}

function renderAttribute(name: string): string {
  const { type, unit, description, values, rule } = definitionOf(name)
  const meaning = [
    description,
    ...(values === undefined ? [] : [`One of ${values.map(code).join(', ')}.`]),
    ...(rule === undefined ? [] : [`Must be ${rule}.`]),
  ]
  return row([code(name), type, unit ?? '', meaning.join(' ')])
}

function definitionOf(name: string): Attribute {
  return ATTRIBUTES[name as AttributeName]
}

function describeSeverity({ severity }: EventDefinition): string {
  if (typeof severity === 'string') return severity.toUpperCase()
  const steps = severity.steps.map((step) => {
    const condition = step.values === undefined ? `≥ ${step.atLeast}` : step.values.join(' or ')
    return `${step.severity.toUpperCase()} if ${code(step.attribute ?? severity.attribute)} ${condition}`
  })
  return [...steps, `else ${severity.otherwise.toUpperCase()}`].join(', ')
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function code(text: string): string {
  return `\`${text}\``
}
