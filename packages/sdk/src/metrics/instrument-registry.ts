import type { MetricOptions } from '@opentelemetry/api'
import { describeInstrument, isInstrumentName, MAX_NAME_CHARS } from './instrument-description.ts'
import type { InstrumentDescription } from './instrument-description.ts'
import type { MetricStream } from './metric-stream.ts'
import type { InstrumentKind } from './temporality.ts'
import type { Troubles } from './troubles.ts'

interface Registered {
  readonly instrument: object
  readonly stream: MetricStream
}

/** How many more instruments a provider may have. */
export interface InstrumentRoom {
  left: number
}

/**
 * The instruments of one meter.
 *
 * Equal ones are one and the same. Those that only share their name, whatever its case, are told once and all recorded.
 */
export class InstrumentRegistry {
  readonly #room: InstrumentRoom
  readonly #troubles: Troubles
  readonly #byName = new Map<string, Registered[]>()
  readonly #streams: MetricStream[] = []

  constructor(room: InstrumentRoom, troubles: Troubles) {
    this.#room = room
    this.#troubles = troubles
  }

  /** What the instruments' measurements become, in the order in which they were made. */
  get streams(): readonly MetricStream[] {
    return this.#streams
  }

  /** Returns the instrument that was described like this, made by `make` if there is none; undefined if it may not be made. */
  getOrAdd(
    kind: InstrumentKind,
    name: unknown,
    options: MetricOptions | undefined,
    make: (description: InstrumentDescription) => { readonly instrument: object; readonly stream: MetricStream },
  ): object | undefined {
    if (typeof name !== 'string' || name === '' || name.length > MAX_NAME_CHARS) {
      this.#troubles.lose('instrument_invalid')
      this.#troubles.warn('An instrument must have a name of 1 to 255 characters; this one records nothing')
      return undefined
    }
    const description = describeInstrument(kind, name, options, this.#troubles)
    const key = name.toLowerCase()
    const namesakes = this.#byName.get(key) ?? []
    const same = namesakes.find(({ stream }) => isSame(stream.description, description))
    if (same !== undefined) return this.#share(same, description)
    if (this.#room.left === 0) {
      this.#troubles.lose('instrument_limit')
      this.#troubles.warn('There are too many instruments; further ones record nothing')
      return undefined
    }
    this.#room.left--
    if (!isInstrumentName(name)) {
      this.#troubles.warn(
        `The instrument name ${JSON.stringify(name)} should be a letter and up to 254 letters, digits, _ . - and /`,
      )
    }
    if (namesakes.length > 0) {
      this.#troubles.warn(
        `The instrument ${name} exists with another kind, unit or value type; backends may mix up the two`,
      )
    }
    const made = make(description)
    this.#byName.set(key, [...namesakes, made])
    this.#streams.push(made.stream)
    return made.instrument
  }

  /** Gives out an instrument once more. */
  #share(registered: Registered, wanted: InstrumentDescription): object {
    const { description } = registered.stream
    const isAlike =
      description.name === wanted.name &&
      description.description === wanted.description &&
      hasSameItems(description.bounds, wanted.bounds) &&
      hasSameItems([...(description.keep ?? [])], [...(wanted.keep ?? [])])
    if (wanted.description.length > description.description.length) description.description = wanted.description
    if (!isAlike) {
      this.#troubles.warn(
        `The instrument ${description.name} was made before with another description, advice or spelling; ` +
          'the first advice and spelling and the longest description are used',
      )
    }
    return registered.instrument
  }
}

function isSame(one: InstrumentDescription, other: InstrumentDescription): boolean {
  return one.kind === other.kind && one.unit === other.unit && one.valueType === other.valueType
}

function hasSameItems(one: ArrayLike<unknown>, other: ArrayLike<unknown>): boolean {
  return one.length === other.length && Array.prototype.every.call(one, (item, i) => item === other[i])
}
