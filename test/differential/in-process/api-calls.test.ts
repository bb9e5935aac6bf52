import { isFull } from '@plutus/test-kit'
import { context } from '@opentelemetry/api'
import { TraceIdRatioBasedSampler, SamplingDecision } from '@opentelemetry/sdk-trace'
import { createTraceSampler, StorageContextManager } from '@plutus/sdk'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCallSequences, KNOWN_IDS, makeCalls } from './api-calls.ts'
import type { Call } from './api-calls.ts'
import { API_DIFFERENCES } from './api-differences.ts'
import { canonical } from './canonical.ts'
import { createOwn, createUpstream } from './sdk-pair.ts'
import type { Sdk, Settings } from './sdk-pair.ts'

const DEFAULTS: Settings = {
  sampler: 'parentbased_always_on',
  attributes: 128,
  events: 128,
  links: 128,
  eventAttributes: 128,
  linkAttributes: 128,
  logAttributes: 128,
  valueLength: Infinity,
}
const COUNT = fc.nat({ max: 4 })
const RUNS = isFull ? 2_000 : 100

beforeAll(() => {
  context.setGlobalContextManager(new StorageContextManager())
})
afterAll(() => {
  context.disable()
})

function outcomeOf(calls: readonly Call[], sdk: Sdk): unknown {
  const seen = makeCalls(calls, sdk)
  return { seen, sent: canonical(sdk.sent(), KNOWN_IDS) }
}

it('sends what upstream sends, whatever is called in whatever order', () => {
  const property = fc.property(createCallSequences('any'), (calls) => {
    expect(outcomeOf(calls, createOwn(DEFAULTS))).toEqual(outcomeOf(calls, createUpstream(DEFAULTS)))
  })
  fc.assert(property, { numRuns: RUNS })
})

it('cuts and drops what upstream cuts and drops', () => {
  const limits = fc.record({
    attributes: COUNT,
    events: COUNT,
    links: COUNT,
    eventAttributes: COUNT,
    linkAttributes: COUNT,
    logAttributes: COUNT,
    valueLength: fc.constantFrom(1, 2, 5, Infinity),
  })
  const property = fc.property(createCallSequences('utf16'), limits, (calls, some) => {
    const settings = { ...DEFAULTS, ...some }
    expect(outcomeOf(calls, createOwn(settings))).toEqual(outcomeOf(calls, createUpstream(settings)))
  })
  fc.assert(property, { numRuns: RUNS })
})

it('samples what upstream samples', () => {
  const samplers = fc.constantFrom<Settings['sampler']>(
    'always_on',
    'always_off',
    'parentbased_always_on',
    'parentbased_always_off',
  )
  const property = fc.property(createCallSequences('utf16'), samplers, (calls, sampler) => {
    const settings = { ...DEFAULTS, sampler }
    expect(outcomeOf(calls, createOwn(settings))).toEqual(outcomeOf(calls, createUpstream(settings)))
  })
  fc.assert(property, { numRuns: RUNS / 2 })
})

it('keeps the traces that upstream keeps at a ratio, so that services on both agree', () => {
  const traceId = fc.bigInt({ min: 1n, max: 2n ** 128n - 1n }).map((id) => id.toString(16).padStart(32, '0'))
  const ratio = fc.oneof(fc.double({ min: -1, max: 2 }), fc.constantFrom(0, 1, 0.1, 0.5))
  const property = fc.property(traceId, ratio, (id, share) => {
    const { decision } = new TraceIdRatioBasedSampler(share).shouldSample(context.active(), id)
    const isKept = decision === SamplingDecision.RECORD_AND_SAMPLED
    expect(createTraceSampler('traceidratio', share).sample(undefined, id)).toBe(isKept)
    const words = [0, 8, 16, 24].map((at) => Number.parseInt(id.slice(at, at + 8), 16) | 0)
    expect(createTraceSampler('traceidratio', share).sample(undefined, words)).toBe(isKept)
  })
  fc.assert(property, { numRuns: 1_000 })
})

describe('differs from upstream on purpose', () => {
  it.each(API_DIFFERENCES.map((difference) => [difference.what, difference] as const))('%s', (_what, difference) => {
    const settings = { ...DEFAULTS, ...difference.settings }
    const [own, upstream] = [createOwn(settings), createUpstream(settings)].map((sdk) => {
      difference.act(sdk)
      return difference.look(sdk.sent())
    })
    expect({ own, upstream }).toEqual({ own: difference.own, upstream: difference.upstream })
  })
})
