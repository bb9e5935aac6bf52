import { PlutusOptionError } from '@plutus/conventions'
import type { OwnRule } from './own-rules.ts'
import type { RedactionProfile } from './rules.ts'

/** What happens to a kind of personal data. */
export type Privacy = 'keep' | 'mask' | 'hash'

/** Hears of each value that was masked: by which rule, where, and under which key, itself redacted. */
export type OnHit = (rule: string, carrier: string, key: string | undefined) => void

/** A redaction policy. */
export interface RedactionOptions {
  /** Which built-in rules hold: all, or card data and credentials alone. @defaultValue `pci` */
  readonly profile?: RedactionProfile | undefined
  /** Keys whose values are removed too; `account.ref` also means `accountRef` and what ends in it. @defaultValue none */
  readonly keys?: readonly string[] | undefined
  /** Keys whose values are left unseen, whatever they hold. @defaultValue none */
  readonly keep?: readonly string[] | undefined
  /** E-mail addresses. @defaultValue `mask`, in the profile `minimal` `keep` */
  readonly email?: Privacy | undefined
  /** IP addresses; `mask` leaves the network. @defaultValue `keep` */
  readonly ip?: Privacy | undefined
  /** Values of `user.id` and its like. @defaultValue `keep` */
  readonly userId?: Privacy | undefined
  /** Key of `hash`, at least 16 bytes. @defaultValue random, one for each redactor */
  readonly hashKey?: Uint8Array | undefined
  /** Rules of the application's own. @defaultValue none */
  readonly rules?: readonly OwnRule[] | undefined
  /** @defaultValue nobody hears of hits */
  readonly onHit?: OnHit | undefined
}

const MIN_HASH_KEY_BYTES = 16
const PRIVACIES: ReadonlySet<unknown> = new Set(['keep', 'mask', 'hash'])
const OPTIONS = new Set(['profile', 'keys', 'keep', 'email', 'ip', 'userId', 'hashKey', 'rules', 'onHit'])

/**
 * Returns options that keep their rules. Those of own patterns are checked when they are compiled.
 *
 * @throws {PlutusOptionError} for an option that is unknown or breaks its rule.
 */
export function checkOptions(options: RedactionOptions): RedactionOptions {
  for (const name of Object.keys(options)) {
    if (!OPTIONS.has(name)) throw new PlutusOptionError(`redaction.${name}`, `one of ${[...OPTIONS].join(', ')}`)
  }
  const { profile = 'pci', hashKey } = options
  if (profile !== 'pci' && profile !== 'minimal') throw new PlutusOptionError('redaction.profile', 'pci or minimal')
  for (const name of ['email', 'ip', 'userId'] as const) {
    if (options[name] !== undefined && !PRIVACIES.has(options[name])) {
      throw new PlutusOptionError(`redaction.${name}`, 'keep, mask or hash')
    }
  }
  if (hashKey !== undefined && hashKey.length < MIN_HASH_KEY_BYTES) {
    throw new PlutusOptionError('redaction.hashKey', `at least ${MIN_HASH_KEY_BYTES} bytes`)
  }
  return options
}
