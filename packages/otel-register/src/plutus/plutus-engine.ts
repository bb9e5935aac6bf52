import type { Engine } from '../engine.ts'
import type { Works } from './works.ts'

/** The engine where nothing is to be sent. */
export const NOWHERE: Engine = {
  name: 'plutus',
  destination: 'nowhere',
  flush: () => Promise.resolve(),
  finish: () => {},
}

/** Creates the handle by which the hook ends the engine; `current` gives what there is to end by now. */
export function createPlutusEngine(destination: string, current: () => Works | undefined): Engine {
  let isLastCollected = false
  return {
    name: 'plutus',
    destination,
    flush: async (timeoutMillis) => {
      const works = current()
      if (works === undefined) return
      const { outlet, sampling } = works
      sampling?.settle()
      const start = performance.now()
      // Asynchronous callbacks may take their time; the others are not to wait for them.
      const collected = works
        .metering()
        ?.collect()
        .then(() => outlet.flush(timeoutMillis - (performance.now() - start)))
      await Promise.all([outlet.flush(timeoutMillis), collected])
    },
    finish: (millis) => {
      const works = current()
      if (works === undefined) return
      works.sampling?.end()
      // What was measured since the last flush, however short ago; without time to send nothing of it could arrive.
      if (millis > 0 && !isLastCollected) {
        isLastCollected = true
        works.metering()?.collectNow()
      }
      works.outlet.finish(millis)
    },
  }
}
