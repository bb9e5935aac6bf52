import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { builtInPolicy } from '@plutus/policy'
import type { Policy } from '@plutus/policy'
import { sizeTiers, tabulateSizes } from './sizing.ts'
import type { MeasuredCosts, SizingLoad } from './sizing.ts'

/** Where the table stands. */
export const SIZING_FILE = fileURLToPath(new URL('../../../otel-collector/README.md', import.meta.url))

const [START, END] = ['<!-- sizing:start -->', '<!-- sizing:end -->']

// Medians of `pnpm bench:collector --rate 8300 --only agent`, on the machine of the table above this one.
const MEASURED: MeasuredCosts = {
  coresPer10k: { agent: 0.46, gateway: 0.38, sampler: 0.33 },
  recordBytes: [376, 110],
  spanBytes: [338, 60],
}
const LOAD: SizingLoad = {
  spansPerSecond: 1_000_000,
  recordsPerSecond: 1_000_000,
  spansPerTrace: 4,
  keptTraces: 0.1,
  keptRecords: 0.55, // half of the records are of classes that keep all, and of the rest a tenth
  outageSeconds: 3600,
}
const MACHINE = { cores: 4, utilisation: 0.6 }

/** The table for a million spans a second. */
export function renderSizing(policy: Policy): string {
  return tabulateSizes(sizeTiers(LOAD, MEASURED, MACHINE, policy))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(SIZING_FILE, 'utf8')
  const [from, to] = [text.indexOf(START), text.indexOf(END)]
  if (from === -1 || to < from) throw new Error(`${SIZING_FILE} lacks the markers ${START} and ${END}`)
  const table = renderSizing(builtInPolicy())
  writeFileSync(SIZING_FILE, `${text.slice(0, from + START.length)}\n\n${table}\n\n${text.slice(to)}`)
}
