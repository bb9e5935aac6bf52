/** Rows of a result; a text of several statements has a list of results. */
export function countRows(result: unknown): number | undefined {
  if (typeof result !== 'object' || result === null) return undefined
  if (Array.isArray(result)) return result.reduce((sum: number, one) => sum + (countRows(one) ?? 0), 0)
  const { rows } = result as { readonly rows?: unknown }
  return Array.isArray(rows) ? rows.length : undefined
}
