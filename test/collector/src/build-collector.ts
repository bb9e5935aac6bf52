import { collectorBinary } from '@plutus/otelcol-distribution'

/** Builds the collector before the first test asks for it: the first time on a machine this takes minutes. */
export async function setup(): Promise<void> {
  if (collectorBinary.reason === '') await collectorBinary.ensure()
}
