import { setTimeout as sleep } from 'node:timers/promises'
import { getLogger } from '@plutus/events'

// Its reader closes the pipe at the first line.
for (let i = 0; i < 20; i++) {
  getLogger('shop').info('Line', { i })
  await sleep(20)
}
process.stderr.write('still here\n')
