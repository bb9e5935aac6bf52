import type * as Crypto from 'node:crypto'

let loaded: typeof Crypto | undefined

/** Node's `crypto`, which takes longer to load than all else here: not before an id is asked for. */
export function loadCrypto(): typeof Crypto {
  return (loaded ??= process.getBuiltinModule('node:crypto'))
}
