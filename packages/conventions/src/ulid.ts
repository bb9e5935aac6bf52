// Crockford's base 32: no I, L, O, U.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.split('')
// Ten bits at a time are half as many look-ups as five.
const PAIRS: readonly string[] = /* @__PURE__ */ ALPHABET.flatMap((first) => ALPHABET.map((second) => first + second))

/** Bytes of randomness in a ULID. */
export const ULID_RANDOM_BYTES = 10

let lastTime = -1
let timeText = ''

/**
 * Writes a ULID: 48 bits of time in milliseconds and 80 bits from `random`, from `at` on, as 26 letters and digits.
 *
 * @example formatUlid(0, new Uint8Array(10), 0) // '00000000000000000000000000'
 */
export function formatUlid(time: number, random: Uint8Array, at: number): string {
  if (time !== lastTime) {
    lastTime = time
    timeText = formatTime(time)
  }
  return timeText + formatFive(random, at) + formatFive(random, at + 5)
}

/** 48 bits as ten characters: the first holds three bits. */
function formatTime(time: number): string {
  let text = ''
  let rest = time
  for (let i = 0; i < 5; i++) {
    text = (PAIRS[rest % 1024] as string) + text
    rest = Math.floor(rest / 1024)
  }
  return text
}

/** Five bytes as eight characters. */
function formatFive(bytes: Uint8Array, at: number): string {
  const a = bytes[at] as number
  const b = bytes[at + 1] as number
  const c = bytes[at + 2] as number
  const d = bytes[at + 3] as number
  const e = bytes[at + 4] as number
  return (
    (PAIRS[(a << 2) | (b >> 6)] as string) +
    (PAIRS[((b & 63) << 4) | (c >> 4)] as string) +
    (PAIRS[((c & 15) << 6) | (d >> 2)] as string) +
    (PAIRS[((d & 3) << 8) | e] as string)
  )
}
