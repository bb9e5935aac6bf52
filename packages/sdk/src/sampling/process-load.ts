import { loadBuiltin } from '../delivery/builtins.ts'

/** How busy a process is, each from 0 to 1. */
export interface ProcessLoad {
  /** Share of the time in which the event loop of this thread did something. */
  readonly eventLoop: number
  /** Share of the processors that the process may use that all its threads together used. */
  readonly cpu: number
}

/** Returns a function that tells the load since it was called last, or since it was made. */
export function createLoadMeter(): () => ProcessLoad {
  let loop = performance.eventLoopUtilization()
  let cpu = process.cpuUsage()
  let at = performance.now()
  let processors: number | undefined
  return () => {
    const [loopNow, cpuNow, now] = [performance.eventLoopUtilization(), process.cpuUsage(), performance.now()]
    processors ??= loadBuiltin('node:os').availableParallelism()
    const load: ProcessLoad = {
      eventLoop: performance.eventLoopUtilization(loopNow, loop).utilization,
      cpu: (cpuNow.user - cpu.user + cpuNow.system - cpu.system) / 1000 / (now - at) / processors,
    }
    ;[loop, cpu, at] = [loopNow, cpuNow, now]
    return load
  }
}
