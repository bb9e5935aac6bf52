/** Headers as Node takes them for a request: an object, or on newer Nodes a list of names and values. */
export type RequestHeaders = Record<string | symbol, unknown> | unknown[]

/**
 * Copies what a request is given as its headers, so that the caller's object stays as it is and its getters run as often
 * as without us; `undefined` for what only Node can refuse.
 */
export function copyHeaders(given: unknown): RequestHeaders | undefined {
  if (given === undefined) return {}
  if (typeof given !== 'object' || given === null) return undefined
  if (!Array.isArray(given)) return { ...given } // own enumerable members, `http2.sensitiveHeaders` among them
  const list: unknown[] = [...(given as readonly unknown[])]
  for (const symbol of Object.getOwnPropertySymbols(given)) {
    Object.assign(list, { [symbol]: (given as unknown as Readonly<Record<symbol, unknown>>)[symbol] })
  }
  return list
}

/**
 * Adds headers to a copy of those that the application gave.
 *
 * Those of propagation replace what the application has set, whatever the case of its name; of all others, that of the
 * application stays.
 */
export function addHeaders(
  headers: RequestHeaders,
  propagated: Readonly<Record<string, string>>,
  others: Readonly<Record<string, string>>,
): void {
  const isReplaced = (name: unknown): boolean =>
    typeof name === 'string' && propagated[name.toLowerCase()] !== undefined
  const added = [...Object.entries(propagated), ...Object.entries(others).filter(([name]) => !hasHeader(headers, name))]
  if (Array.isArray(headers)) {
    for (let at = headers.length - 2; at >= 0; at -= 2) if (isReplaced(headers[at])) headers.splice(at, 2)
    headers.push(...added.flat())
    return
  }
  for (const name of Object.keys(headers)) if (isReplaced(name)) delete headers[name]
  for (const [name, value] of added) headers[name] = value
}

/** The value of a header by its lower-case name, if it is one text. */
export function headerOf(headers: RequestHeaders, name: string): string | undefined {
  const value = Array.isArray(headers)
    ? headers[indexOf(headers, name) + 1]
    : headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name]
  if (Array.isArray(headers) && indexOf(headers, name) === -1) return undefined
  return typeof value === 'string' ? value : undefined
}

function hasHeader(headers: RequestHeaders, name: string): boolean {
  if (Array.isArray(headers)) return indexOf(headers, name) !== -1
  return Object.keys(headers).some((key) => key.toLowerCase() === name)
}

function indexOf(list: readonly unknown[], name: string): number {
  return list.findIndex((item, at) => at % 2 === 0 && typeof item === 'string' && item.toLowerCase() === name)
}

/** The headers by lower-case name, values as they were given. */
export function lowerCased(headers: RequestHeaders): Readonly<Record<string, unknown>> {
  const entries: (readonly [string, unknown])[] = Array.isArray(headers)
    ? headers.flatMap((name, at) => (at % 2 === 0 ? [[String(name).toLowerCase(), headers[at + 1]] as const] : []))
    : Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  return Object.fromEntries(entries)
}
