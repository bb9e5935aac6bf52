import { EndpointHealth } from './endpoint-health.ts'
import { Exporter } from './exporter.ts'
import type { ExportEvents, ExportSettings, Sender } from './exporter.ts'
import type { LossCounter } from './losses.ts'
import { ProcessHold } from './process-hold.ts'

/** Creates the sender that works on the thread it is called on. */
export function createLocalSender(
  settings: ExportSettings,
  parts: { readonly losses: LossCounter; readonly warn: (line: string) => void },
  events: ExportEvents,
): Sender {
  const { losses, warn } = parts
  return new Exporter(settings, { losses, health: new EndpointHealth(warn), hold: new ProcessHold() }, events)
}
