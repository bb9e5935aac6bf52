import { EndpointHealth } from './endpoint-health.ts'
import type { EndpointNews, Meanwhile } from './endpoint-health.ts'
import { Exporter } from './exporter.ts'
import type { ExportEvents, ExportSettings } from './exporter.ts'
import { ProcessHold } from './process-hold.ts'

/** Creates the sender that works on the thread it is called on. */
export function createLocalSender(
  settings: ExportSettings,
  onNews: (line: string, news: EndpointNews) => void,
  events: ExportEvents,
  meanwhile: Meanwhile = 'waits in memory',
): Exporter {
  return new Exporter(settings, { health: new EndpointHealth(onNews, meanwhile), hold: new ProcessHold() }, events)
}
