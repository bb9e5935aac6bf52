import { formatValue } from './describe-option.ts'
import type { OptionSpec } from './option-spec.ts'
import { OPTIONS } from './options.ts'
import type { OptionName } from './options.ts'
import type { ResolvedConfig, ValueSource } from './resolve.ts'

/** One line of the effective configuration. */
export interface EffectiveOption {
  readonly variable: OptionName
  /** The value in the spelling of its variable, secrets masked, control characters replaced; empty if there is none. */
  readonly value: string
  readonly source: ValueSource
}

const MASK = '****'
const MAX_SHOWN = 256

/**
 * Lists every variable with the value that holds and where it comes from, fit for a terminal or a support ticket:
 * header values, user names, passwords and queries of URLs are masked, and long values cut at 256 characters.
 *
 * @example describeConfig(config).find(({ variable }) => variable === 'OTEL_EXPORTER_OTLP_HEADERS')?.value // 'authorization=****'
 */
export function describeConfig(config: ResolvedConfig): EffectiveOption[] {
  return OPTIONS.map((spec) => ({
    variable: spec.variable,
    value: show(spec, config.get(spec.variable)),
    source: config.source(spec.variable),
  }))
}

/**
 * An endpoint without what may be secret in it: user name, password, query and fragment become `****`.
 *
 * @example maskUrl('https://me:pw@otlp.example.com/v1?key=1') // 'https://****@otlp.example.com/v1?****'
 */
export function maskUrl(url: string): string {
  const query = url.search(/[?#]/)
  const address = maskUser(query === -1 ? url : url.slice(0, query))
  return query === -1 ? address : `${address}${url.charAt(query)}${MASK}`
}

function maskUser(address: string): string {
  if (!address.includes('@')) return address
  const parsed = URL.canParse(address) ? new URL(address) : undefined
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:') {
    return `${MASK}${address.slice(address.lastIndexOf('@'))}`
  }
  if (parsed.username === '' && parsed.password === '') return address
  return `${parsed.protocol}//${MASK}@${parsed.host}${parsed.pathname === '/' ? '' : parsed.pathname}`
}

function show(spec: OptionSpec, value: unknown): string {
  let text = formatValue(spec, value)
  if (spec.type === 'url') text = maskUrl(text)
  if (spec.secret) {
    text =
      spec.type === 'headers'
        ? Object.keys(value as Readonly<Record<string, string>>)
            .map((name) => `${name}=${MASK}`)
            .join(',')
        : MASK
  }
  // Control characters and the marks that turn the direction of text: a terminal would obey them.
  const printable = text.slice(0, MAX_SHOWN).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, '?')
  return text.length > MAX_SHOWN ? `${printable}…` : printable
}
