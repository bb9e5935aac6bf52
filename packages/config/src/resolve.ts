import { describeRange, formatValue } from './describe-option.ts'
import type { OptionSpec } from './option-spec.ts'
import { OPTIONS } from './options.ts'
import type { OptionName, OptionValue } from './options.ts'
import { findUnusableEndpoints, resolveEndpoint } from './otlp-endpoint.ts'
import { parseValue } from './parse-value.ts'
import { findMisspellings, isSuspect } from './unknown-names.ts'

/** One mistake in the environment, told in one line. */
export interface ConfigWarning {
  /** The variable, or what is printable of a misspelt name. */
  readonly variable: string
  /** Names the variable, its rule and what holds instead; never the value. */
  readonly message: string
}

/** The environment, read once: every variable of `OPTIONS` with its value and where that comes from. */
export interface ResolvedConfig {
  /**
   * Value of a variable: its own, else that of the more general variable, else the default; `undefined` only where
   * there is no default. The endpoint of a signal has the signal's path; its headers contain the general ones.
   * What `OTEL_CONFIG_FILE` decides has its default here.
   */
  get<Name extends OptionName>(variable: Name): OptionValue<Name>
  /** Whether the environment sets this very variable to a value that it accepts and that acts. */
  isSet(variable: OptionName): boolean
  /** Where the value comes from; `file` if `OTEL_CONFIG_FILE` is set and decides it. */
  source(variable: OptionName): ValueSource
  /** Every mistake found, in the order of the environment. */
  readonly warnings: readonly ConfigWarning[]
}

/** Where a value comes from. */
export type ValueSource = 'default' | 'environment' | 'file'

/** An environment: names and texts. */
export type Environment = Readonly<Record<string, string | undefined>>

const CONFIG_FILE = 'OTEL_CONFIG_FILE'

const SPECS: ReadonlyMap<string, OptionSpec> = /* @__PURE__ */ new Map(
  OPTIONS.map((spec: OptionSpec) => [spec.variable, spec]),
)

/**
 * Reads an environment by `OPTIONS`. Never throws: a value that breaks its rule, and a `PLUTUS_*` name that nobody
 * knows, give one warning each, and the default holds. Blank values count as not set.
 *
 * @example resolveConfig({ OTEL_TRACES_SAMPLER: 'always_off' }).get('OTEL_TRACES_SAMPLER') // 'always_off'
 */
export function resolveConfig(env: Environment): ResolvedConfig {
  const warnings: ConfigWarning[] = []
  const { texts, suspects } = readEnvironment(env)
  const values = parseTexts(texts, warnings)
  const fileDecides = values.has(CONFIG_FILE)

  const own = (variable: string): unknown => values.get(variable)
  const look = (variable: string): unknown => {
    const spec = SPECS.get(variable)
    if (spec === undefined) return undefined
    if (spec.type === 'url') return resolveEndpoint(variable, { get, own })
    const value = values.get(variable)
    if (spec.type === 'headers' && spec.fallback !== undefined) return mergeHeaders(look(spec.fallback), value)
    const found = value ?? (spec.fallback === undefined ? spec.default : look(spec.fallback))
    return spec.atMost === undefined ? found : Math.min(Number(found), Number(look(spec.atMost)))
  }
  const get = <Name extends OptionName>(variable: Name): OptionValue<Name> => look(variable) as OptionValue<Name>
  const source = (variable: string): ValueSource => {
    if (fileDecides && isDecidedByFile(variable)) return 'file'
    const fallback = SPECS.get(variable)?.fallback
    if (values.has(variable)) return 'environment'
    return fallback === undefined ? 'default' : source(fallback)
  }

  for (const { variable, usedByGrpc } of findUnusableEndpoints({ get, own })) {
    if (!usedByGrpc) values.delete(variable)
    warnings.push(refuse(SPECS.get(variable) as OptionSpec, 'value'))
  }
  warnings.push(...findConflicts(values), ...warnOfNames(suspects, texts, fileDecides))
  return Object.freeze({
    get,
    isSet: (variable: OptionName) => values.has(variable),
    source,
    warnings: Object.freeze(warnings),
  })
}

