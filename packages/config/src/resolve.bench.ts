import { deepStrictEqual } from 'node:assert/strict'
import { it } from 'vitest'
import { resolveConfig } from './resolve.ts'

const others = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`SERVICE_VARIABLE_${at}`, 'value']))
const plain = { ...others, OTEL_SERVICE_NAME: 'checkout', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' }
const busy = {
  ...plain,
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20token,x-tenant=1',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,service.version=1.2.3',
  OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
  OTEL_TRACES_SAMPLER_ARG: '0.1',
  OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'fs,dns',
  PLUTUS_EXIT_WAIT_MS: '200',
}
const misspelt = { ...busy, PLUTUS_SAMPEL_RATE: '1', OTEL_TRACE_EXPORTER: 'none' }

for (const [env, warnings] of [
  [plain, []],
  [busy, []],
  [misspelt, ['PLUTUS_SAMPEL_RATE', 'OTEL_TRACE_EXPORTER']],
] as const) {
  const config = resolveConfig(env)
  deepStrictEqual(
    config.warnings.map(({ variable }) => variable),
    warnings,
  )
  deepStrictEqual(config.get('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT'), 'http://localhost:4318/v1/logs')
}

it('resolves an environment of 42 variables and more', async ({ bench }) => {
  await bench.compare(
    bench('two that are read', () => resolveConfig(plain)),
    bench('eight that are read', () => resolveConfig(busy)),
    bench('eight that are read and two that are misspelt', () => resolveConfig(misspelt)),
  )
})
