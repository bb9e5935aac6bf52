import type { InspectedSegment } from '@plutus/journal'
import type { InspectedPart } from '@plutus/sdk'

/** Says what cannot be read of a file, and why; `undefined` where all of it can. */
export function describeUnreadable(
  { state, frames, bytes, badBytes }: InspectedSegment,
  owner: InspectedPart['owner'],
): string | undefined {
  if (state === 'good') return undefined
  if (state === 'quarantined') return `${frames} frames (${badBytes} bytes) were damaged, and set aside`
  if (state === 'locked') return `${frames} frames are encrypted with a key that PLUTUS_SPOOL_KEY_FILE does not name`
  if (state === 'unknown') return `${bytes} bytes are of a version that this program does not know`
  const writes = owner === 'gone' ? '' : '; its owner may be writing it'
  return `${frames} frames can be read, ${badBytes} bytes behind them cannot${writes}`
}
