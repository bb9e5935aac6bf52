import { nodesOf } from '@plutus/test-kit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkCorrelation, CORRELATION_SETTINGS } from './correlation-checks.ts'
import { checkRequests, REQUEST_SETTINGS } from './request-checks.ts'
import { startService } from './service.ts'
import type { RunningService } from './service.ts'

const RUNS = (['cjs', 'mjs'] as const).flatMap((format) =>
  nodesOf(format).flatMap((node) =>
    (['always_on', 'always_off'] as const).map((sampler) => ({ node, format, sampler, label: node.label })),
  ),
)

describe.each(RUNS)('on Node $label, $format, sampler $sampler', ({ node, format, sampler }) => {
  let service: RunningService

  beforeAll(async () => {
    const env = { OTEL_TRACES_SAMPLER: sampler, ...REQUEST_SETTINGS, ...CORRELATION_SETTINGS }
    service = await startService({ node, format, env })
  })

  afterAll(async () => await service.stop())

  checkRequests(() => service, sampler === 'always_on')
  checkCorrelation(() => service, sampler === 'always_on')

  it('sends nothing that is not OTLP', () => {
    expect(service.receiver.malformed).toEqual([])
  })
})
