import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { Context } from '@opentelemetry/api'

/**
 * A context that holds keys and values in turn.
 *
 * The API's own makes three closures and a `Map` for each value that is set. What is worse, such an object survives every
 * collection of young objects, until old ones are collected: seen on Node 20 to 26 with nothing but such a class. With
 * it survives what its values hold: spans, requests, answers. A handful of entries is found faster by looking at each.
 */
export class FlatContext implements Context {
  readonly #entries: readonly unknown[]

  constructor(entries: readonly unknown[]) {
    this.#entries = entries
  }

  getValue(key: symbol): unknown {
    const entries = this.#entries
    for (let at = 0; at < entries.length; at += 2) if (entries[at] === key) return entries[at + 1]
    return undefined
  }

  setValue(key: symbol, value: unknown): Context {
    const entries = this.#entries
    for (let at = 0; at < entries.length; at += 2)
      if (entries[at] === key) return new FlatContext(entries.with(at + 1, value))
    return new FlatContext([...entries, key, value])
  }

  deleteValue(key: symbol): Context {
    const entries = this.#entries
    for (let at = 0; at < entries.length; at += 2)
      if (entries[at] === key) return new FlatContext(entries.toSpliced(at, 2))
    return this
  }
}

const EMPTY = new FlatContext([])
const setOnEmpty: Context['setValue'] = (key, value) => EMPTY.setValue(key, value)

/** Has what is derived from the API's root context be flat. Returns a function that ends it. */
export function flattenRoot(): () => void {
  const { setValue } = ROOT_CONTEXT
  ROOT_CONTEXT.setValue = setOnEmpty
  return () => {
    if (ROOT_CONTEXT.setValue === setOnEmpty) ROOT_CONTEXT.setValue = setValue
  }
}
