import type * as Crypto from 'node:crypto'
import type { ReadHeader } from './segment-header.ts'
import { KEY_ID_BYTES } from './segment-header.ts'

/** Seals and opens the frames of one segment. */
export interface FrameCipher {
  /** Encrypts a frame that begins at an offset of the file; each offset of a segment is written once at most. */
  seal(frame: Uint8Array, offset: number): Buffer
  /** Decrypts; undefined if the bytes are not those that were sealed for this place. */
  open(sealed: Uint8Array, offset: number): Buffer | undefined
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

// Few have a key; the others do not load it.
const loadCrypto = (): typeof Crypto => process.getBuiltinModule('node:crypto')

/** Names a key without telling of it. */
export function keyIdOf(key: Uint8Array): Buffer {
  return loadCrypto().createHmac('sha256', key).update('plutus.journal.key-id').digest().subarray(0, KEY_ID_BYTES)
}

/** Fills a salt from the source that keys are drawn from. */
export function fillSecurely(salt: Uint8Array): void {
  loadCrypto().randomFillSync(salt)
}

/**
 * Creates the cipher of a segment: AES-256-GCM under a key of its own, derived from the key by HKDF with the salt and
 * everything else that the header says. So the offset is a nonce that never comes twice under one key, and a changed
 * header opens nothing.
 */
export function createFrameCipher(key: Uint8Array, header: ReadHeader): FrameCipher {
  const { createCipheriv, createDecipheriv, hkdfSync, createSecretKey } = loadCrypto()
  const info = Buffer.concat([Buffer.from('plutus.journal.segment'), header.bytes])
  // HKDF takes 1,024 bytes of info; labels may be longer.
  const digest = loadCrypto().createHash('sha256').update(info).digest()
  const secret = createSecretKey(Buffer.from(hkdfSync('sha256', key, header.salt, digest, 32)))
  const nonce = Buffer.alloc(NONCE_BYTES)
  const nonceAt = (offset: number): Buffer => {
    nonce.writeUIntBE(offset, NONCE_BYTES - 6, 6)
    return nonce
  }
  return {
    seal(frame, offset) {
      const cipher = createCipheriv(ALGORITHM, secret, nonceAt(offset))
      const body = cipher.update(frame)
      return Buffer.concat([body, cipher.final(), cipher.getAuthTag()])
    },
    open(sealed, offset) {
      if (sealed.length <= TAG_BYTES) return undefined
      const decipher = createDecipheriv(ALGORITHM, secret, nonceAt(offset), { authTagLength: TAG_BYTES })
      decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
      const body = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
      try {
        return Buffer.concat([body, decipher.final()])
      } catch {
        return undefined
      }
    },
  }
}
