import { createHash } from 'node:crypto'
import type { Policy } from './policy.ts'

const DIGITS = 16

/**
 * The hash of a policy: 16 hexadecimal digits that everything rendered from it carries.
 *
 * Two policies have the same when they decide the same: comments, order and what was left out do not count.
 */
export function policyHash(policy: Policy): string {
  return createHash('sha256').update(toCanonical(policy)).digest('hex').slice(0, DIGITS)
}

function toCanonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toCanonical).join()}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, inner]) => `${JSON.stringify(name)}:${toCanonical(inner)}`).join()}}`
}
