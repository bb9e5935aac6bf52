import { mergeHeadersConfig } from '@opentelemetry/configuration'
import type {
  LogRecordExporterConfigModel,
  OtlpGrpcMetricExporterConfigModel,
  OtlpHttpMetricExporterConfigModel,
  PushMetricExporterConfigModel,
  SpanExporterConfigModel,
} from '@opentelemetry/configuration'
import { checkTls } from '@plutus/sdk'
import type { OtlpSettings, Signal } from '@plutus/sdk'
import type { FileReader } from './file-reader.ts'
import type { ConsoleSettings } from './settings.ts'

const OTLP_FIELDS = ['endpoint', 'tls', 'headers', 'headers_list', 'compression', 'timeout']
const METRIC_FIELDS = ['temporality_preference', 'default_histogram_aggregation']
const MAX_TIMEOUT_MILLIS = 2_147_483_647

/** Makes the settings of an exporter; `undefined`, and told, if the engine does not have it. */
export function exporterFromFile(
  path: string,
  model: SpanExporterConfigModel | LogRecordExporterConfigModel | PushMetricExporterConfigModel,
  signal: Signal,
  reader: FileReader,
): ConsoleSettings | OtlpSettings | undefined {
  const name = Object.keys(model)[0] ?? ''
  const more = signal === 'metrics' ? METRIC_FIELDS : []
  switch (name) {
    case 'console':
      return { kind: 'console' }
    case 'otlp_http': {
      const otlp: OtlpHttpMetricExporterConfigModel = model.otlp_http ?? {}
      reader.expect(`${path}.otlp_http`, otlp, [...OTLP_FIELDS, ...more, 'encoding'])
      const url = `http://localhost:4318/v1/${signal}`
      return otlpFromFile(`${path}.otlp_http`, otlp, {
        protocol: otlp.encoding === 'json' ? 'http/json' : 'http/protobuf',
        url: parseUrl(`${path}.otlp_http`, otlp.endpoint, url, reader),
        reader,
      })
    }
    case 'otlp_grpc': {
      const otlp: OtlpGrpcMetricExporterConfigModel = model.otlp_grpc ?? {}
      reader.expect(`${path}.otlp_grpc`, otlp, [...OTLP_FIELDS, ...more])
      const scheme = otlp.tls?.insecure === true ? 'http' : 'https'
      const { endpoint } = otlp
      const hasScheme = typeof endpoint !== 'string' || /^https?:/i.test(endpoint)
      return otlpFromFile(`${path}.otlp_grpc`, otlp, {
        protocol: 'grpc',
        url: parseUrl(
          `${path}.otlp_grpc`,
          hasScheme ? endpoint : `${scheme}://${endpoint}`,
          'http://localhost:4317',
          reader,
        ),
        reader,
      })
    }
    default:
      reader.leaveOut(`${path}.${name}`)
      return undefined
  }
}

function otlpFromFile(
  path: string,
  model: NonNullable<OtlpHttpMetricExporterConfigModel | OtlpGrpcMetricExporterConfigModel>,
  { protocol, url, reader }: Pick<OtlpSettings, 'protocol' | 'url'> & { readonly reader: FileReader },
): OtlpSettings {
  const { tls, headers, headers_list, compression, timeout } = model
  const ca = reader.readPem(`${path}.tls.ca_file`, tls?.ca_file)
  const cert = reader.readPem(`${path}.tls.cert_file`, tls?.cert_file)
  const key = reader.readPem(`${path}.tls.key_file`, tls?.key_file)
  const where = (field: string): string => `${path}.${field} in ${reader.file}`
  return {
    kind: 'otlp',
    protocol,
    url,
    headers: lowerNames(mergeHeadersConfig(headers, headers_list) ?? {}),
    // 0 means no limit.
    timeoutMillis: (timeout ?? 10_000) || MAX_TIMEOUT_MILLIS,
    gzip: compression === 'gzip',
    tls: checkTls({ ...(ca && { ca }), ...(cert && key && { cert, key }) }, (what) =>
      reader.refuse(`${path}.tls.${what === 'CERTIFICATE' ? 'ca_file' : 'cert_file'}`),
    ),
    names: {
      endpoint: where('endpoint'),
      headers: where('headers'),
      protocol: `${path} in ${reader.file}`,
      timeout: where('timeout'),
      certificate: where('tls.ca_file'),
      batchSize: `max_export_batch_size in ${reader.file}`,
    },
  }
}

function parseUrl(path: string, endpoint: string | null | undefined, instead: string, reader: FileReader): URL {
  const url = typeof endpoint === 'string' ? URL.parse(endpoint) : undefined
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url
  if (typeof endpoint === 'string') reader.leaveOut(`${path}.endpoint`)
  return new URL(instead)
}

/** HTTP/2 takes lower-case names only. */
function lowerNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
