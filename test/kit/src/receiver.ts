import { createCertificates, type CertificateFiles } from './certificates.ts'
import type { Fault, Responder } from './faults.ts'
import { Inbox, type Received } from './inbox.ts'
import { createGrpcListener } from './receiver-grpc.ts'
import { createHttpListener } from './receiver-http.ts'
import type { ReceivedLog, ReceivedMetric, ReceivedRequest, ReceivedSpan } from './received.ts'
import { waitFor, type WaitOptions } from './wait-for.ts'

/** Options of {@link startReceiver}. */
export interface ReceiverOptions {
  /** Port for OTLP over HTTP. @defaultValue 0: any free one */
  readonly httpPort?: number
  /** Port for OTLP over gRPC. @defaultValue 0: any free one */
  readonly grpcPort?: number
  /** Serves TLS with certificates made at the start; `mutual` demands a client certificate. @defaultValue 'none' */
  readonly tls?: 'none' | 'server' | 'mutual'
  /** Most bytes of one request body, as sent and again when decompressed; more is answered 413. @defaultValue 64 MiB */
  readonly maxBodyBytes?: number
  /** Most items kept of each kind; the oldest go first. @defaultValue 1,000,000 */
  readonly maxItems?: number
}

/** A listening OTLP endpoint that keeps what it is sent. */
export interface Receiver {
  /** `http://127.0.0.1:<port>`, or `https:` with TLS: for `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly httpUrl: string
  /** The same for `OTEL_EXPORTER_OTLP_PROTOCOL=grpc`. */
  readonly grpcUrl: string
  /** Files for `OTEL_EXPORTER_OTLP_CERTIFICATE` and the client's own; only with `tls`. */
  readonly certificates?: CertificateFiles
  readonly spans: readonly ReceivedSpan[]
  /** Log records but for `processEvents`. */
  readonly logs: readonly ReceivedLog[]
  /** `process.started` and `process.stopped`, which every program under the hook sends, whatever it records itself. */
  readonly processEvents: readonly ReceivedLog[]
  readonly metrics: readonly ReceivedMetric[]
  readonly requests: readonly ReceivedRequest[]
  /** Requests whose body was not OTLP; a test of a sender asserts that there is none. */
  readonly malformed: readonly ReceivedRequest[]
  /** Items let go because there were more than `maxItems`. */
  readonly forgotten: number
  /** Injects faults from the next request on; without argument everything is accepted again. */
  respond(fault?: Fault | Responder): void
  /** Refuses connections, open ones included, as a stopped collector does. Its ports stay its own. */
  refuse(): Promise<void>
  /** Listens again on the same ports. */
  accept(): Promise<void>
  /** Resolves with the first truthy value of `probe`; rejects after the time with what has arrived so far. */
  waitFor<T>(probe: () => T, options?: WaitOptions): Promise<Exclude<T, undefined | null | false | 0 | ''>>
  /** Forgets what has arrived. */
  clear(): void
  /** Stops listening, cuts open connections and removes certificate files. */
  close(): Promise<void>
}

const MEBIBYTE = 1024 * 1024

/**
 * Starts an OTLP endpoint on 127.0.0.1: HTTP with protobuf or JSON and gRPC, plain or compressed.
 *
 * @throws {Error} if a given port is taken.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const { httpPort = 0, grpcPort = 0, tls = 'none', maxBodyBytes = 64 * MEBIBYTE, maxItems = 1_000_000 } = options
  const certificates = tls === 'none' ? undefined : createCertificates()
  const secure = certificates && { ...certificates.server, isMutual: tls === 'mutual' }
  const received: Received = { spans: [], logs: [], processEvents: [], metrics: [], requests: [] }
  const inbox = new Inbox(received, maxItems)
  const listeners = [
    createHttpListener({ inbox, secure, maxBodyBytes, port: httpPort }),
    createGrpcListener({ inbox, secure, maxBodyBytes, port: grpcPort }),
  ] as const
  const close = async (): Promise<void> => {
    await Promise.all(listeners.map((listener) => listener.close()))
    certificates?.remove()
  }
  const [httpAt, grpcAt] = await Promise.all(listeners.map((listener) => listener.accept())).catch(
    async (error: unknown) => {
      await close()
      throw error
    },
  )
  const scheme = secure ? 'https' : 'http'
  return {
    ...received,
    httpUrl: `${scheme}://127.0.0.1:${httpAt}`,
    grpcUrl: `${scheme}://127.0.0.1:${grpcAt}`,
    ...(certificates && { certificates: certificates.files }),
    get malformed() {
      return received.requests.filter((request) => request.malformed !== undefined)
    },
    get forgotten() {
      return inbox.forgotten
    },
    respond: (fault) => inbox.respond(fault),
    refuse: async () => {
      await Promise.all(listeners.map((listener) => listener.refuse()))
    },
    accept: async () => {
      await Promise.all(listeners.map((listener) => listener.accept()))
    },
    waitFor: (probe, waitOptions) => waitFor(probe, { describe: () => inbox.describe(), ...waitOptions }),
    clear: () => inbox.clear(),
    close,
  }
}
