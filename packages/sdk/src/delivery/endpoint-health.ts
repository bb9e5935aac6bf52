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

const QUIET_MILLIS = 60_000

/**
 * Tells when an endpoint stops taking telemetry and when it takes it again: one line per endpoint and kind of problem,
 * however many signals and attempts meet it, and at most one a minute.
 */
export class EndpointHealth {
  readonly #warn: (line: string) => void
  readonly #outages = new Map<string, Outage>()

  constructor(warn: (line: string) => void) {
    this.#warn = warn
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
    this.#warn(`${describeFailure(settings, signal, failure)}${again}`)
  }

  /** An attempt succeeded. */
  succeeded(settings: OtlpSettings, signal: Signal): void {
    for (const problem of PROBLEMS) {
      const outage = this.#outages.get(keyOf(settings, problem))
      if (outage === undefined || !outage.signals.delete(signal) || outage.signals.size > 0 || !outage.told) continue
      outage.told = false
      const again = outage.count === 1 ? '' : ` (outage ${outage.count} is over)`
      this.#warn(`${showUrl(settings)} takes telemetry again${again}`)
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
}
const PROBLEMS: readonly Problem[] = ['unreachable', 'busy', 'credentials', 'missing', 'refused', 'too-large']

function keyOf({ url }: OtlpSettings, problem: Problem): string {
  return `${url.protocol}//${url.host} ${KIND[problem]}`
}

/** The endpoint without user name, password and query. */
export function showUrl({ url, protocol }: Pick<OtlpSettings, 'url' | 'protocol'>): string {
  return `${url.protocol}//${url.host}${protocol === 'grpc' ? '' : url.pathname}`
}

function describeFailure(settings: OtlpSettings, signal: Signal, failure: Failure): string {
  const { names, url, protocol } = settings
  const { detail, retryAfterMillis } = failure
  const place = `${url.protocol}//${url.host}`
  const why = detail === undefined ? '' : ` (${detail})`
  const wait = retryAfterMillis === undefined ? '' : ` and asks to wait ${Math.ceil(retryAfterMillis / 1000)} s`
  const affected = 'telemetry is lost meanwhile, the service runs on'
  const lines: Record<Exclude<Problem, 'aborted'>, string> = {
    unreachable: `${place} cannot be reached${why}, ${affected}; see ${names.endpoint}`,
    timeout: `${place} does not answer, ${affected}; see ${names.endpoint} and ${names.timeout}`,
    certificate: `the certificate of ${place} is not trusted${why}, ${affected}; see ${names.certificate}`,
    protocol: `${place} does not speak ${protocol} as expected${why}; see ${names.protocol} and the port in ${names.endpoint}`,
    busy: `${place} is busy${why}${wait}; telemetry waits`,
    credentials: `${place} refuses the credentials${why}, ${affected}; see ${names.headers}`,
    missing: `${place} ${describeMissing(settings, signal)}${why}; see ${names.endpoint}${describePath(settings, signal)}`,
    'too-large': `${place} refuses requests of this size${protocol === 'grpc' ? ' or rate' : ''}${why}; lower ${names.batchSize}`,
    refused: `${place} refuses ${signal}${why}; they are dropped`,
  }
  return lines[failure.problem === 'aborted' ? 'unreachable' : failure.problem]
}

function describeMissing({ url, protocol }: OtlpSettings, signal: Signal): string {
  return protocol === 'grpc' ? `has no OTLP service for ${signal}` : `has no path ${url.pathname}`
}

function describePath({ names, protocol }: OtlpSettings, signal: Signal): string {
  if (protocol === 'grpc') return ''
  const appended = names.endpoint === 'OTEL_EXPORTER_OTLP_ENDPOINT'
  return appended ? `, to which /v1/${signal} is appended` : ', which is used as it is'
}
