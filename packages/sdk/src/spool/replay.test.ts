import { expect, it } from 'vitest'
import type { Ledger } from './ledger.ts'
import { Replay } from './replay.ts'

it('reads on in the next turn of the event loop though nothing else happens, and holds no process when it waits', async () => {
  let calls = 0
  const next = (): 'unfinished' | undefined => (++calls < 4 ? 'unfinished' : undefined)
  const replay = new Replay({
    ledgers: () => [{ kind: 'durable', signal: 'logs', isWaiting: true, next } as unknown as Ledger],
    send: () => {},
    isBusy: () => false,
    onSettled: () => {},
    onFailure: () => {},
  })
  const holds = (): boolean => process.getActiveResourcesInfo().includes('Immediate')
  const seen: boolean[] = []
  replay.wake()
  seen.push(holds())
  // A promise is settled behind the callback of the turn before.
  for (let turn = 0; turn < 4; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(holds())
  }
  expect(seen).toEqual([false, true, true, true, false])
})
