import type { OptionSpec, ValueOf } from './option-spec.ts'
import { OTEL_LIMIT_OPTIONS } from './otel-limit-options.ts'
import { OTEL_OPTIONS } from './otel-options.ts'
import { OTLP_OPTIONS } from './otlp-options.ts'
import { PLUTUS_OPTIONS } from './plutus-options.ts'

/** Every environment variable that Plutus reads: what it accepts, what holds without it, what it does. */
export const OPTIONS = [
  ...PLUTUS_OPTIONS,
  ...OTEL_OPTIONS,
  ...OTLP_OPTIONS,
  ...OTEL_LIMIT_OPTIONS,
] as const satisfies readonly OptionSpec[]

type Option = (typeof OPTIONS)[number]

/** Name of a variable of `OPTIONS`. */
export type OptionName = Option['variable']

/** Type of the resolved value of a variable. */
export type OptionValue<Name extends OptionName> = ValueOf<Extract<Option, { readonly variable: Name }>>
