import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { SeverityNumber } from '@opentelemetry/api'
import { expect, it } from 'vitest'
import { bridgeConsole } from './console-bridge.ts'
import { recordLogs } from './recording.test.support.ts'

const records = recordLogs()

function createConsole(): { readonly target: Console; readonly printed: string[] } {
  const printed: string[] = []
  const stream = new Writable({ write: (chunk, _encoding, done) => (printed.push(String(chunk)), done()) })
  return { target: new Console(stream, stream), printed }
}

it('records what is printed and prints it as before', () => {
  const { target, printed } = createConsole()
  const stop = bridgeConsole(target)
  target.warn('late: %d', 3)
  target.error(new TypeError('no'))
  stop()
  target.log('not recorded')
  expect(printed.join('')).toMatch(/^late: 3\nTypeError: no\n[^]*not recorded\n$/)
  expect(records).toMatchObject([
    { logger: 'console', severityNumber: SeverityNumber.WARN, body: 'late: 3' },
    { severityNumber: SeverityNumber.ERROR, attributes: { 'exception.type': 'TypeError' } },
  ])
})

it('prints what is below the level of the logger console, and does not record it', () => {
  const { target, printed } = createConsole()
  const stop = bridgeConsole(target)
  target.debug('details')
  stop()
  expect(printed).toEqual(['details\n'])
  expect(records).toEqual([])
})

it('bridges a console once', () => {
  const { target } = createConsole()
  const stop = bridgeConsole(target)
  bridgeConsole(target)
  target.info('x')
  stop()
  expect(records).toHaveLength(1)
})
