import type { OptionSpec } from './option-spec.ts'
import type { HostPattern } from './parse-hosts.ts'
import type { TrustProxy } from './parse-trust-proxy.ts'

const UNIT_WORDS = { ms: ', in ms', By: ', in bytes', h: ', in hours' } as const

/**
 * What a variable has to be, worded to follow "must be".
 *
 * @example describeRange(spec) // 'an integer from 0 to 60000, in ms'
 */
export function describeRange(spec: OptionSpec): string {
  if (spec.type === 'integer') {
    return `an integer from ${spec.range[0]} to ${spec.range[1]}${spec.unit === undefined ? '' : UNIT_WORDS[spec.unit]}`
  }
  if (spec.type === 'number') return `a number from ${spec.range[0]} to ${spec.range[1]}`
  if (spec.type === 'choices') return `a comma-separated list out of ${spec.range.join(', ')}`
  return typeof spec.range === 'string' ? spec.range : joinWords(spec.range)
}

/** A resolved value in a spelling that its variable accepts; empty if there is none. Secrets are not masked. */
export function formatValue(spec: OptionSpec, value: unknown): string {
  if (typeof value === 'boolean') return spec.source === 'plutus' ? String(Number(value)) : String(value)
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return value
  if (typeof value !== 'object' || value === null) return ''
  if (spec.type === 'trust-proxy') return formatTrustProxy(value as TrustProxy)
  if (spec.type === 'hosts') return (value as readonly HostPattern[]).map(formatHost).join(',')
  if (Array.isArray(value)) return value.join(',')
  return Object.entries(value)
    .map(([key, entry]) => `${key}=${entry}`)
    .join(',')
}

function formatHost({ host, subdomains }: HostPattern): string {
  return subdomains ? `*.${host}` : host
}

function formatTrustProxy(trust: TrustProxy): string {
  if (trust.kind === 'hops') return String(trust.hops)
  return trust.kind === 'none' ? '' : trust.networks.map(({ address, prefix }) => `${address}/${prefix}`).join(',')
}

function joinWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
