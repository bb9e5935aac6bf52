import { parseArgs } from 'node:util'
import { suggestName } from '@plutus/config'

/** What the command line asks for. */
export interface DemoOptions {
  /** Where telemetry goes instead of the demo's own receiver. */
  readonly endpoint: URL | undefined
  /** Leaves everything running after the report. */
  readonly isKept: boolean
  /** Prints one JSON document instead of the report. */
  readonly isJson: boolean
  /** Runs the service that has no line about telemetry. */
  readonly isPlain: boolean
  /** Stops the receiver, kills the service under load, starts both again and counts what arrived. */
  readonly isOutage: boolean
  /** Sends telemetry through a collector of the policy and tells what came out of it, by class. */
  readonly isCollector: boolean
  readonly isHelp: boolean
}

/** A command line that asks for what there is not; the message is for the person who typed it. */
export class UsageError extends Error {}

export const HELP = `Usage: pnpm demo [options]

Starts a payment service under \`node --require @plutus/otel-register\`, sends it traffic and prints what it told.

Options:
  --endpoint URL   sends telemetry to this OTLP backend instead of the demo's own receiver;
                   OTEL_EXPORTER_OTLP_* variables (headers, protocol, certificates) go along
  --keep           leaves the service running after the report and prints each request to it as a trace
  --plain          runs the same service without its own events: what the flag alone brings
  --outage         stops the receiver, kills the service under load, starts both again and counts what was
                   emitted, stored, delivered, delivered twice and lost; goes with --json only
  --collector      sends telemetry through a collector that the policy is rendered to, and prints what came out by class,
                   what was sampled and how long each is kept; builds the collector with Go the first time;
                   goes with --json only
  --json           prints one JSON document instead of the report
  --help           prints this

Variables:
  DATABASE_URL     a PostgreSQL to use, in a schema of the demo's own; otherwise a built-in one runs in memory
  NO_COLOR         no colours

Exit code: 0 if the traces arrived whole, 1 if not, 2 for a wrong option.
`

const OPTIONS = {
  endpoint: { type: 'string' },
  keep: { type: 'boolean' },
  plain: { type: 'boolean' },
  outage: { type: 'boolean' },
  collector: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

/**
 * Reads the command line, without node and file.
 *
 * @throws {UsageError} for an unknown option, naming the nearest one, or a wrong value.
 */
export function parseOptions(args: readonly string[]): DemoOptions {
  // pnpm hands on the `--` that npm would swallow.
  const given = args[0] === '--' ? args.slice(1) : [...args]
  const { values, tokens } = parseArgs({ args: given, options: OPTIONS, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') throw new UsageError(`"${token.value}" is not an option; see --help`)
    if (token.kind !== 'option') continue
    if (!Object.hasOwn(OPTIONS, token.name)) throw unknownOption(token.rawName, token.name)
    if (token.value !== undefined && token.name !== 'endpoint') {
      throw new UsageError(`--${token.name} takes no value`)
    }
  }
  const other = ['endpoint', 'keep', 'plain'].find((name) => name in values)
  for (const name of ['outage', 'collector'] as const) {
    if (values[name] === true && other !== undefined) throw new UsageError(`--${name} does not go with --${other}`)
  }
  if (values.outage === true && values.collector === true) throw new UsageError('--outage does not go with --collector')
  return {
    endpoint: values.endpoint === undefined ? undefined : readEndpoint(values.endpoint),
    isKept: values.keep === true,
    isJson: values.json === true,
    isPlain: values.plain === true,
    isOutage: values.outage === true,
    isCollector: values.collector === true,
    isHelp: values.help === true,
  }
}

function unknownOption(rawName: string, name: string): UsageError {
  const nearest = suggestName(name, Object.keys(OPTIONS))
  return new UsageError(`There is no option ${rawName}; ${nearest ? `did you mean --${nearest}?` : 'see --help'}`)
}

function readEndpoint(value: string | boolean): URL {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new UsageError('--endpoint takes an http or https URL such as http://localhost:4318')
  }
  return url
}
