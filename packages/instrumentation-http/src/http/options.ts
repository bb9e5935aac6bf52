import type { HostPattern, ResolvedConfig, TrustProxy } from '@plutus/config'

/** What the HTTP instrumentation is told; each member is a variable of the same sense. */
export interface HttpOptions {
  /** What an inbound `traceparent` means. @defaultValue 'parent' */
  readonly trustIncoming: 'parent' | 'link' | 'none'
  /** Whose forwarding headers are believed for `client.address`. @defaultValue none */
  readonly trustProxy: TrustProxy
  /** Inbound headers that may carry the correlation id, best first, in lower case; the first is the outbound name. */
  readonly correlationHeaders: readonly string[]
  /** Whether responses carry the correlation id. @defaultValue false */
  readonly correlationEcho: boolean
  /** Outbound hosts that get the correlation id. @defaultValue none */
  readonly correlationHosts: readonly HostPattern[]
  /** Whether responses carry the trace in `Server-Timing`. @defaultValue false */
  readonly serverTiming: boolean
  /** Inbound baggage keys that stand on records. @defaultValue none */
  readonly baggageKeys: readonly string[]
  /** Which requests become an event `http.request`. @defaultValue 'slow' */
  readonly requestEvents: 'off' | 'slow' | 'all'
  /** Milliseconds from which a request is slow. @defaultValue 1000 */
  readonly slowRequestMillis: number
  /** The same by route. @defaultValue none */
  readonly slowRequestRoutes: Readonly<Record<string, number>>
  /** Request headers that spans and request events carry, in lower case. @defaultValue none */
  readonly captureRequestHeaders: readonly string[]
  /** Response headers that spans and request events carry, in lower case. @defaultValue none */
  readonly captureResponseHeaders: readonly string[]
  /** Bytes of a textual request body that request events carry; 0 for none. @defaultValue 0 */
  readonly captureBodyBytes: number
}

/** Takes the options from the resolved environment. */
export function httpOptionsFrom(config: ResolvedConfig): HttpOptions {
  return {
    trustIncoming: config.get('PLUTUS_TRUST_INCOMING'),
    trustProxy: config.get('PLUTUS_TRUST_PROXY'),
    correlationHeaders: config.get('PLUTUS_CORRELATION_HEADERS'),
    correlationEcho: config.get('PLUTUS_CORRELATION_ECHO'),
    correlationHosts: config.get('PLUTUS_CORRELATION_HOSTS'),
    serverTiming: config.get('PLUTUS_SERVER_TIMING'),
    baggageKeys: config.get('PLUTUS_BAGGAGE_KEYS'),
    requestEvents: config.get('PLUTUS_REQUEST_EVENTS'),
    slowRequestMillis: config.get('PLUTUS_SLOW_REQUEST_MS'),
    slowRequestRoutes: config.get('PLUTUS_SLOW_REQUEST_ROUTES'),
    captureRequestHeaders: config.get('PLUTUS_CAPTURE_REQUEST_HEADERS'),
    captureResponseHeaders: config.get('PLUTUS_CAPTURE_RESPONSE_HEADERS'),
    captureBodyBytes: config.get('PLUTUS_CAPTURE_BODY_BYTES'),
  }
}