/** One pass over the names: the texts of known variables, and names that look like a misspelt one. */
function readEnvironment(env: Environment): { texts: Map<string, string>; suspects: string[] } {
  const texts = new Map<string, string>()
  const suspects: string[] = []
  // Windows does not tell cases apart, but lists names as they were written.
  const foldCase = process.platform === 'win32'
  for (const written of listNames(env)) {
    const name = foldCase ? written.toUpperCase() : written
    if (SPECS.has(name)) {
      const text = readText(env, written)
      if (text !== undefined) texts.set(name, text)
    } else if (isSuspect(name)) suspects.push(name)
  }
  return { texts, suspects }
}

// An environment is usually that of the process, but it may be any object, and this must not throw.
function listNames(env: Environment): string[] {
  try {
    return Object.keys(env)
  } catch {
    return []
  }
}

function readText(env: Environment, name: string): string | undefined {
  try {
    const text: unknown = env[name]
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

function parseTexts(texts: ReadonlyMap<string, string>, warnings: ConfigWarning[]): Map<string, unknown> {
  const values = new Map<string, unknown>()
  const parse = (variable: string, text: string | undefined): void => {
    const spec = SPECS.get(variable)
    if (spec === undefined || text === undefined) return
    const { value, problem } = parseValue(spec, text)
    if (value !== undefined) values.set(variable, value)
    // A variable of many programs that does nothing here is none of our business.
    if (spec.inert === true && spec.source === 'common') return
    if (problem !== undefined) warnings.push(refuse(spec, problem))
    else if (spec.inert === true && value !== undefined) {
      warnings.push({ variable, message: `${variable} has no effect in this version` })
    }
  }
  parse(CONFIG_FILE, texts.get(CONFIG_FILE))
  const fileDecides = values.has(CONFIG_FILE)
  for (const [variable, text] of texts) {
    if (variable !== CONFIG_FILE && !(fileDecides && isDecidedByFile(variable))) parse(variable, text)
  }
  return values
}

/** Whether a variable acts only through `OTEL_CONFIG_FILE` once that is set. */
function isDecidedByFile(variable: string): boolean {
  return (
    variable.startsWith('OTEL_') &&
    variable !== CONFIG_FILE &&
    variable !== 'OTEL_LOG_LEVEL' &&
    !variable.startsWith('OTEL_NODE_') &&
    !variable.startsWith('OTEL_SEMCONV_')
  )
}

function refuse(spec: OptionSpec, problem: 'value' | 'entries'): ConfigWarning {
  const { variable } = spec
  const rule = `${variable} must be ${describeRange(spec)}`
  if (problem === 'entries') return { variable, message: `${rule}; entries that are not are left out` }
  const byDefault = formatValue(spec, spec.default)
  const instead =
    spec.fallback !== undefined
      ? `${spec.fallback} holds instead`
      : byDefault === ''
        ? 'it counts as not set'
        : `the default ${byDefault} holds instead`
  return { variable, message: `${rule}; ${instead}` }
}

/** Pairs of numbers, both set, of which one exceeds the other that bounds it. */
function findConflicts(values: ReadonlyMap<string, unknown>): ConfigWarning[] {
  const warnings: ConfigWarning[] = []
  for (const [variable, value] of values) {
    const bound = SPECS.get(variable)?.atMost
    if (bound === undefined || !values.has(bound) || Number(value) <= Number(values.get(bound))) continue
    warnings.push({ variable, message: `${variable} must not exceed ${bound}, which holds instead` })
  }
  return warnings
}

function warnOfNames(
  suspects: readonly string[],
  texts: ReadonlyMap<string, string>,
  fileDecides: boolean,
): ConfigWarning[] {
  // A configuration file may refer to any name, so then no name is wrong.
  const names = fileDecides ? suspects.filter((name) => !name.startsWith('OTEL_')) : suspects
  if (names.length === 0) return []
  const { misspellings, more } = findMisspellings(names, (variable) => texts.has(variable))
  const warnings = misspellings.map(({ name, nearest }) => ({
    variable: name,
    message: `${name} is not read; ${nearest === undefined ? 'no variable of Plutus has a name like it' : `did you mean ${nearest}?`}`,
  }))
  if (more > 0)
    warnings.push({ variable: 'PLUTUS_*', message: `${more} more names that begin with PLUTUS_ are not read` })
  return warnings
}

function mergeHeaders(general: unknown, own: unknown): unknown {
  return own === undefined ? general : Object.freeze(Object.assign(Object.create(null), general, own) as object)
}
