import type { Metering } from '@plutus/sdk'
import type { Engine } from '../engine.ts'
import type { Outlet } from './outlet.ts'

// What the last collection told is told well enough for an end that follows it.
const FRESH_MILLIS = 1000

/** The engine where nothing is to be sent. */
export const NOWHERE: Engine = {
  name: 'plutus',
  destination: 'nowhere',
  flush: () => Promise.resolve(),
  finish: () => {},
}

/** Creates the handle by which the hook ends the engine. */
export function createPlutusEngine(destination: string, outlet: Outlet, metering: Metering | undefined): Engine {
  let collectedAt = -Infinity
  return {
    name: 'plutus',
    destination,
    flush: async (timeoutMillis) => {
      const start = performance.now()
      collectedAt = start
      // Asynchronous callbacks may take their time; the others are not to wait for them.
      const collected = metering?.collect().then(() => outlet.flush(timeoutMillis - (performance.now() - start)))
      await Promise.all([outlet.flush(timeoutMillis), collected])
    },
    finish: (millis) => {
      if (performance.now() - collectedAt > FRESH_MILLIS) metering?.collectNow()
      collectedAt = performance.now()
      outlet.finish(millis)
    },
  }
}
