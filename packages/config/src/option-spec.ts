import type { LogLevel } from './log-level.ts'
import type { HostPattern } from './parse-hosts.ts'
import type { TrustProxy } from './parse-trust-proxy.ts'

/** Smallest and largest value accepted. */
type NumberRange = readonly [min: number, max: number]

interface SpecBase {
  /** Name of the environment variable. */
  readonly variable: string
  /** What it does, as one sentence. */
  readonly description: string
  /** Whether its value may hold a secret and is masked wherever it is shown. */
  readonly secret: boolean
  /** Who defines name and meaning; `common` is used by many programs. */
  readonly source: 'plutus' | 'opentelemetry' | 'opentelemetry-js' | 'common'
  /** Unit of a number, in UCUM: `ms`, `By`, `h`. */
  readonly unit?: 'ms' | 'By' | 'h'
  /** The more general variable that answers while this one is not set. */
  readonly fallback?: string
  /** The variable whose value this one never exceeds. */
  readonly atMost?: string
  /** Read and checked, but nothing acts on it in this version; setting it says so. */
  readonly inert?: true
}

/** One variable: what it accepts, what holds without it and what it does. Every `range` follows "must be". */
export type OptionSpec = SpecBase &
  (
    | { readonly type: 'boolean'; readonly default: boolean; readonly range: readonly string[] }
    | { readonly type: 'integer'; readonly default: number | undefined; readonly range: NumberRange }
    | { readonly type: 'number'; readonly default: number | undefined; readonly range: NumberRange }
    | { readonly type: 'enum'; readonly default: string | undefined; readonly range: readonly string[] }
    | { readonly type: 'level'; readonly default: LogLevel; readonly range: readonly LogLevel[] }
    | { readonly type: 'choices'; readonly default: readonly string[]; readonly range: readonly string[] }
    | { readonly type: 'list' | 'header-names'; readonly default: readonly string[]; readonly range: string }
    | { readonly type: 'string' | 'path' | 'url'; readonly default: string | undefined; readonly range: string }
    | { readonly type: 'headers' | 'pairs'; readonly default: Readonly<Record<string, string>>; readonly range: string }
    | { readonly type: 'levels'; readonly default: Readonly<Record<string, LogLevel>>; readonly range: string }
    | { readonly type: 'route-limits'; readonly default: Readonly<Record<string, number>>; readonly range: string }
    | { readonly type: 'hosts'; readonly default: readonly HostPattern[]; readonly range: string }
    | { readonly type: 'trust-proxy'; readonly default: TrustProxy; readonly range: string }
  )

/** What a value of a variable looks like once it is resolved. */
export type ValueOf<Spec extends OptionSpec> =
  | (Spec extends { type: 'boolean' }
      ? boolean
      : Spec extends { type: 'integer' | 'number' }
        ? number
        : Spec extends { type: 'enum' }
          ? Spec['range'][number]
          : Spec extends { type: 'level' }
            ? LogLevel
            : Spec extends { type: 'choices' }
              ? readonly Spec['range'][number][]
              : Spec extends { type: 'list' | 'header-names' }
                ? readonly string[]
                : Spec extends { type: 'string' | 'path' | 'url' }
                  ? string
                  : Spec extends { type: 'headers' | 'pairs' }
                    ? Readonly<Record<string, string>>
                    : Spec extends { type: 'levels' }
                      ? Readonly<Record<string, LogLevel>>
                      : Spec extends { type: 'route-limits' }
                        ? Readonly<Record<string, number>>
                        : Spec extends { type: 'hosts' }
                          ? readonly HostPattern[]
                          : TrustProxy)
  | (Spec extends { default: undefined } ? undefined : never)

/** Spellings of a switch of Plutus; those of OpenTelemetry know `true` and `false` only. */
export const SWITCH = ['1', '0', 'true', 'false', 'on', 'off', 'yes', 'no'] as const
export const TRUE_FALSE = ['true', 'false'] as const

/** Largest delay that a timer of Node takes, and so the end of every range of milliseconds without a better one. */
export const MAX_MILLIS = 2_147_483_647
/** Largest count or size where nothing else sets a limit. */
export const MAX_COUNT = 2_147_483_647
