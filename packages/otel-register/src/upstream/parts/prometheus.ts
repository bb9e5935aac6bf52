import { EventEmitter } from 'node:events'
import { createServer } from 'node:http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import type { IMetricReader } from '@opentelemetry/sdk-metrics'
import type { MetricReaderSettings } from '../settings.ts'

/**
 * Starts the page that Prometheus reads, at `/metrics`.
 *
 * The server is not upstream's: that one keeps the process alive while a connection is open, and knows no port 0.
 */
export function createPrometheusReader(
  settings: Extract<MetricReaderSettings, { kind: 'prometheus' }>,
  onError: (error: unknown) => void,
): IMetricReader {
  const { host, port, scopeInfo, targetInfo } = settings
  const reader = new PrometheusExporter({
    preventServerStart: true,
    withoutScopeInfo: !scopeInfo,
    withoutTargetInfo: !targetInfo,
  })
  const server = createServer((request, response) => {
    if (request.url?.replace(/\?.*$/, '') === '/metrics') reader.getMetricsRequestHandler(request, response)
    else response.writeHead(404).end()
  })
  // A page about the service is none of its requests, for our instrumentation and for those that watch `emit`.
  Object.assign(server, { [Symbol.for('plutus.http.unobserved')]: true })
  server.emit = (...args: Parameters<EventEmitter['emit']>) => EventEmitter.prototype.emit.apply(server, args)
  server.on('connection', (socket) => socket.unref())
  server.on('error', onError)
  server.listen({ host, port }).unref()
  return reader
}
