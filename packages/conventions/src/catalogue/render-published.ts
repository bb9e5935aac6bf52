import type { EventDefinition } from '../event-definition.ts'

/** Renders the catalogue as it is published, one event a line: what is promised, without the words that explain it. */
export function renderPublished(catalogue: readonly EventDefinition[]): string {
  const lines = catalogue.map((event) => {
    const attributes = Object.entries(event.attributes).map(([name, { type, unit, values, required }]) => [
      name,
      { type, required, ...(unit === undefined ? {} : { unit }), ...(values === undefined ? {} : { values }) },
    ])
    const { description: _, ...promised } = event
    return JSON.stringify({ ...promised, attributes: Object.fromEntries(attributes) as object })
  })
  return `[\n${lines.join(',\n')}\n]\n`
}
