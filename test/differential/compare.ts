import { isDeepStrictEqual } from 'node:util'
import type { Fields } from './canonical-records.ts'

/** One place in which the engines differ; `undefined` is nothing there. */
export interface Difference {
  /** The record, as `canonicalRecords` names it. */
  readonly record: string
  /** Its field; `record` if the other engine has no such record. */
  readonly field: string
  readonly own: unknown
  readonly upstream: unknown
}

/** Lists what differs between the records of two runs. */
export function listDifferences(own: ReadonlyMap<string, Fields>, upstream: ReadonlyMap<string, Fields>): Difference[] {
  return [...new Set([...own.keys(), ...upstream.keys()])].flatMap((record) => {
    const [mine, theirs] = [own.get(record), upstream.get(record)]
    if (mine === undefined || theirs === undefined) return [{ record, field: 'record', own: mine, upstream: theirs }]
    return [...new Set([...Object.keys(mine), ...Object.keys(theirs)])]
      .filter((field) => !isDeepStrictEqual(mine[field], theirs[field]))
      .map((field) => ({ record, field, own: mine[field], upstream: theirs[field] }))
  })
}
