/** One of the three kinds of telemetry. */
export type Signal = 'traces' | 'metrics' | 'logs'

/** One OTLP endpoint and how to speak to it. */
export interface OtlpSettings {
  readonly kind: 'otlp'
  readonly protocol: 'http/protobuf' | 'http/json' | 'grpc'
  /** Over HTTP the whole URL, over gRPC scheme, host and port, or `unix:` and the path of a socket. */
  readonly url: URL
  /** May hold secrets. */
  readonly headers: Readonly<Record<string, string>>
  /** Longest duration of one request. */
  readonly timeoutMillis: number
  readonly gzip: boolean
  readonly tls: TlsSettings
  readonly names: OtlpNames
}

/** PEM files, read. */
export interface TlsSettings {
  readonly ca?: Buffer
  readonly cert?: Buffer
  readonly key?: Buffer
}

/** What an operator changes to correct a setting, as messages name it. */
export interface OtlpNames {
  readonly endpoint: string
  readonly headers: string
  readonly protocol: string
  readonly timeout: string
  readonly certificate: string
  readonly batchSize: string
}
