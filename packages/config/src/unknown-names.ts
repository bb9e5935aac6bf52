import { DATA_CLASSES } from '@plutus/conventions'
import { OPTIONS } from './options.ts'
import { suggestName } from './suggest-name.ts'

const PREFIX = 'PLUTUS_'
const SERVICE_HOST = '_SERVICE_HOST'
const MAX_SHOWN = 64
// Each unknown name is compared with all known ones; a process with more of them than this has another problem.
const MAX_TOLD = 10

// Read by the collector's configuration, which shares an environment with services in many deployments.
const COLLECTOR_NAMES = [
  'PLUTUS_QUEUE_DIR',
  'PLUTUS_ARCHIVE_DIR',
  'PLUTUS_LISTEN',
  'PLUTUS_LISTEN_GRPC_PORT',
  'PLUTUS_LISTEN_HTTP_PORT',
  'PLUTUS_HEALTH_PORT',
  'PLUTUS_TELEMETRY_PORT',
]
// Each also with a class or a signal at its end.
const COLLECTOR_NAMES_BY_KIND = ['PLUTUS_OTLP_ENDPOINT', 'PLUTUS_OTLP_HEADERS', 'PLUTUS_OTLP_CERTIFICATE']

// One letter away from a name that is read here, yet right: an earlier version of the specification has it.
const OTEL_NAME_OF_OTHERS = 'OTEL_EXPORTER_OTLP_METRIC_INSECURE'

/** A name that nobody reads, made printable, and the name that was probably meant. */
export interface Misspelling {
  readonly name: string
  readonly nearest: string | undefined
}

/** Whether an unknown name begins so that it may be a misspelt one; the cheap test before `findMisspellings`. */
export function isSuspect(name: string): boolean {
  return name.startsWith('OTEL_') || /^pl/i.test(name)
}

/**
 * Finds misspelt names among unknown ones: every `PLUTUS_*` name that neither Plutus nor its collector reads, and
 * names one letter away from a variable that is not set. Other `OTEL_*` names belong to other programs and languages.
 *
 * @param isSet whether a variable is set; a name beside the right one is there on purpose.
 * @returns at most ten of them, and how many more suspects were not looked at.
 */
export function findMisspellings(
  suspects: readonly string[],
  isSet: (variable: string) => boolean,
): { misspellings: Misspelling[]; more: number } {
  const services = suspects
    .filter((name) => name.endsWith(SERVICE_HOST))
    .map((name) => name.slice(0, -SERVICE_HOST.length))
  const known = listKnownNames()
  const misspellings: Misspelling[] = []
  let at = 0
  for (; at < suspects.length && misspellings.length < MAX_TOLD; at++) {
    const name = suspects[at] ?? ''
    if (known.has(name) || isServiceLink(name, services)) continue
    const nearest = suggestName(name, known, maxDistance(name))
    if (name.startsWith(PREFIX) || (nearest !== undefined && !isSet(nearest))) {
      misspellings.push({ name: makePrintable(name), nearest })
    }
  }
  return { misspellings, more: suspects.slice(at).filter((name) => name.startsWith(PREFIX)).length }
}

function listKnownNames(): Set<string> {
  const known = new Set<string>(COLLECTOR_NAMES)
  for (const { variable } of OPTIONS) known.add(variable)
  for (const name of COLLECTOR_NAMES_BY_KIND) {
    known.add(name)
    for (const kind of [...DATA_CLASSES, 'traces', 'metrics']) known.add(`${name}_${kind.toUpperCase()}`)
  }
  known.add(OTEL_NAME_OF_OTHERS)
  return known
}

/** Outside the prefix that is ours alone, only one slip is taken for a misspelling. */
function maxDistance(name: string): number {
  const isOurs = name.toUpperCase().startsWith(PREFIX)
  return isOurs ? Math.max(2, Math.floor((name.length - PREFIX.length) / 3)) : 1
}

/** Kubernetes sets `PLUTUS_X_SERVICE_HOST`, `PLUTUS_X_PORT_4317_TCP` and the like for a service named `plutus-x`. */
function isServiceLink(name: string, services: readonly string[]): boolean {
  return services.some((service) => name.startsWith(`${service}_SERVICE_`) || name.startsWith(`${service}_PORT`))
}

/** Names come from outside and end in a terminal: what is no letter, digit or underscore is not repeated. */
function makePrintable(name: string): string {
  const printable = name.slice(0, MAX_SHOWN).replaceAll(/\W/g, '?')
  return name.length > MAX_SHOWN ? `${printable}…` : printable
}
