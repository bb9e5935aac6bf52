import { expect, it } from 'vitest'
import { parsePolicy } from '../parse-policy.ts'
import { buildCollector } from './build-collector.ts'
import { goSettingsOf } from './go-settings.ts'

it.each(['2GiB', '2049MiB', '64GiB'])('looks for garbage before the collector refuses for it, of %s', (memory) => {
  const policy = parsePolicy(`version: 1\nlimits: { memory: ${memory} }`)
  const { memory_limiter: limiter } = buildCollector(policy, { role: 'single' }).processors
  const { limit_mib: limit, spike_limit_mib: spike } = limiter as { limit_mib: number; spike_limit_mib: number }
  expect(Number(goSettingsOf(policy).GOMEMLIMIT)).toBeLessThan((limit - spike) * 2 ** 20)
})
