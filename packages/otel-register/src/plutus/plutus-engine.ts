import type { Metering } from '@plutus/sdk'
import type { Engine } from '../engine.ts'
import type { Outlet } from './outlet.ts'
import type { Sampling } from './sampling.ts'

/** The engine where nothing is to be sent. */
export const NOWHERE: Engine = {
  name: 'plutus',
  destination: 'nowhere',
  flush: () => Promise.resolve(),
  finish: () => {},
}

/** Creates the handle by which the hook ends the engine. */
export function createPlutusEngine(
  destination: string,
  outlet: Outlet,
  { metering, sampling }: { readonly metering: Metering | undefined; readonly sampling: Sampling | undefined },
): Engine {
  let isLastCollected = false
  return {
    name: 'plutus',
    destination,
    flush: async (timeoutMillis) => {
      sampling?.settle()
      const start = performance.now()
      // Asynchronous callbacks may take their time; the others are not to wait for them.
      const collected = metering?.collect().then(() => outlet.flush(timeoutMillis - (performance.now() - start)))
      await Promise.all([outlet.flush(timeoutMillis), collected])
    },
    finish: (millis) => {
      sampling?.end()
      // What was measured since the last flush, however short ago; without time to send nothing of it could arrive.
      if (millis > 0 && !isLastCollected) {
        isLastCollected = true
        metering?.collectNow()
      }
      outlet.finish(millis)
    },
  }
}
