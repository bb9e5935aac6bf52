import type { ReceivedLog, ReceivedSpan } from '@plutus/test-kit'

const MILLI = 1_000_000n

/** A span for tests: `from` and `to` in milliseconds. */
export function createSpan(spanId: string, from: number, to: number, change: Partial<ReceivedSpan> = {}): ReceivedSpan {
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId,
    traceState: '',
    name: spanId,
    kind: 'INTERNAL',
    startTimeUnixNano: BigInt(from) * MILLI,
    endTimeUnixNano: BigInt(to) * MILLI,
    durationMillis: to - from,
    attributes: {},
    droppedAttributesCount: 0,
    events: [],
    links: [],
    status: { code: 'UNSET' },
    scope: { name: 'test' },
    resource: {},
    flags: 1,
    ...change,
  }
}

/** A log record for tests. */
export function createLog(spanId: string, body: unknown, change: Partial<ReceivedLog> = {}): ReceivedLog {
  return {
    timeUnixNano: 0n,
    observedTimeUnixNano: 0n,
    severityNumber: 9,
    body,
    attributes: {},
    droppedAttributesCount: 0,
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId,
    flags: 1,
    scope: { name: 'test' },
    resource: {},
    ...change,
  }
}
