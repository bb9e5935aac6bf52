import type { ReceivedLog } from '@plutus/test-kit'

/** Events of one name, in sum. */
export interface EventSummary {
  /** Value of `plutus.data.class`. */
  readonly dataClass: string
  readonly name: string
  /** Each fact once, however often it was told. */
  readonly count: number
  /** Records beyond the first of a fact, known by the same `log.record.uid`. */
  readonly toldAgain: number
  /** The highest there was. */
  readonly severityNumber: number
}

const CLASSES = ['payment', 'security', 'audit', 'performance', 'application']

/** Whether a record is an event of the catalogue, not a line of a logger. */
export function isEvent({ eventName }: ReceivedLog): boolean {
  return eventName !== undefined
}

/** Class that decides how an event is kept. */
export function classOf({ attributes }: ReceivedLog): string {
  const dataClass = attributes['plutus.data.class']
  return typeof dataClass === 'string' ? dataClass : 'application'
}

/** Sums up events by class and name, each class by count. */
export function summarizeEvents(logs: readonly ReceivedLog[]): EventSummary[] {
  const byName = new Map<string, EventSummary>()
  const seen = new Set<unknown>()
  for (const log of logs) {
    if (log.eventName === undefined) continue
    const dataClass = classOf(log)
    const key = `${dataClass} ${log.eventName}`
    const { count, toldAgain, severityNumber } = byName.get(key) ?? { count: 0, toldAgain: 0, severityNumber: 0 }
    const uid = log.attributes['log.record.uid']
    const isKnown = uid !== undefined && seen.has(uid)
    seen.add(uid)
    byName.set(key, {
      dataClass,
      name: log.eventName,
      count: count + (isKnown ? 0 : 1),
      toldAgain: toldAgain + (isKnown ? 1 : 0),
      severityNumber: Math.max(severityNumber, log.severityNumber),
    })
  }
  return [...byName.values()].sort(
    (a, b) => rankOf(a.dataClass) - rankOf(b.dataClass) || b.count - a.count || (a.name < b.name ? -1 : 1),
  )
}

function rankOf(dataClass: string): number {
  const at = CLASSES.indexOf(dataClass)
  return at === -1 ? CLASSES.length : at
}
