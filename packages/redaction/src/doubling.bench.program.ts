import { HOSTILE } from './hostile.test.support.ts'
import { createRedactor } from './redactor.ts'
import { maskStatement } from './statement.ts'

// How much longer hostile texts take when they are twice as long, on the average of four doublings: 2 is linear. Both ends
// are measured in turns, and the fastest counts, since a machine can only add to a time.

const CHARS = 512 * 1024
const DOUBLINGS = 4
const TRIES = 9

const redactor = createRedactor({ ip: 'mask' })
const rows = HOSTILE.map((piece) => {
  const whole = piece.repeat(Math.ceil(CHARS / piece.length)).slice(0, CHARS)
  const part = whole.slice(0, CHARS / 2 ** DOUBLINGS)
  let [partMillis, millis] = [Infinity, Infinity]
  for (let turn = 0; turn < TRIES; turn++) {
    partMillis = Math.min(partMillis, timeOf(part))
    millis = Math.min(millis, timeOf(whole))
  }
  return { piece, millis, ratio: (millis / partMillis) ** (1 / DOUBLINGS) }
})
process.stdout.write(JSON.stringify(rows))

function timeOf(text: string): number {
  const start = performance.now()
  redactor.text(text, 'log.body')
  maskStatement(text)
  return performance.now() - start
}
