import type { ProcessLoad } from './process-load.ts'

interface Step {
  /** Load from which it holds. */
  readonly from: number
  /** Part of the rate that is left. */
  readonly factor: number
}

// A rate of 10 % becomes 5 % and 1 %.
const STEPS: readonly Step[] = [
  { from: 0, factor: 1 },
  { from: 0.6, factor: 0.5 },
  { from: 0.8, factor: 0.1 },
]
// Weight of the newest reading: one busy second alone is no load.
const WEIGHT = 0.5
// How far, and for how many readings in a row, the load has to be below a step before that ends.
const MARGIN = 0.1
const CALM_READINGS = 10

/**
 * Lowers a rate while a process is under load: to a half from 60 %, to a tenth from 80 %, at once; and back, step by
 * step, when the load has been 10 percentage points lower for ten readings each.
 */
export class AdaptiveRate {
  readonly #rate: number
  #smoothed: number | undefined
  #step = 0
  #calm = 0

  /** @param rate the one without load, 0 to 1. */
  constructor(rate: number) {
    this.#rate = rate
  }

  /** Takes the load since the last call, one call a second, and returns the rate that holds from now on. */
  adapt({ eventLoop, cpu }: ProcessLoad): number {
    const load = Math.max(toShare(eventLoop), toShare(cpu))
    this.#smoothed = this.#smoothed === undefined ? load : this.#smoothed + WEIGHT * (load - this.#smoothed)
    const smoothed = this.#smoothed
    const wanted = STEPS.findLastIndex(({ from }) => smoothed >= from)
    if (wanted > this.#step) {
      this.#step = wanted
      this.#calm = 0
    } else if (this.#step > 0) {
      this.#calm = smoothed < (STEPS[this.#step] as Step).from - MARGIN ? this.#calm + 1 : 0
      if (this.#calm === CALM_READINGS) {
        this.#step--
        this.#calm = 0
      }
    }
    return this.#rate * (STEPS[this.#step] as Step).factor
  }
}

/** What cannot be read counts as no load. */
function toShare(value: number): number {
  return Number.isFinite(value) ? Math.min(Math.max(value, 0), 1) : 0
}
