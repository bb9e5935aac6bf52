// A service that records at a fixed rate, and what each turn of its event loop costs the main thread. Its arguments:
// records a second, seconds, and the seconds at which its start and an outage end: turns are counted by these phases.
const { logs, trace } = require('@opentelemetry/api')
// What a service has loaded before its first request.
process.getBuiltinModule('node:https')
crypto.randomUUID()
const { Session } = require('node:inspector')
const { PerformanceObserver } = require('node:perf_hooks')
const attributesOf = require('./payment-attributes.cjs')

const [rate, seconds, ...phases] = process.argv.slice(2).map(Number)
const LIMIT_MICROS = 5000
const TICK_MILLIS = 5
// What a machine that did not let the process run has made late is left out: a service would not do it in one turn either.
const MOST_PER_TICK = Math.ceil((rate / 1000) * TICK_MILLIS * 2)
// A profile costs too: only to find out what a long turn was.
const profiler = process.env.TURNS_PROFILE === undefined ? undefined : new Session()
const turns = { count: 0, micros: 0, long: [], most: [0, 0, 0] }
const collections = []
const start = performance.now()
let recorded = 0
let due = 0

/** CPU of the main thread, in microseconds: all of it, and what the kernel took. */
const readCpu = () => {
  process.cpuUsage() // Linux brings the account of the running thread up to date for this one only
  const { user, system } = process.threadCpuUsage()
  return { all: user + system, system }
}

const observer = new PerformanceObserver((list) => {
  for (const { startTime, duration, detail } of list.getEntries()) collections.push([startTime, duration, detail.kind])
})
observer.observe({ entryTypes: ['gc'] })
profiler?.connect()
profiler?.post('Profiler.enable')
profiler?.post('Profiler.setSamplingInterval', { interval: 200 })
profiler?.post('Profiler.start')

const tracer = trace.getTracer('bench')
const logger = logs.getLogger('bench')

/** Of ten records one must not be lost, five are logs, four are spans. */
const record = (at) => {
  if (at % 10 < 4) tracer.startSpan('pay', { attributes: attributesOf(at) }).end()
  else {
    const more = at % 10 === 4 ? { 'plutus.data.class': 'payment' } : {}
    logger.emit({ severityNumber: 9, body: 'payment made', attributes: { ...attributesOf(at), ...more } })
  }
}

const tick = setInterval(() => {
  const now = ((performance.now() - start) / 1000) * rate
  const count = Math.min(Math.floor(now - due), MOST_PER_TICK)
  due = Math.max(due + count, Math.floor(now) - MOST_PER_TICK)
  for (let i = 0; i < count; i++) record(recorded++)
}, TICK_MILLIS)

// Runs once in each turn and holds none back: an immediate without a reference lets the loop sleep.
let cpu = readCpu()
let since = performance.now()
const note = () => {
  const [nowCpu, now] = [readCpu(), performance.now()]
  const [micros, system, millis] = [nowCpu.all - cpu.all, nowCpu.system - cpu.system, now - since]
  const phase = phases.filter((end) => since - start >= end * 1000).length
  turns.count++
  turns.micros += micros
  turns.most[phase] = Math.max(turns.most[phase], micros)
  if (micros > LIMIT_MICROS) turns.long.push({ phase, micros, system, since, millis })
  cpu = nowCpu
  since = now
  setImmediate(note).unref()
}
setImmediate(note).unref()

/** What V8 collected in a turn, in milliseconds. */
const collectedIn = ({ since, millis }) =>
  collections
    .filter(([at, duration]) => at < since + millis && at + duration > since)
    .map(([, duration, kind]) => `${kind === 1 ? 'minor' : kind === 4 ? 'major' : kind} ${duration.toFixed(1)}`)

const end = (profile) => {
  const memory = process.memoryUsage()
  console.log(
    `ready ${JSON.stringify({
      recorded,
      turns: turns.count,
      cpuSeconds: turns.micros / 1e6,
      most: turns.most,
      gcMillis: collections.reduce((sum, [, duration]) => sum + duration, 0),
      gcs: collections.length,
      rssBytes: memory.rss,
      long: turns.long.map((turn) => ({
        phase: turn.phase,
        at: (turn.since - start) / 1000,
        millis: turn.micros / 1000,
        system: turn.system / 1000,
        wall: turn.millis,
        collected: collectedIn(turn),
        ...(profile && { stacks: stacksIn(profile, turn) }),
      })),
    })}`,
  )
  process.exit()
}

/** Where the time of a turn went: the places that cost most, with all below them. */
const stacksIn = ({ nodes, samples, timeDeltas, startTime }, { since, millis }) => {
  const offset = performance.now() - Number(process.hrtime.bigint()) / 1e6 // the clock of the profile
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])))
  const sums = new Map()
  let at = startTime
  samples.forEach((id, i) => {
    at += timeDeltas[i]
    const time = at / 1000 + offset
    if (time < since || time > since + millis) return
    const names = []
    for (let one = id; one !== undefined; one = parents.get(one)) {
      const { callFrame } = byId.get(one)
      names.unshift(`${callFrame.functionName || '-'}:${callFrame.url.split('/').at(-1)}:${callFrame.lineNumber + 1}`)
    }
    const key = names.join(' > ')
    sums.set(key, (sums.get(key) ?? 0) + timeDeltas[i] / 1000)
  })
  return [...sums]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 12)
    .map(([key, sum]) => `${sum.toFixed(1)} ${key}`)
}

setTimeout(() => {
  clearInterval(tick)
  if (profiler === undefined) setTimeout(end, 100)
  else profiler.post('Profiler.stop', (_error, { profile }) => setTimeout(() => end(profile), 100))
}, seconds * 1000)
