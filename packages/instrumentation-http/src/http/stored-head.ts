/** Headers of a head as Node writes it down, by lower-case name. */
export function readHead(head: string): Record<string, string[]> {
  // Of no class: `constructor` is a name like any other.
  const headers = Object.create(null) as Record<string, string[]>
  for (const line of head.split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) (headers[line.slice(0, colon).toLowerCase()] ??= []).push(line.slice(colon + 1).trim())
  }
  return headers
}
