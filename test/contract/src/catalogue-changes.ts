import type { EventDefinition } from '@plutus/conventions'
import type { Bump } from './changesets.ts'

/** The part of an event that is published: everything but the words that explain it. */
export type PublishedEvent = Omit<EventDefinition, 'description' | 'attributes'> & {
  readonly attributes: Readonly<Record<string, PublishedAttribute>>
}

/** The part of an attribute that is published. */
export type PublishedAttribute = Omit<EventDefinition['attributes'][string], 'description' | 'rule'>

/** What became of the catalogue since it was published, one line for each change. */
export interface CatalogueChanges {
  /** A dashboard, a query, a receiver or a caller may have to be changed. */
  readonly breaking: readonly string[]
  /** Nothing that works today stops working. */
  readonly compatible: readonly string[]
}

/** Compares the catalogue with the one that was published last. A renamed event is one removed and one added. */
export function compareCatalogues(
  published: readonly PublishedEvent[],
  current: readonly PublishedEvent[],
): CatalogueChanges {
  const breaking: string[] = []
  const compatible: string[] = []
  const before = new Map(published.map((event) => [event.name, event]))
  for (const event of current) {
    const old = before.get(event.name)
    if (old === undefined) compatible.push(`${event.name} is new`)
    else compareEvents(old, event, breaking, compatible)
    before.delete(event.name)
  }
  for (const name of before.keys()) breaking.push(`${name} is gone`)
  return { breaking, compatible }
}

/** The changes that a changeset of this bump does not announce: what breaks is major, what is added at least minor. */
export function listUnannounced({ breaking, compatible }: CatalogueChanges, bump: Bump | undefined): string[] {
  return [
    ...(bump === 'major' ? [] : breaking.map((change) => `major: ${change}`)),
    ...(bump === 'major' || bump === 'minor' ? [] : compatible.map((change) => `minor: ${change}`)),
  ]
}

function compareEvents(old: PublishedEvent, event: PublishedEvent, breaking: string[], compatible: string[]): void {
  const { name } = event
  for (const part of ['class', 'logger', 'method', 'outcome'] as const) {
    if (old[part] !== event[part]) breaking.push(`${name}: its ${part} is another one`)
  }
  for (const part of ['severity', 'owasp', 'pci'] as const) {
    if (!isSame(old[part], event[part])) compatible.push(`${name}: its ${part} is another one`)
  }
  if (old.open === true && event.open !== true) breaking.push(`${name}: it takes no free attributes any more`)
  if (old.open !== true && event.open === true) compatible.push(`${name}: it takes free attributes now`)
  const names = new Set([...Object.keys(old.attributes), ...Object.keys(event.attributes)])
  for (const attribute of names) {
    const where = `${name}: ${attribute}`
    compareAttributes(where, old.attributes[attribute], event.attributes[attribute], breaking, compatible)
  }
}

function compareAttributes(
  where: string,
  old: PublishedAttribute | undefined,
  now: PublishedAttribute | undefined,
  breaking: string[],
  compatible: string[],
): void {
  if (old === undefined) {
    const target = now?.required === true ? breaking : compatible
    target.push(`${where} is new${now?.required === true ? ' and required' : ''}`)
    return
  }
  if (now === undefined) {
    breaking.push(`${where} is gone`)
    return
  }
  if (old.type !== now.type) breaking.push(`${where} has another type`)
  if (old.unit !== now.unit) breaking.push(`${where} has another unit`)
  if (!old.required && now.required) breaking.push(`${where} is required now`)
  if (old.required && !now.required) compatible.push(`${where} is no longer required`)
  if (isSame(old.values, now.values)) return
  const isWider = now.values === undefined || old.values?.every((value) => now.values?.includes(value)) === true
  if (isWider) compatible.push(`${where} may have more values`)
  else breaking.push(`${where} may not have every value that it had`)
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
