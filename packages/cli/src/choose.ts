import { suggestName } from '@plutus/config'
import { CommandError } from './read-policy.ts'

/** The one of some values that an option names. @throws {CommandError} naming the nearest, if it is none of them. */
export function choose<T extends string>(option: string, value: string, values: readonly T[]): T {
  const found = values.find((one) => one === value)
  if (found !== undefined) return found
  const nearest = suggestName(value, values)
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  throw new CommandError(`${option} must be one of ${values.join(', ')}${hint}`)
}
