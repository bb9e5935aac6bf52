import { EndpointHealth } from './endpoint-health.ts'
import { Exporter } from './exporter.ts'
import type { ExportEvents, ExportSettings } from './exporter.ts'
import { ProcessHold } from './process-hold.ts'

/** Creates the sender that works on the thread it is called on. */
export function createLocalSender(
  settings: ExportSettings,
  warn: (line: string) => void,
  events: ExportEvents,
): Exporter {
  return new Exporter(settings, { health: new EndpointHealth(warn), hold: new ProcessHold() }, events)
}
