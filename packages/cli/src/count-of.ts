/**
 * A number with what it counts.
 *
 * @example countOf(1, 'file') // '1 file'
 */
export function countOf(count: number, one: string, several = `${one}s`): string {
  return `${count} ${count === 1 ? one : several}`
}
