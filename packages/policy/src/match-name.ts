/** Whether the name of an event fits a pattern, in which `*` stands for any text. Linear in the name for each `*`. */
export function matchesName(pattern: string, name: string): boolean {
  return compileName(pattern)(name)
}

/** The same for many names. */
export function compileName(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*')
  const first = parts[0] as string
  if (parts.length === 1) return (name) => pattern === name
  const last = parts.at(-1) as string
  const between = parts.slice(1, -1)
  return (name) => {
    if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
    let at = first.length
    for (const part of between) {
      const found = name.indexOf(part, at)
      if (found === -1) return false
      at = found + part.length
    }
    return at <= name.length - last.length
  }
}
