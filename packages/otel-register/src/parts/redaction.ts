import type { Meter } from '@opentelemetry/api'
import { recordEvent } from '@plutus/events'
import { createRedactor } from '@plutus/redaction'
import type { RedactionOptions, Redactor } from '@plutus/redaction'

export { createRedactor, parseOwnRules } from '@plutus/redaction'

/** A redactor that counts what it masks. */
export interface CountingRedactor {
  readonly redactor: Redactor
  /** How many values were masked so far. */
  hits(): number
  /** From now on counts as `plutus.redaction.hits`, what was counted before included. */
  measureWith(meter: Pick<Meter, 'createCounter'>): void
}

const CARD_RULES = new Set(['pan', 'pan_key', 'track'])
// What people and operators read holds what is telemetry too, or never was.
const QUIET_CARRIERS = new Set(['console', 'line'])
const PAN_FOUND_INTERVAL_MILLIS = 60_000
const MAX_PLACES = 1000
const MAX_PENDING = 500

/** Creates the redactor of a policy. */
export function createCountingRedactor(policy: RedactionOptions): CountingRedactor {
  const hits = new Hits()
  return {
    redactor: createRedactor({ ...policy, onHit: (rule, carrier, key) => hits.note(rule, carrier, key) }),
    hits: () => hits.total,
    measureWith: (meter) => hits.measureWith(meter),
  }
}

/**
 * Counts hits and tells of card numbers in wrong places.
 *
 * Hits come while a record is being encoded, when no other may be made, so they are told at the end of the turn.
 */
class Hits {
  total = 0
  #pending = new Map<string, number>()
  #places: string[] = []
  #isScheduled = false
  #count: ((rule: string, carrier: string, count: number) => void) | undefined
  readonly #told = new Map<string, number>()

  note(rule: string, carrier: string, key: string | undefined): void {
    this.total++
    const name = `${rule}\n${carrier}`
    if (this.#pending.has(name) || this.#pending.size < MAX_PENDING) {
      this.#pending.set(name, (this.#pending.get(name) ?? 0) + 1)
    }
    if (CARD_RULES.has(rule) && !QUIET_CARRIERS.has(carrier) && key?.startsWith('payment.') !== true) {
      this.#findPan(rule, carrier, key)
    }
    this.#schedule()
  }

  measureWith(meter: Pick<Meter, 'createCounter'>): void {
    const counter = meter.createCounter('plutus.redaction.hits', {
      unit: '{hit}',
      description: 'Values that were masked, by rule and by the part of the telemetry in which they stood.',
    })
    this.#count = (rule, carrier, count) => counter.add(count, { 'redaction.rule': rule, 'redaction.carrier': carrier })
    this.#schedule()
  }

  /** At most once a minute for each place: the first is news, the thousandth a flood. */
  #findPan(rule: string, carrier: string, key: string | undefined): void {
    const place = `${rule}\n${carrier}\n${key ?? ''}`
    const now = performance.now()
    const last = this.#told.get(place)
    if (last !== undefined && now - last < PAN_FOUND_INTERVAL_MILLIS) return
    if (last === undefined && this.#told.size >= MAX_PLACES) return
    this.#told.set(place, now)
    this.#places.push(`${rule}\n${carrier}`)
  }

  #schedule(): void {
    if (this.#isScheduled || (this.#count === undefined && this.#places.length === 0)) return
    this.#isScheduled = true
    queueMicrotask(() => {
      this.#isScheduled = false
      this.#tell()
    })
  }

  #tell(): void {
    const places = this.#places
    this.#places = []
    for (const place of places) {
      const [rule = '', carrier = ''] = place.split('\n')
      recordEvent('pan_found', { 'redaction.rule': rule, 'redaction.carrier': carrier })
    }
    if (this.#count === undefined) return
    const pending = this.#pending
    this.#pending = new Map()
    for (const [name, count] of pending) {
      const [rule = '', carrier = ''] = name.split('\n')
      this.#count(rule, carrier, count)
    }
  }
}
