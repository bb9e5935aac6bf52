import { createGrpcTransport } from './grpc-transport.ts'
import { createHttpTransport } from './http-transport.ts'
import type { OtlpSettings } from './settings.ts'
import type { Transport } from './transport.ts'

/** Creates the transport that an endpoint's protocol asks for. */
export function createTransport(settings: OtlpSettings, userAgent: string): Transport {
  return settings.protocol === 'grpc'
    ? createGrpcTransport(settings, userAgent)
    : createHttpTransport(settings, userAgent)
}
