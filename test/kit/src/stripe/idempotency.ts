import { StripeFault } from './fault.ts'

/** An answer as it is sent and, under an idempotency key, sent again. */
export interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
  readonly requestId: string
  /** Whether the answer belongs to an operation that began, so that its key must repeat it. */
  readonly isKept: boolean
}

/** What a request under a key turns out to be. */
export type KeyUse =
  | { readonly kind: 'first'; readonly finish: (answer: Answer | undefined) => void }
  | { readonly kind: 'replay'; readonly answer: Answer }

interface Entry {
  readonly path: string
  readonly body: string
  answer: Answer | undefined
}

const MAX_KEY_LENGTH = 255

/** Remembers the first answer under each idempotency key of one account. */
export class IdempotencyKeys {
  readonly #entries = new Map<string, Entry>()

  /**
   * Claims `key` for a request, or finds the answer that it had before.
   *
   * @throws {StripeFault} 400 for a key used with other parameters or another path, 409 while the first is under way.
   */
  claim(key: string, path: string, body: string): KeyUse {
    if (key.length > MAX_KEY_LENGTH) {
      throw conflict(400, `Idempotency keys can be at most ${MAX_KEY_LENGTH} characters long.`)
    }
    const parameters = body.split('&').sort().join('&')
    const entry = this.#entries.get(key)
    if (entry === undefined) {
      const first: Entry = { path, body: parameters, answer: undefined }
      this.#entries.set(key, first)
      return {
        kind: 'first',
        finish: (answer) => {
          // Nothing began, nothing is kept: the key is free again.
          if (answer === undefined) this.#entries.delete(key)
          else first.answer = answer
        },
      }
    }
    if (entry.path !== path) {
      throw conflict(
        400,
        `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${entry.path}'). Try using a key other than '${key}' if you meant to execute a different request.`,
      )
    }
    if (entry.body !== parameters) {
      throw conflict(
        400,
        `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
      )
    }
    if (entry.answer === undefined) {
      throw conflict(
        409,
        `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
        'idempotency_key_in_use',
      )
    }
    return { kind: 'replay', answer: entry.answer }
  }
}

function conflict(status: number, message: string, code?: string): StripeFault {
  return new StripeFault(status, { type: 'idempotency_error', message, ...(code === undefined ? {} : { code }) })
}
