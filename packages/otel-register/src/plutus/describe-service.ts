import type { Attributes } from '@opentelemetry/api'
import type { ResolvedConfig } from '@plutus/config'
import { readDistroVersion } from '../upstream/distro.ts'
import { describeResource } from '../upstream/resource-attributes.ts'

/** Where the process was when it started. */
export interface ServicePlace {
  /** Absolute path of the program, if it is a file. */
  readonly program: string | undefined
  readonly workingDirectory: string
}

/** Returns a function that describes the service that started at a place. */
export function describeService(config: ResolvedConfig, place: ServicePlace): () => Attributes {
  return () => {
    const serviceName = config.get('OTEL_SERVICE_NAME')
    return describeResource(
      {
        detectors: config.get('OTEL_NODE_RESOURCE_DETECTORS'),
        attributes: {
          ...config.get('OTEL_RESOURCE_ATTRIBUTES'),
          ...(serviceName !== undefined && { 'service.name': serviceName }),
        },
        sdk: { 'telemetry.sdk.name': '@plutus/sdk', 'telemetry.sdk.version': readDistroVersion() },
      },
      place,
    )
  }
}
