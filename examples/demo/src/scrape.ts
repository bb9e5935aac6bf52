import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findPorts } from '@plutus/test-kit'
import { DemoError } from './demo-error.ts'

/** Metrics as Prometheus has them. */
export interface MetricsPage {
  /** Where OTLP is taken. */
  readonly otlpUrl: string
  /** Its samples: a line each, the series and its value. */
  readonly read: () => Promise<readonly string[]>
  readonly stop: () => Promise<void>
}

const START_MILLIS = 60_000

/** Starts what stands for a Prometheus: it takes metrics over OTLP and shows them under the names that Prometheus gives them. */
export async function startMetricsPage(binary: string, folder: string): Promise<MetricsPage> {
  const [http, page, health] = (await findPorts(3)) as [number, number, number]
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: { prometheus: { endpoint: `127.0.0.1:${page}` } },
    extensions: { health_check: { endpoint: `127.0.0.1:${health}` } },
    service: {
      extensions: ['health_check'],
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
    },
  }
  const file = join(folder, 'metrics-page.yaml')
  writeFileSync(file, JSON.stringify(config)) // which is YAML too
  const child = spawn(binary, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  let output = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (output += text))
  const exited = once(child, 'close')
  const killWithParent = (): void => void child.kill('SIGKILL')
  process.on('exit', killWithParent)
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    await exited
    process.off('exit', killWithParent)
  }
  const deadline = performance.now() + START_MILLIS
  while ((await get(`http://127.0.0.1:${health}`)) === undefined) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new DemoError(`What stands for Prometheus did not start. It wrote:\n${output.slice(-2000)}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    otlpUrl: `http://127.0.0.1:${http}`,
    read: async () => {
      const text = (await get(`http://127.0.0.1:${page}/metrics`)) ?? ''
      return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    },
    stop,
  }
}

async function get(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url)
    return answer.ok ? await answer.text() : undefined
  } catch {
    return undefined
  }
}
