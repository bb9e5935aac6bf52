import { END_NODES, NODES, runProgram, startReceiver } from '@plutus/test-kit'
import type { Receiver } from '@plutus/test-kit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { programFile } from './program-file.ts'
import { outline } from './span-lines.ts'

let receiver: Receiver

beforeEach(async () => {
  receiver = await startReceiver()
})

afterEach(async () => {
  await receiver.close()
})

const ONE_REQUEST = ['CLIENT GET', '  SERVER GET /price/:item', '    INTERNAL request handler']

// In between the ends of the matrix, each kind of modules in the way that belongs to it.
const BELONGING = [
  ['a CommonJS program', 'shop.cjs', 'require'],
  ['an ES module program', 'shop.mjs', 'import'],
] as const
const CROSSED = [
  ['a CommonJS program', 'shop.cjs', 'import'],
  ['an ES module program', 'shop.mjs', 'require'],
] as const

describe.each(NODES)('on Node $label', (node) => {
  it.each([...BELONGING, ...(END_NODES.includes(node) ? CROSSED : [])])(
    '%s (%s) gives the same spans by --%s',
    async (_what, program, hook) => {
      const { code, stdout, stderr } = await runProgram({ node, hook, file: programFile(program), receiver })
      expect(code).toBe(0)
      expect(stdout).toBe('{"item":"by-http","cents":1250}\n{"item":"by-fetch","cents":1250}\n')
      expect(stderr.match(/ sends to /g)).toHaveLength(1)
      expect(outline(receiver.spans)).toEqual([...ONE_REQUEST, ...ONE_REQUEST])
    },
  )
})
