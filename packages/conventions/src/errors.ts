import type { ErrorCode } from './error-codes.ts'

/**
 * An error that Plutus throws on purpose, while something is being set up.
 *
 * Match on `code`: two copies of this class in one process defeat `instanceof`.
 */
export class PlutusError extends Error {
  /** Which of `ERROR_CODES` this is. */
  readonly code: ErrorCode

  /** @param message names the thing, the rule it broke and the way out, never a value. */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'PlutusError'
    this.code = code
  }
}

/**
 * Says that an option given in code breaks its rule; its code is `PLUTUS_OPTION_INVALID`.
 *
 * @example new PlutusOptionError('redaction.pan.keepLast', 'an integer from 0 to 4').option // 'redaction.pan.keepLast'
 */
export class PlutusOptionError extends PlutusError {
  /** Name of the option. */
  readonly option: string

  /**
   * @param option name of the option, with the names it is nested in.
   * @param rule what the option has to be, worded to follow "must be"; never the value that was given.
   */
  constructor(option: string, rule: string, options?: ErrorOptions) {
    super('PLUTUS_OPTION_INVALID', `Option ${option} must be ${rule}; correct it, or leave it out.`, options)
    this.name = 'PlutusOptionError'
    this.option = option
  }
}
