import { fileURLToPath } from 'node:url'
import { collectorBinary } from '@plutus/otelcol-distribution'
import { isFull, runProgram } from '@plutus/test-kit'
import { describe, expect, it } from 'vitest'

const MAIN = fileURLToPath(new URL('../../examples/demo/src/main.ts', import.meta.url))
const MOST_MILLIS = 300_000
const { reason } = collectorBinary

interface Report {
  readonly taken: { readonly records: number; readonly spans: number }
  readonly classes: readonly { readonly name: string; readonly arrived: number; readonly archived?: number }[]
  readonly traces: { readonly spans: number }
  readonly isComplete: boolean
}

describe.skipIf(reason !== '')(`the demo${reason && ` (${reason})`}`, () => {
  it.each(isFull ? ['--collector'] : [])(
    'brings what must not be lost to the backend and the archive, and a part of the rest, with %s',
    async (option) => {
      const args = [option, '--json']
      const { code, stdout } = await runProgram({ file: MAIN, hook: 'none', args, timeoutMillis: MOST_MILLIS })
      const { taken, classes, traces, isComplete } = JSON.parse(stdout) as Report
      expect({ code, isComplete }).toEqual({ code: 0, isComplete: true })
      const payment = classes.find(({ name }) => name === 'payment')
      expect(payment?.archived).toBe(payment?.arrived)
      expect(payment?.arrived).toBeGreaterThan(100)
      expect(traces.spans).toBeLessThan(taken.spans)
      expect(classes.reduce((sum, { arrived }) => sum + arrived, 0)).toBeLessThan(taken.records)
    },
    MOST_MILLIS,
  )
})
