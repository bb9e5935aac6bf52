import { expect, it } from 'vitest'
import { recordLogs } from './recording.test.support.ts'
import { Timed } from './timed.ts'

const records = recordLogs()

it('times each call of a decorated method and keeps its this', () => {
  // Node does not run decorator syntax yet, so the decorator is applied as a compiler would apply it.
  class Ledger {
    readonly name = 'main'
    close(day: string): string {
      return `${this.name} ${day}`
    }
  }
  const context = { kind: 'method', name: 'close' } as ClassMethodDecoratorContext<Ledger, Ledger['close']>
  Ledger.prototype.close = Timed()(Ledger.prototype.close, context)
  expect(new Ledger().close('monday')).toBe('main monday')
  expect(records[0]).toMatchObject({ eventName: 'operation.timed', attributes: { 'operation.name': 'close' } })
})
