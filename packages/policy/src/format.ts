const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const
const DAYS_OF_YEAR = 365

/** Writes days as a policy file does: `90d`, `7y`; 0 is `none`. */
export function formatDays(days: number): string {
  if (days === 0) return 'none'
  return days % DAYS_OF_YEAR === 0 ? `${days / DAYS_OF_YEAR}y` : `${days}d`
}

/** Writes bytes in the largest unit that leaves a whole number. */
export function formatBytes(bytes: number): string {
  let unit = 0
  let size = bytes
  while (size > 0 && size % 1024 === 0 && unit < UNITS.length - 1) {
    size /= 1024
    unit++
  }
  return `${size}${UNITS[unit]}`
}

/** Writes a share as a percentage. */
export function formatShare(share: number): string {
  return `${Number((share * 100).toFixed(6))}%`
}

/** Writes milliseconds in the largest unit that leaves a whole number, up to minutes. */
export function formatMillis(millis: number): string {
  if (millis % 60_000 === 0) return `${millis / 60_000}m`
  return millis % 1000 === 0 ? `${millis / 1000}s` : `${millis}ms`
}

/** Sets rows of cells below each other, as text. The last cell of a row is not padded. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_cell, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  return `${lines.join('\n')}\n`
}
