import type { ResolvedConfig } from '@plutus/config'
import { showUrl } from './endpoint-health.ts'
import type { OtlpSettings, Signal, TlsSettings } from './settings.ts'
import { checkTls, readPemFile } from './tls-files.ts'

type Warn = (line: string) => void

/** Reads how one signal reaches its endpoint; files that cannot be used cost one line. */
export function otlpSettings(config: ResolvedConfig, signal: Signal, warn: Warn): OtlpSettings {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase() as Uppercase<Signal>}_` as const
  const protocol = config.get(`${own}PROTOCOL`)
  return {
    kind: 'otlp',
    protocol,
    url: parseEndpoint(config.get(`${own}ENDPOINT`), config.get(`${own}INSECURE`)),
    headers: config.get(`${own}HEADERS`),
    timeoutMillis: config.get(`${own}TIMEOUT`),
    gzip: config.get(`${own}COMPRESSION`) === 'gzip',
    tls: readTls(config, own, warn),
    names: {
      endpoint: nameOf(config, own, 'ENDPOINT'),
      headers: nameOf(config, own, 'HEADERS'),
      protocol: nameOf(config, own, 'PROTOCOL'),
      timeout: nameOf(config, own, 'TIMEOUT'),
      certificate: nameOf(config, own, 'CERTIFICATE'),
      batchSize: signal === 'logs' ? 'OTEL_BLRP_MAX_EXPORT_BATCH_SIZE' : 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
    },
  }
}

type Own = `OTEL_EXPORTER_OTLP_${Uppercase<Signal>}_`
type Rest = 'ENDPOINT' | 'HEADERS' | 'PROTOCOL' | 'TIMEOUT' | 'CERTIFICATE' | 'CLIENT_CERTIFICATE' | 'CLIENT_KEY'

/** The variable to look at: that of the signal if it is set, else the general one. */
function nameOf(config: ResolvedConfig, own: Own, rest: Rest): string {
  return config.isSet(`${own}${rest}`) ? `${own}${rest}` : `OTEL_EXPORTER_OTLP_${rest}`
}

// Only gRPC has endpoints without a scheme, and files; configuration lets none through to HTTP.
function parseEndpoint(text: string, insecure: boolean): URL {
  return new URL(/^(?:https?|unix):\/\//i.test(text) ? text : `${insecure ? 'http' : 'https'}://${text}`)
}

function readTls(config: ResolvedConfig, own: Own, warn: Warn): TlsSettings {
  const read = (rest: 'CERTIFICATE' | 'CLIENT_CERTIFICATE' | 'CLIENT_KEY', instead: string): Buffer | undefined => {
    const path = config.get(`${own}${rest}`)
    if (path === undefined) return undefined
    const found = readPemFile(path)
    if (typeof found !== 'string') return found
    warn(`${nameOf(config, own, rest)} names ${path}, ${found}; ${instead}`)
    return undefined
  }
  const ca = read('CERTIFICATE', 'the certificates that Node trusts are used instead')
  const cert = read('CLIENT_CERTIFICATE', 'requests go without a client certificate')
  const key = read('CLIENT_KEY', 'requests go without a client certificate')
  const isSet = [config.get(`${own}CLIENT_CERTIFICATE`), config.get(`${own}CLIENT_KEY`)].map(
    (path) => path !== undefined,
  )
  if (isSet[0] !== isSet[1]) {
    const missing = nameOf(config, own, isSet[0] === true ? 'CLIENT_KEY' : 'CLIENT_CERTIFICATE')
    warn(`${missing} is not set; requests go without a client certificate`)
  }
  return checkTls({ ...(ca && { ca }), ...(cert && key && { cert, key }) }, (what) =>
    warn(`${nameOf(config, own, what)} names a file that TLS does not accept; requests go without it`),
  )
}

/** An endpoint as a line names it: the signals of one endpoint differ only in the last part of their path. */
export function showOrigin(settings: OtlpSettings): string {
  return showUrl(settings).replace(/\/v1\/(?:traces|metrics|logs)$/, '')
}
