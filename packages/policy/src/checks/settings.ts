/** A member of nested settings, as they are written; `undefined` where there is none. */
export function settingOf(settings: unknown, ...names: readonly string[]): unknown {
  let at = settings
  for (const name of names) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}

/** A text with the fallbacks of its variables, as it is where no variable is set: `${env:A:-${env:B:-c}}` is `c`. */
export function withFallbacks(text: string): string {
  let resolved = text
  for (let before = ''; before !== resolved;) {
    before = resolved
    // The innermost variable: no brace in it. Linear: each character can match in one way.
    resolved = resolved.replace(
      /\$\{(?:env:)?\w+(?::-([^${}]*))?\}/,
      (_all, fallback: string | undefined) => fallback ?? '',
    )
  }
  return resolved
}

/** A setting as text; empty where it is none. */
export function textOf(settings: unknown, ...names: readonly string[]): string {
  const value = settingOf(settings, ...names)
  return typeof value === 'string' || typeof value === 'number' ? withFallbacks(String(value)) : ''
}
