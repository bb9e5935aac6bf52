import { createFrameCipher, fillSecurely, keyIdOf } from './frame-cipher.ts'
import type { FrameCipher } from './frame-cipher.ts'
import type { ReadHeader } from './segment-header.ts'
import { SALT_BYTES } from './segment-header.ts'

/** The keys of a journal, by their ids. */
export class KeyRing {
  readonly #keys: ReadonlyMap<string, Uint8Array>
  /** Id of the key that encrypts; undefined without one. */
  readonly keyId: Uint8Array | undefined

  constructor(keys: readonly Uint8Array[]) {
    this.#keys = new Map(keys.map((key) => [keyIdOf(key).toString('hex'), key]))
    this.keyId = keys[0] === undefined ? undefined : keyIdOf(keys[0])
  }

  /** Salt for a new segment. */
  drawSalt(): Uint8Array {
    const salt = new Uint8Array(SALT_BYTES)
    // Without a key it only has to differ from those of other segments.
    if (this.keyId === undefined) salt.set(Uint8Array.from(salt, () => Math.random() * 256))
    else fillSecurely(salt)
    return salt
  }

  /** The cipher for a segment: undefined if its frames are not encrypted, `missing` if its key is not here. */
  cipherFor(header: ReadHeader): FrameCipher | undefined | 'missing' {
    if (header.keyId === undefined) return undefined
    const key = this.#keys.get(Buffer.from(header.keyId).toString('hex'))
    return key === undefined ? 'missing' : createFrameCipher(key, header)
  }
}
