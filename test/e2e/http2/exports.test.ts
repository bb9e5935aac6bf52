import { startProgram, startReceiver, waitFor } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

it.each([{ PLUTUS_ENGINE: 'plutus', PLUTUS_EXPORT_THREAD: 'main' }, { PLUTUS_ENGINE: 'upstream' }])(
  'makes no spans and no durations of exports by gRPC in the thread of the application: %o',
  async (engine) => {
    const receiver = await startReceiver()
    const env = { ...engine, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
    const program = startProgram({ file: programFile('exports.cjs'), receiver, env })
    try {
      const exportsOf = (signal: string): number =>
        receiver.requests.filter((request) => request.signal === signal).length
      await waitFor(() => exportsOf('traces') > 0 && exportsOf('metrics') > 2, {
        describe: () => `${program.stderr} ${receiver.requests.map(({ signal }) => signal).join(' ')}`,
      })
      program.endInput()
      expect(await program.exited).toMatchObject({ code: 0 })
      const durations = receiver.metrics.filter(({ name }) => name === 'http.client.request.duration')
      expect(durations.at(-1)?.points.map(({ count }) => count)).toEqual([1])
      expect(receiver.spans.map(({ kind }) => kind).sort()).toEqual(['CLIENT', 'SERVER'])
    } finally {
      await program.stop()
      await receiver.close()
    }
  },
)
