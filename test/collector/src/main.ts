import { parseArgs } from 'node:util'
import { builtInPolicy, parsePolicy, renderCollector } from '@plutus/policy'
import { load, startSink } from './load.ts'
import type { LoadResult } from './load.ts'
import { removeCollectors, startCollector } from './running-collector.ts'

// Prints what collectors sustain on this machine, generator and backend beside them: `node test/collector/src/main.ts`.
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    rate: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})
const options = {
  seconds: Number(values.seconds),
  ...(values.rate === undefined ? {} : { rate: Number(values.rate) }),
}
const tenth = parsePolicy('version: 1\nsampling: { rate: 10%, wait: 5s }', { file: 'a tenth' })
const PLAIN = `
receivers: { otlp: { protocols: { http: { endpoint: "127.0.0.1:\${env:PLUTUS_LISTEN_HTTP_PORT}" } } } }
exporters: { otlp_http: { endpoint: "\${env:PLUTUS_OTLP_ENDPOINT}", compression: gzip } }
extensions: { health_check: { endpoint: "127.0.0.1:\${env:PLUTUS_HEALTH_PORT}" } }
service:
  extensions: [health_check]
  telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: 127.0.0.1, port: "\${env:PLUTUS_TELEMETRY_PORT}" } } } }] } }
  pipelines:
    logs: { receivers: [otlp], exporters: [otlp_http] }
    traces: { receivers: [otlp], exporters: [otlp_http] }
`
const sink = await startSink()
const env = { PLUTUS_OTLP_ENDPOINT: sink.url }
const VARIANTS: Readonly<Record<string, () => Promise<LoadResult>>> = {
  'plain otlp to otlp, memory queue': async () => {
    const one = await startCollector(PLAIN, { env })
    return await load(one, [one], options)
  },
  'single, everything kept': async () => {
    const one = await startCollector(renderCollector(builtInPolicy(), { role: 'single' }), { env })
    return await load(one, [one], options)
  },
  'single, a tenth kept': async () => {
    const one = await startCollector(renderCollector(tenth, { role: 'single' }), { env })
    return await load(one, [one], options)
  },
  'agent, gateway, sampler': async () => {
    const sampler = await startCollector(renderCollector(tenth, { role: 'sampler' }), { env })
    const samplers = `{static: {hostnames: ["127.0.0.1:${sampler.ports.grpc}"]}}`
    const gateway = await startCollector(renderCollector(tenth, { role: 'gateway' }), {
      env: { ...env, PLUTUS_SAMPLERS: samplers },
    })
    const agent = await startCollector(renderCollector(tenth, { role: 'agent' }), {
      env: { PLUTUS_OTLP_ENDPOINT: gateway.httpUrl },
    })
    return await load(agent, [agent, gateway, sampler], options)
  },
}
for (const [name, run] of Object.entries(VARIANTS)) {
  if (!name.includes(values.only)) continue
  const { recordsPerSecond, spansPerSecond, sentPerSecond, refused, cores, residentMib } = await run()
  process.stdout.write(
    `${name}: ${recordsPerSecond} records/s + ${spansPerSecond} spans/s in, ${sentPerSecond}/s out, ${refused} refused, ` +
      `${cores} cores, ${residentMib.join(' + ')} MiB\n`,
  )
  removeCollectors()
}
sink.close()
