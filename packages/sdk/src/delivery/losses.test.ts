import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { EndpointNews } from './endpoint-health.ts'
import { Losses } from './losses.ts'

function createLosses() {
  const lines: string[] = []
  return { lines, losses: new Losses((line) => lines.push(line)) }
}

it('tells losses in one line soon after the first, then once a minute at most', () => {
  vi.useFakeTimers()
  try {
    const { lines, losses } = createLosses()
    for (let count = 0; count < 5; count++) losses.dropped('traces', 'queue_full', 1)
    losses.dropped('logs', 'refused', 20)
    vi.advanceTimersByTime(1000)
    expect(lines).toEqual(['Telemetry lost: spans 5 (queue full), log records 20 (refused by the endpoint)'])
    losses.dropped('traces', 'queue_full', 7)
    vi.advanceTimersByTime(59_000)
    expect(lines).toHaveLength(1)
    vi.advanceTimersByTime(1000)
    expect(lines[1]).toBe('Telemetry lost: spans 7 (queue full)')
  } finally {
    vi.useRealTimers()
  }
})

it('tells at the end only what no line about the endpoint has announced', () => {
  const { lines, losses } = createLosses()
  losses.dropped('traces', 'unreachable', 5)
  losses.reportUntold()
  expect(lines).toEqual([])
  losses.dropped('metrics', 'rejected', 2)
  losses.reportUntold()
  losses.reportUntold()
  expect(lines).toEqual([
    'Telemetry lost: spans 5 (endpoint not reachable), data points 2 (rejected in a partial success)',
  ])
})

it('counts nothing where nothing was lost', () => {
  const { lines, losses } = createLosses()
  losses.dropped('traces', 'rejected', 0)
  losses.reportUntold()
  expect(lines).toEqual([])
})

const DARK: EndpointNews = { outage: 'a', isOver: false, what: 'A cannot be reached', advice: 'see X' }
const BACK: EndpointNews = { outage: 'a', isOver: true, what: 'A takes telemetry again' }

describe('news of an endpoint', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })

  afterEach(() => {
    vi.useRealTimers()
  })

  it('are told in one line with what is lost, where the process ends soon', () => {
    const { lines, losses } = createLosses()
    losses.announce('A cannot be reached, ...; see X', DARK)
    losses.dropped('traces', 'unreachable', 5)
    losses.dropped('logs', 'queue_full', 2)
    losses.reportAll()
    losses.reportAll()
    vi.advanceTimersByTime(60_000)
    expect(lines).toEqual(['A cannot be reached, lost: spans 5, log records 2 (queue full); see X'])
  })

  it('are told by themselves after 5 seconds, and what is lost later in another line', () => {
    const { lines, losses } = createLosses()
    losses.announce('A is dark', DARK)
    vi.advanceTimersByTime(4999)
    expect(lines).toEqual([])
    vi.advanceTimersByTime(1)
    losses.announce('A is back', BACK)
    losses.dropped('traces', 'unreachable', 5)
    losses.reportAll()
    expect(lines).toEqual(['A is dark', 'A is back', 'Telemetry lost: spans 5 (endpoint not reachable)'])
  })

  it('are not told of an outage that is over within 5 seconds', () => {
    const { lines, losses } = createLosses()
    losses.announce('A is dark', DARK)
    losses.announce('A is back', BACK)
    vi.advanceTimersByTime(60_000)
    expect(lines).toEqual([])
  })

  it('are not told at the end where nothing is lost by them', () => {
    const { lines, losses } = createLosses()
    losses.announce('A is dark', DARK)
    losses.reportAll()
    vi.advanceTimersByTime(60_000)
    expect(lines).toEqual([])
  })

  it('are told each where two endpoints fail, and what is lost once', () => {
    const { lines, losses } = createLosses()
    losses.announce('A is dark', DARK)
    losses.announce('B is dark', { outage: 'b', isOver: false, what: 'B refuses logs' })
    losses.dropped('logs', 'refused', 3)
    losses.reportAll()
    expect(lines).toEqual(['A is dark', 'B refuses logs, lost: log records 3'])
  })
})

it('tells the sums of what is lost after the end whenever one has doubled', () => {
  const { lines, losses } = createLosses()
  for (let count = 1; count <= 9; count++) {
    losses.dropped('logs', 'process_end', 1)
    losses.reportAll()
  }
  expect(lines).toEqual([
    'Telemetry lost: log records 1 (the process ended first)',
    'Telemetry lost: log records 2 (the process ended first), in all',
    'Telemetry lost: log records 4 (the process ended first), in all',
    'Telemetry lost: log records 8 (the process ended first), in all',
  ])
  losses.dropped('traces', 'process_end', 1)
  losses.reportAll()
  expect(lines.at(-1)).toBe(
    'Telemetry lost: log records 9 (the process ended first), spans 1 (the process ended first), in all',
  )
})

it('tells in one line what is lost in an end that goes on, when it is over', () => {
  const { lines, losses } = createLosses()
  losses.holdEnd(true)
  losses.dropped('logs', 'process_end', 1)
  losses.reportAll()
  losses.dropped('logs', 'process_end', 2)
  losses.reportAll()
  expect(lines).toEqual([])
  losses.holdEnd(false)
  losses.reportAll()
  expect(lines).toEqual(['Telemetry lost: log records 3 (the process ended first)'])
})

it('tells in the line of what an endpoint loses what is kept on disk for it', () => {
  const { lines, losses } = createLosses()
  losses.announce('A is dark', { outage: 'a', isOver: false, what: 'A is dark', advice: 'see X' })
  losses.dropped('metrics', 'unreachable', 2)
  losses.keptInAll(new Map([['logs', 3]]))
  losses.reportAll()
  expect(lines).toEqual(['A is dark, lost: data points 2, kept on disk for the next start: log records 3; see X'])
})

describe('points that collections of one end tell again', () => {
  it('count once where all of them are lost', () => {
    const { lines, losses } = createLosses()
    losses.collected(10, 10, true)
    losses.dropped('metrics', 'unreachable', 10)
    losses.collected(12, 9, false)
    losses.dropped('metrics', 'process_end', 12)
    losses.collected(13, 12, false)
    losses.dropped('metrics', 'process_end', 13)
    losses.dropped('logs', 'process_end', 4)
    losses.reportAll()
    expect(lines).toEqual([
      'Telemetry lost: data points 14 (the process ended first), log records 4 (the process ended first)',
    ])
  })

  it('are lost where only what they repeat has arrived', () => {
    const { lines, losses } = createLosses()
    losses.collected(10, 0, true)
    losses.exported('metrics', 10)
    losses.collected(10, 10, false)
    losses.collected(11, 10, false)
    losses.dropped('metrics', 'process_end', 21)
    losses.reportAll()
    expect(lines).toEqual(['Telemetry lost: data points 11 (the process ended first)'])
  })

  it('count again where what they repeat was told before, or belongs to another end', () => {
    vi.useFakeTimers()
    try {
      const { lines, losses } = createLosses()
      losses.collected(10, 0, true)
      losses.dropped('metrics', 'queue_full', 10)
      vi.advanceTimersByTime(1000)
      losses.collected(10, 10, false)
      losses.dropped('metrics', 'queue_full', 10)
      losses.collected(11, 10, true)
      losses.dropped('metrics', 'queue_full', 11)
      losses.reportAll()
      expect(lines).toEqual([
        'Telemetry lost: data points 10 (queue full)',
        'Telemetry lost: data points 21 (queue full)',
      ])
    } finally {
      vi.useRealTimers()
    }
  })
})
