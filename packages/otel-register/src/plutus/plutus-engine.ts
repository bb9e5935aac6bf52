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
  let isLastFlushed = false
  return {
    name: 'plutus',
    destination,
    flush: async (timeoutMillis, isLast = false) => {
      const works = current()
      if (works === undefined) return
      const { outlet, sampling } = works
      sampling?.settle()
      const start = performance.now()
      const collect = async (): Promise<void> => {
        const hits = works.hits()
        await works.metering()?.collect()
        // What was masked in these metrics, further ones tell; once, since it is masked in those too.
        if (isLast && works.hits() !== hits) await works.metering()?.collect()
        isLastFlushed = isLast
        await outlet.flush(Math.max(timeoutMillis - (performance.now() - start), 0))
      }
      isLastFlushed = false
      // The last metrics tell what was sent; a thread would have to be started for them when the process exits.
      if (isLast) await outlet.flush(timeoutMillis).then(collect)
      // Asynchronous callbacks may take their time; the others are not to wait for them.
      else await Promise.all([outlet.flush(timeoutMillis), collect()])
    },
    finish: (millis, wasLast = false) => {
      const works = current()
      if (works === undefined) return
      works.sampling?.end()
      // What was measured since the last flush, however short ago; without time to send nothing of it could arrive.
      if (millis > 0 && !isLastCollected && !(wasLast && isLastFlushed)) {
        isLastCollected = true
        works.metering()?.collectNow()
      }
      works.outlet.finish(millis)
    },
  }
}
