import type { Outcome } from '../delivery/losses.ts'

/** What outcomes mean for records that are on disk. */
export interface Verdict {
  /** Whether nothing of them has to be sent again. */
  readonly isSettled: boolean
  /** What the endpoint took, or refused in a partial success: what is to be counted now. */
  readonly counted: readonly Outcome[]
  /** Which records, by their number in the batch, the endpoint refuses for good. */
  readonly refused: readonly (readonly [from: number, to: number])[]
}

/** Judges what became of a batch; outcomes stand in the order of its records. */
export function judge(outcomes: readonly Outcome[]): Verdict {
  const refused: [number, number][] = []
  const counted: Outcome[] = []
  let isSettled = outcomes.length > 0
  let at = 0
  for (const outcome of outcomes) {
    const { reason, count, isForGood } = outcome
    if (isForGood === true) refused.push([at, at + count])
    else if (reason === undefined || reason === 'rejected' || reason === 'not_encoded') counted.push(outcome)
    else isSettled = false
    at += count
  }
  return { isSettled, counted, refused: isSettled ? refused : [] }
}
