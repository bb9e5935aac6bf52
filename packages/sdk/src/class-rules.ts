import { CATALOGUE, CLASS_RULES, DATA_CLASSES } from '@plutus/conventions'
import type { DataClass } from '@plutus/conventions'

/** What a policy says of classes of log records. */
export interface ClassRules {
  /**
   * The class of a record; `undefined` for none.
   *
   * @param said its `plutus.data.class`, if it has one.
   */
  readonly classOf: (said: unknown, eventName: unknown, severityNumber: unknown) => unknown
  /** Classes whose records must not be lost. */
  readonly durable: ReadonlySet<unknown>
  /** Classes of which no sampler may drop a record. */
  readonly kept: ReadonlySet<unknown>
}

let byEvent: ReadonlyMap<unknown, DataClass> | undefined

/** The class that the catalogue gives to an event; `undefined` for any other. */
export function classOfEvent(eventName: unknown): DataClass | undefined {
  if (eventName === undefined) return undefined
  byEvent ??= new Map(CATALOGUE.map(({ name, class: dataClass }) => [name, dataClass]))
  return byEvent.get(eventName)
}

/** Those of the built-in policy: a record is of the class that it says, or, where it says none, of that of its event. */
export const BUILT_IN_RULES: ClassRules = {
  classOf: (said, eventName) => (said === undefined ? classOfEvent(eventName) : said),
  durable: new Set(DATA_CLASSES.filter((name) => CLASS_RULES[name].durable)),
  kept: new Set(DATA_CLASSES.filter((name) => CLASS_RULES[name].keep === 'all')),
}
