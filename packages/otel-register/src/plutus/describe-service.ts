import type { Attributes } from '@opentelemetry/api'
import type { ResolvedConfig } from '@plutus/config'
import { readDistroVersion } from '../upstream/distro.ts'
import { describeResource } from '../upstream/resource-attributes.ts'

/** Returns a function that describes the service, with the folder and program that are current now. */
export function describeService(config: ResolvedConfig): () => Attributes {
  const place = { program: process.argv[1], workingDirectory: process.cwd() }
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
