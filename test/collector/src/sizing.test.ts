import { readFileSync } from 'node:fs'
import { builtInPolicy, parsePolicy } from '@plutus/policy'
import { expect, it } from 'vitest'
import { renderSizing, SIZING_FILE } from './render-sizing.ts'
import { sizeTiers, tabulateSizes } from './sizing.ts'
import type { MeasuredCosts, SizingLoad } from './sizing.ts'

const LOAD: SizingLoad = {
  spansPerSecond: 10_000,
  recordsPerSecond: 20_000,
  spansPerTrace: 5,
  keptTraces: 0.5,
  keptRecords: 0.25,
  outageSeconds: 43,
}
const COSTS: MeasuredCosts = {
  coresPer10k: { agent: 0.4, gateway: 0.8, sampler: 0.2 },
  recordBytes: [430, 100],
  spanBytes: [860, 50],
}
const MACHINE = { cores: 2, utilisation: 0.5 }
const policy = parsePolicy('version: 1\nlimits: { memory: 1GiB }\nsampling: { max_traces: 4000, trace_size: 20KiB }')
const sizes = sizeTiers(LOAD, COSTS, MACHINE, policy)
const [agent, gateway, sampler] = sizes

it('gives a tier the collectors that its load takes of the cores they may use, and a spare one', () => {
  // 30,000/s at 0.4 and 0.8 for 10,000: 1.2 and 2.4 busy cores, of which a collector has one to use.
  expect([agent?.collectors, gateway?.collectors]).toEqual([2 + 1, 3 + 1])
  expect([agent?.cores, agent?.memoryBytes]).toEqual([6, 3 * 2 ** 30])
})

it('gives samplers what the traces take that wait, where that is more', () => {
  // 2,000 traces/s for five seconds after their roots are 10,000, and a sampler holds 4,000.
  expect(sampler?.collectors).toBe(3 + 1)
  const patient = parsePolicy('version: 1\nlimits: { memory: 1GiB }\nsampling: { max_traces: 4000, wait: 2s }')
  expect(sizeTiers(LOAD, COSTS, MACHINE, patient)[2]?.collectors).toBe(1 + 1)
})

it('gives each tier a disk for what it cannot pass on during an outage', () => {
  // Bytes as they are taken, times 485 / 430 in the file, for 43 seconds.
  expect(agent?.diskBytes).toBeCloseTo((10_000 * 860 + 20_000 * 430) * (485 / 430) * 43)
  expect(gateway?.diskBytes).toBeCloseTo((10_000 * 860 + 5_000 * 430) * (485 / 430) * 43)
  expect(sampler?.diskBytes).toBeCloseTo(5_000 * 860 * (485 / 430) * 43)
})

it('counts the network in bits, compressed behind the agents', () => {
  expect([agent?.inBitsPerSecond, agent?.outBitsPerSecond]).toEqual([17_200_000 * 8, 2_500_000 * 8])
  expect([gateway?.inBitsPerSecond, gateway?.outBitsPerSecond]).toEqual([2_500_000 * 8, 1_000_000 * 8])
  expect([sampler?.inBitsPerSecond, sampler?.outBitsPerSecond]).toEqual([500_000 * 8, 250_000 * 8])
})

it('is linear but for the spare ones and for whole collectors', () => {
  const twice = { ...LOAD, spansPerSecond: 20_000, recordsPerSecond: 40_000 }
  const doubled = sizeTiers(twice, COSTS, MACHINE, policy)
  expect(doubled.map(({ diskBytes }) => diskBytes)).toEqual(sizes.map(({ diskBytes }) => diskBytes * 2))
  expect(doubled[0]?.collectors).toBe(3 + 1) // 2.4 in place of 1.2
})

it('writes a table', () => {
  expect(tabulateSizes(sizes.slice(0, 1)).split('\n').at(-1)).toBe(
    '| `agent` | 3 | 6 | 3 GiB | 1 GB | 0.1 Gbit/s | 0.0 Gbit/s |',
  )
})

it('is what the README says; node test/collector/src/render-sizing.ts writes it there', () => {
  const withoutPadding = (text: string): string => text.replaceAll(/-{3,}/g, '---').replaceAll(/ +/g, ' ')
  expect(withoutPadding(readFileSync(SIZING_FILE, 'utf8'))).toContain(withoutPadding(renderSizing(builtInPolicy())))
})
