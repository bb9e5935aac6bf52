import { CATALOGUE, DURABLE_CLASSES } from '@plutus/conventions'

/** A class whose records must not be lost. */
export type DurableClass = (typeof DURABLE_CLASSES)[number]

const DURABLE: ReadonlySet<unknown> = new Set(DURABLE_CLASSES)
let byEvent: ReadonlyMap<unknown, DurableClass> | undefined

/**
 * The class of a record that must not be lost, `undefined` for all others: what its `plutus.data.class` says, or, where
 * that is missing, what the catalogue says of its event.
 */
export function durableClassOf(said: unknown, eventName: unknown): DurableClass | undefined {
  if (said !== undefined) return DURABLE.has(said) ? (said as DurableClass) : undefined
  if (eventName === undefined) return undefined
  byEvent ??= new Map(
    CATALOGUE.flatMap(({ name, class: dataClass }) => (isDurable(dataClass) ? [[name, dataClass]] : [])),
  )
  return byEvent.get(eventName)
}

function isDurable(dataClass: string): dataClass is DurableClass {
  return DURABLE.has(dataClass)
}
