import { createGrpcTransport } from './grpc-transport.ts'
import type { ResolverVariables } from './host-lookup.ts'
import { createHttpTransport } from './http-transport.ts'
import type { OtlpSettings } from './settings.ts'
import type { Transport } from './transport.ts'

/** Creates the transport that an endpoint's protocol asks for. */
export function createTransport(settings: OtlpSettings, userAgent: string, variables?: ResolverVariables): Transport {
  const create = settings.protocol === 'grpc' ? createGrpcTransport : createHttpTransport
  return create(settings, userAgent, variables)
}
