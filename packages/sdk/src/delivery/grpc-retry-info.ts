// google.rpc.Status { repeated google.protobuf.Any details = 3 }, Any { string type_url = 1; bytes value = 2 },
// RetryInfo { Duration retry_delay = 1 }, Duration { int64 seconds = 1; int32 nanos = 2 }
const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo'
// Larger than any message of this kind; a reader of foreign bytes has a bound.
const MAX_DETAILS_LENGTH = 16 * 1024

/** Reads the delay in milliseconds that a `grpc-status-details-bin` trailer asks for; `undefined` if it asks for none. */
export function readRetryDelay(trailer: string | string[] | undefined): number | undefined {
  if (typeof trailer !== 'string' || trailer.length > MAX_DETAILS_LENGTH) return undefined
  for (const detail of fieldsOf(Buffer.from(trailer, 'base64'))) {
    if (detail.number !== 3 || !(detail.value instanceof Uint8Array)) continue
    const any = [...fieldsOf(detail.value)]
    const type = bytesOf(any, 1)
    const info = bytesOf(any, 2)
    if (type === undefined || info === undefined || Buffer.from(type).toString('latin1') !== RETRY_INFO) continue
    const delay = bytesOf([...fieldsOf(info)], 1)
    if (delay === undefined) return 0
    const duration = [...fieldsOf(delay)]
    return numberOf(duration, 1) * 1000 + Math.round(numberOf(duration, 2) / 1_000_000)
  }
  return undefined
}

interface Field {
  readonly number: number
  readonly value: number | Uint8Array
}

/** Fields of a protobuf message; ends early at bytes that are none. */
function* fieldsOf(bytes: Uint8Array): Generator<Field> {
  let at = 0
  const varint = (): number => {
    let value = 0
    for (let shift = 1; at < bytes.length; shift *= 128) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
    return Number.NaN
  }
  while (at < bytes.length) {
    const tag = varint()
    const number = Math.floor(tag / 8)
    switch (tag % 8) {
      case 0:
        yield { number, value: varint() }
        break
      case 1:
        at += 8
        break
      case 2: {
        const length = varint()
        if (!(at + length <= bytes.length)) return
        yield { number, value: bytes.subarray(at, at + length) }
        at += length
        break
      }
      case 5:
        at += 4
        break
      default:
        return
    }
  }
}

function bytesOf(fields: readonly Field[], number: number): Uint8Array | undefined {
  const value = fields.find((field) => field.number === number)?.value
  return value instanceof Uint8Array ? value : undefined
}

function numberOf(fields: readonly Field[], number: number): number {
  const value = fields.find((field) => field.number === number)?.value
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
