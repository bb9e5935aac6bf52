/** Classes of telemetry: each record has one in `plutus.data.class`, and it decides what may be dropped and how long it stays. */
export const DATA_CLASSES = ['application', 'performance', 'payment', 'security', 'audit'] as const

/** One of `DATA_CLASSES`. */
export type DataClass = (typeof DATA_CLASSES)[number]

/** Classes whose records are on disk before the call that records them returns. */
export const DURABLE_CLASSES = ['payment', 'security', 'audit'] as const satisfies readonly DataClass[]

/** How records of a class are treated from the process to the archive. */
export interface ClassRule {
  /** What samplers must keep: everything, or records from severity WARN on with the rest by ratio and load. */
  readonly keep: 'all' | 'warn-and-above'
  /** Whether records survive a kill of the process: written to the spool at emit. */
  readonly durable: boolean
  /** Days for which a backend can search the records. */
  readonly searchableDays: number
  /** Days for which the records stay in the archive, counted from their creation; 0 means no archive. */
  readonly archiveDays: number
}
