import type { ResolvedConfig } from './resolve.ts'

const GENERAL = 'OTEL_EXPORTER_OTLP_ENDPOINT'
const SIGNALS = ['TRACES', 'METRICS', 'LOGS'] as const

type Signal = (typeof SIGNALS)[number]
type Look = Pick<ResolvedConfig, 'get'> & { own(variable: string): unknown }

const SIGNAL_ENDPOINT = /^OTEL_EXPORTER_OTLP_(TRACES|METRICS|LOGS)_ENDPOINT$/
const DEFAULT_GRPC = 'http://localhost:4317'
const DEFAULT_HTTP = 'http://localhost:4318'

/**
 * Where a signal, or OTLP in general, goes. Over HTTP the path of the signal is appended to the general endpoint;
 * gRPC has no such path, and another default port.
 */
export function resolveEndpoint(variable: string, config: Look): string {
  const own = config.own(variable)
  if (typeof own === 'string') return own
  const signal = SIGNAL_ENDPOINT.exec(variable)?.[1] as Signal | undefined
  const grpc = config.get(signal === undefined ? 'OTEL_EXPORTER_OTLP_PROTOCOL' : protocolOf(signal)) === 'grpc'
  const general = config.own(GENERAL)
  const usable = typeof general === 'string' && (grpc || isHttpUrl(general))
  const base = usable ? general : grpc ? DEFAULT_GRPC : DEFAULT_HTTP
  return signal === undefined || grpc ? base : appendPath(base, `v1/${signal.toLowerCase()}`)
}

/** An endpoint that only gRPC understands, on its way to a signal that travels over HTTP. */
interface UnusableEndpoint {
  readonly variable: typeof GENERAL | `OTEL_EXPORTER_OTLP_${Signal}_ENDPOINT`
  /** Whether a signal over gRPC uses it nevertheless. */
  readonly usedByGrpc: boolean
}

/** Finds endpoints without `http://` or `https://` that signals over HTTP would use. */
export function findUnusableEndpoints(config: Look): UnusableEndpoint[] {
  const unusable: UnusableEndpoint[] = []
  const general = config.own(GENERAL)
  const isGeneralOdd = general !== undefined && !isHttpUrl(general)
  let usedByHttp = false
  let usedByGrpc = false
  for (const signal of SIGNALS) {
    const variable = `OTEL_EXPORTER_OTLP_${signal}_ENDPOINT` as const
    const own = config.own(variable)
    const isOdd = own === undefined ? isGeneralOdd : !isHttpUrl(own)
    const exporters: readonly string[] = isOdd ? config.get(`OTEL_${signal}_EXPORTER`) : []
    if (!exporters.includes('otlp')) continue
    const grpc = config.get(protocolOf(signal)) === 'grpc'
    if (own === undefined) [usedByHttp, usedByGrpc] = [usedByHttp || !grpc, usedByGrpc || grpc]
    else if (!grpc) unusable.push({ variable, usedByGrpc: false })
  }
  if (usedByHttp) unusable.push({ variable: GENERAL, usedByGrpc })
  return unusable
}

function protocolOf<S extends Signal>(signal: S): `OTEL_EXPORTER_OTLP_${S}_PROTOCOL` {
  return `OTEL_EXPORTER_OTLP_${signal}_PROTOCOL`
}

function isHttpUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//i.test(value)
}

function appendPath(url: string, path: string): string {
  const end = url.search(/[?#]/)
  const base = end === -1 ? url : url.slice(0, end)
  return `${base}${base.endsWith('/') ? '' : '/'}${path}${end === -1 ? '' : url.slice(end)}`
}
