import { SDK_INFO } from '@opentelemetry/core'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { Resource } from '@opentelemetry/resources'
import { describeResource } from './resource-attributes.ts'
import type { ResourceSettings } from './resource-attributes.ts'

/** Makes upstream's resource of what is known about service, process and machine. */
export function createResource({
  schemaUrl,
  ...settings
}: Omit<ResourceSettings, 'sdk'> & { readonly schemaUrl?: string }): Resource {
  const sdk = {
    'telemetry.sdk.name': SDK_INFO['telemetry.sdk.name'],
    'telemetry.sdk.version': SDK_INFO['telemetry.sdk.version'],
  }
  return resourceFromAttributes(
    describeResource({ ...settings, sdk }),
    schemaUrl === undefined ? undefined : { schemaUrl },
  )
}
