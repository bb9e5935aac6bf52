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
      works.settle()
      sampling?.settle()
      const start = performance.now()
      const collect = async (): Promise<void> => {
        const marks = works.marks()
        await collectAll(works, true)
        // What was masked or lost in these metrics, further ones tell; once, since it is masked and lost in those too.
        if (isLast && works.marks() !== marks) await collectAll(works, false)
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
      works.settle()
      works.sampling?.end()
      // What was measured since the last flush, however short ago; without time to send nothing of it could arrive.
      if (millis > 0 && !isOver && !(wasLast && isLastFlushed)) {
        const marks = works.marks()
        collectNow(works)
        if (works.marks() !== marks) collectNow(works)
      }
      isOver ||= !isMore
      works.outlet.finish(millis, isMore)
    },
  }
}

/** @param isFirst whether an end may begin with it. */
async function collectAll({ metering, losses }: Works, isFirst: boolean): Promise<void> {
  const used = metering()
  if (used !== undefined) losses.collected(await used.collect(), used.repeated, isFirst)
}

function collectNow({ metering, losses }: Works): void {
  const used = metering()
  if (used !== undefined) losses.collected(used.collectNow(), used.repeated, false)
}
