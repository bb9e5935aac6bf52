/** A value of a decoded form: text, a list, or a nested form. */
export type FormValue = string | readonly FormValue[] | FormObject

/** A decoded form body or query; it has no prototype, so any key is safe. */
export interface FormObject {
  readonly [key: string]: FormValue
}

type Branch = Map<string, Branch | string>

// Stripe's own parameters nest five deep at most; the rest of a deeper key is kept as one name.
const MAX_DEPTH = 16
// Key segments after the first: anything between brackets. One way to match each character, so linear.
const SEGMENT = /\[([^[\]]*)\]/g

/**
 * Decodes `application/x-www-form-urlencoded` text with bracketed keys as Stripe's API reads it:
 * `a[b]=1` nests, `a[0]=x` and `a[]=x` make lists, a later value replaces an earlier one.
 * Escapes that are not valid UTF-8 are kept as they stand.
 *
 * @example parseForm('card[number]=4242&expand[0]=charge') // { card: { number: '4242' }, expand: ['charge'] }
 */
export function parseForm(text: string): FormObject {
  const root: Branch = new Map()
  for (const pair of text.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const key = decode(equals < 0 ? pair : pair.slice(0, equals))
    set(root, splitKey(key), equals < 0 ? '' : decode(pair.slice(equals + 1)))
  }
  return toObject(root)
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

function splitKey(key: string): string[] {
  const open = key.indexOf('[')
  if (open <= 0) return [key]
  const segments = [key.slice(0, open)]
  let end = open
  for (const match of key.slice(open).matchAll(SEGMENT)) {
    if (open + match.index !== end || segments.length === MAX_DEPTH) break
    segments.push(match[1] ?? '')
    end += match[0].length
  }
  // Brackets that do not pair up are part of the name.
  return end === key.length ? segments : [key]
}

function set(root: Branch, segments: readonly string[], value: string): void {
  let branch = root
  for (const [at, segment] of segments.entries()) {
    const name = segment === '' && at > 0 ? String(branch.size) : segment
    if (at === segments.length - 1) {
      branch.set(name, value)
      return
    }
    const existing = branch.get(name)
    const next: Branch = existing instanceof Map ? existing : new Map()
    branch.set(name, next)
    branch = next
  }
}

function toObject(branch: Branch): FormObject {
  const object: Record<string, FormValue> = Object.create(null)
  for (const [key, value] of branch) object[key] = toValue(value)
  return object
}

function toValue(value: Branch | string): FormValue {
  if (typeof value === 'string') return value
  const keys = [...value.keys()].sort((a, b) => Number(a) - Number(b))
  if (!keys.every((key, at) => key === String(at))) return toObject(value)
  return keys.map((key) => toValue(value.get(key) ?? ''))
}
