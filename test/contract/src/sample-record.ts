import { DURABLE_CLASSES, severityOf } from '@plutus/conventions'
import type { AttributeDefinition, EventDefinition } from '@plutus/conventions'

const SAMPLES: Readonly<Record<AttributeDefinition['type'], unknown>> = {
  string: 'a text',
  'string[]': ['a', 'b'],
  integer: 3,
  number: 0.25,
  fraction: 0.5,
  boolean: true,
  'minor-units': 1234,
  currency: 'EUR',
  any: { nested: ['a', 1] },
}

/** Valid fields for each attribute that the catalogue gives an event. */
export function sampleFields(event: EventDefinition): Record<string, unknown> {
  const entries = Object.entries(event.attributes).map(([name, { type, values }]) => [
    name,
    values === undefined ? SAMPLES[type] : values[0],
  ])
  return Object.fromEntries(entries) as Record<string, unknown>
}

/** A record of an event as it is sent, with every field that it can have. */
export function sampleRecord(event: EventDefinition): {
  eventName: string
  severityText: string
  attributes: Record<string, unknown>
} {
  const isDurable = DURABLE_CLASSES.some((dataClass) => dataClass === event.class)
  const attributes = {
    ...sampleFields(event),
    'plutus.data.class': event.class,
    ...(event.owasp === undefined ? {} : { 'owasp.event': event.owasp }),
    ...(isDurable ? { 'log.record.uid': '01H0000000000000000000000' } : {}),
    'correlation.id': 'from-the-context',
  }
  return { eventName: event.name, severityText: severityOf(event, attributes).toUpperCase(), attributes }
}
