import type { TraceId } from '@plutus/otlp'

/** Decides at the start of a span whether its trace is recorded. */
export interface TraceSampler {
  /**
   * @param parentFlags W3C trace flags of the parent; `undefined` for the root of a trace.
   * @returns whether the span is recorded and sampled; if not, it has ids and context only.
   */
  sample(parentFlags: number | undefined, traceId: TraceId): boolean
}

/** Names of the samplers of the specification, as `OTEL_TRACES_SAMPLER` has them. */
export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio'

const TWO_TO_32 = 2 ** 32
const SAMPLED = 1

/**
 * Makes a sampler of the specification.
 *
 * @param ratio share of traces that the ratio samplers keep, 0 to 1. @defaultValue 1
 */
export function createTraceSampler(name: SamplerName, ratio = 1): TraceSampler {
  switch (name) {
    case 'always_on':
      return { sample: () => true }
    case 'always_off':
      return { sample: () => false }
    case 'traceidratio':
      return createRatioSampler(ratio)
    case 'parentbased_always_on':
      return createParentSampler(createTraceSampler('always_on'))
    case 'parentbased_always_off':
      return createParentSampler(createTraceSampler('always_off'))
    case 'parentbased_traceidratio':
      return createParentSampler(createRatioSampler(ratio))
  }
}

/** Decides by the trace id alone, so that every service with the same ratio keeps the same traces. */
function createRatioSampler(ratio: number): TraceSampler {
  const bound = ratio >= 1 ? TWO_TO_32 : Math.floor(Math.max(ratio, 0) * (TWO_TO_32 - 1))
  return {
    sample: (_parentFlags, traceId) => {
      let mixed = 0
      for (let i = 0; i < 4; i++) {
        mixed ^=
          typeof traceId === 'string' ? Number.parseInt(traceId.slice(i * 8, i * 8 + 8), 16) : (traceId[i] as number)
      }
      return mixed >>> 0 < bound
    },
  }
}

/** Does what the parent did; asks `root` where there is none. */
function createParentSampler(root: TraceSampler): TraceSampler {
  return {
    sample: (parentFlags, traceId) =>
      parentFlags === undefined ? root.sample(undefined, traceId) : (parentFlags & SAMPLED) === SAMPLED,
  }
}
