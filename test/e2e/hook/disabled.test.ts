import { NODES, runProgram, startReceiver } from '@plutus/test-kit'
import { expect, it } from 'vitest'
import { programFile } from './program-file.ts'

it.each(NODES)('hooks nothing on Node $label when OTEL_SDK_DISABLED is true, and still propagates', async (node) => {
  const receiver = await startReceiver()
  const { code, stdout, stderr } = await runProgram({
    node,
    file: programFile('disabled.cjs'),
    receiver,
    env: { OTEL_SDK_DISABLED: 'true' },
  })
  await receiver.close()
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual({ load: false, patched: false, instrumentations: 0, traceparent: true })
  expect(stderr).toMatch(/^plutus: [^\n]+ OTEL_SDK_DISABLED is true\n$/)
  expect(receiver.requests).toEqual([])
})
