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
  let isOver = false
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
        const marks = works.marks()
        await works.metering()?.collect()
        // What was masked or lost in these metrics, further ones tell; once, since it is masked and lost in those too.
        if (isLast && works.marks() !== marks) await works.metering()?.collect()
        isLastFlushed = isLast
        await outlet.flush(Math.max(timeoutMillis - (performance.now() - start), 0))
      }
      isLastFlushed = false
      // The last metrics tell what was sent; a thread would have to be started for them when the process exits.
      if (isLast) await outlet.flush(timeoutMillis).then(collect)
      // Asynchronous callbacks may take their time; the others are not to wait for them.
      else await Promise.all([outlet.flush(timeoutMillis), collect()])
    },
    finish: (millis, wasLast = false, isMore = false) => {
      const works = current()
      if (works === undefined) return
      works.sampling?.end()
      // What was measured since the last flush, however short ago; without time to send nothing of it could arrive.
      if (millis > 0 && !isOver && !(wasLast && isLastFlushed)) {
        const marks = works.marks()
        works.metering()?.collectNow()
        if (works.marks() !== marks) works.metering()?.collectNow()
      }
      isOver ||= !isMore
      works.outlet.finish(millis, isMore)
    },
  }
}
