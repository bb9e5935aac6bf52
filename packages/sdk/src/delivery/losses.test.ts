import { expect, it, vi } from 'vitest'
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
