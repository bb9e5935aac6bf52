import type { OtlpSettings, Signal } from './settings.ts'
import type { Answer, Problem } from './transport.ts'

type Failure = Extract<Answer, { ok: false }>

interface Outage {
  /** Signals that fail; the outage is over when each of them has arrived again. */
  readonly signals: Set<Signal>
  count: number
  told: boolean
  tellAgainAt: number
}

/** What there is to tell of an endpoint. */
export interface EndpointNews {
  /** Which endpoint, and what kind of problem: news of the end of an outage have that of its beginning. */
  readonly outage: string
  readonly isOver: boolean
  /** What the matter is, by itself: a line tells more. */
  readonly what: string
  /** Where to look, with the words before it. */
  readonly advice?: string
}

/** What becomes of telemetry while an endpoint cannot be talked to. */
export type Meanwhile = 'is lost' | 'waits in memory' | 'stays on disk'

const QUIET_MILLIS = 60_000

/**
 * Tells when an endpoint stops taking telemetry and when it takes it again: one line per endpoint and kind of problem,
 * however many signals and attempts meet it, and at most one a minute.
 */
export class EndpointHealth {
  readonly #tell: (line: string, news: EndpointNews) => void
  readonly #meanwhile: Meanwhile
  readonly #outages = new Map<string, Outage>()

  /** @param tell Takes a line, and what it is made of for somebody who makes another. */
  constructor(tell: (line: string, news: EndpointNews) => void, meanwhile: Meanwhile) {
    this.#tell = tell
    this.#meanwhile = meanwhile
  }

  /** An attempt failed. */
  failed(settings: OtlpSettings, signal: Signal, failure: Failure): void {
    if (failure.problem === 'aborted') return
    const key = keyOf(settings, failure.problem)
    const outage = this.#outages.get(key) ?? { signals: new Set(), count: 0, told: false, tellAgainAt: 0 }
    this.#outages.set(key, outage)
    outage.signals.add(signal)
    const now = performance.now()
    if (outage.told || now < outage.tellAgainAt) return
    outage.count++
    outage.told = true
    outage.tellAgainAt = now + QUIET_MILLIS
    const again = outage.count === 1 ? '' : ` (outage ${outage.count})`
    const { what, sequel = '', advice } = describeFailure(settings, signal, failure, this.#meanwhile)
    const line = `${what}${sequel}${advice === undefined ? '' : `; ${advice}`}${again}`
    this.#tell(line, { outage: key, isOver: false, what, ...(advice !== undefined && { advice }) })
  }

  /** An attempt succeeded. */
  succeeded(settings: OtlpSettings, signal: Signal): void {
    for (const problem of PROBLEMS) {
      const key = keyOf(settings, problem)
      const outage = this.#outages.get(key)
      if (outage === undefined || !outage.signals.delete(signal) || outage.signals.size > 0 || !outage.told) continue
      outage.told = false
      const again = outage.count === 1 ? '' : ` (outage ${outage.count} is over)`
      const what = `${showUrl(settings)} takes telemetry again`
      this.#tell(`${what}${again}`, { outage: key, isOver: true, what })
    }
  }
}

// Different shades of an endpoint that cannot be talked to are one outage.
const KIND: Record<Problem, string> = {
  aborted: 'reach',
  unreachable: 'reach',
  timeout: 'reach',
  certificate: 'reach',
  protocol: 'reach',
  busy: 'busy',
  credentials: 'credentials',
  missing: 'missing',
  refused: 'refused',
  'too-large': 'too-large',
  'record-too-large': 'too-large',
}
const PROBLEMS: readonly Problem[] = ['unreachable', 'busy', 'credentials', 'missing', 'refused', 'too-large']

function keyOf({ url }: OtlpSettings, problem: Problem): string {
  return `${showPlace(url)} ${KIND[problem]}`
}

/** Who listens there: scheme, host and port, or the file of a socket. */
export function showPlace(url: URL): string {
  return url.protocol === 'unix:' ? `unix://${url.pathname}` : `${url.protocol}//${url.host}`
}

/** The endpoint without user name, password and query. */
export function showUrl({ url, protocol }: Pick<OtlpSettings, 'url' | 'protocol'>): string {
  return `${showPlace(url)}${protocol === 'grpc' ? '' : url.pathname}`
}

/** What is the matter, what becomes of telemetry, and where to look. */
interface Description {
  readonly what: string
  readonly sequel?: string
  readonly advice?: string
}

function describeFailure(
  settings: OtlpSettings,
  signal: Signal,
  { problem, detail, retryAfterMillis }: Failure,
  meanwhile: Meanwhile,
): Description {
  const { names, url, protocol } = settings
  const place = showPlace(url)
  const why = detail === undefined ? '' : ` (${detail})`
  const wait = retryAfterMillis === undefined ? '' : ` and asks to wait ${Math.ceil(retryAfterMillis / 1000)} s`
  // A command sends what is on disk: no service runs on.
  const sequel =
    meanwhile === 'stays on disk'
      ? ', telemetry stays on disk'
      : `, telemetry ${meanwhile} meanwhile, the service runs on`
  const descriptions: Record<Exclude<Problem, 'aborted'>, Description> = {
    unreachable: { what: `${place} cannot be reached${why}`, sequel, advice: `see ${names.endpoint}` },
    timeout: { what: `${place} does not answer`, sequel, advice: `see ${names.endpoint} and ${names.timeout}` },
    certificate: {
      what: `the certificate of ${place} is not trusted${why}`,
      sequel,
      advice: `see ${names.certificate}`,
    },
    protocol: {
      what: `${place} does not speak ${protocol} as expected${why}`,
      advice: `see ${names.protocol} and the port in ${names.endpoint}`,
    },
    busy: { what: `${place} is busy${why}${wait}`, sequel: '; telemetry waits' },
    credentials: {
      what: `${place} refuses the credentials${why}`,
      sequel: meanwhile === 'stays on disk' ? '' : ', telemetry is lost meanwhile, the service runs on',
      advice: `see ${names.headers}`,
    },
    missing: {
      what: `${place} ${describeMissing(settings, signal)}${why}`,
      advice: `see ${names.endpoint}${describePath(settings, signal)}`,
    },
    'too-large': {
      what: `${place} refuses requests of this size${protocol === 'grpc' ? ' or rate' : ''}${why}`,
      advice: `lower ${names.batchSize}`,
    },
    'record-too-large': {
      what: `${place} refuses single ${signal === 'logs' ? 'records' : signal} for their size${why}`,
      advice: 'see its limit of the size of requests',
    },
    refused: { what: `${place} refuses ${signal}${why}`, sequel: '; they are dropped' },
  }
  return descriptions[problem === 'aborted' ? 'unreachable' : problem]
}

function describeMissing({ url, protocol }: OtlpSettings, signal: Signal): string {
  return protocol === 'grpc' ? `has no OTLP service for ${signal}` : `has no path ${url.pathname}`
}

function describePath({ names, protocol }: OtlpSettings, signal: Signal): string {
  if (protocol === 'grpc') return ''
  const appended = names.endpoint === 'OTEL_EXPORTER_OTLP_ENDPOINT'
  return appended ? `, to which /v1/${signal} is appended` : ', which is used as it is'
}
