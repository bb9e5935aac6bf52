export { inspectJournal } from './inspect-journal.ts'
export type { InspectedFrame, InspectedSegment, InspectionOptions, JournalInspection } from './inspect-journal.ts'
export { openJournal, openJournalInSteps } from './open-journal.ts'
export { NODE_FILES } from './journal-files.ts'
export type { JournalFiles } from './journal-files.ts'
export { makeFolder } from './make-folder.ts'
export { parseJournalKeys } from './journal-keys.ts'
export type {
  Discarded,
  Journal,
  JournalClock,
  JournalFrame,
  JournalOptions,
  JournalSegment,
  Position,
  Quarantined,
  SyncPolicy,
} from './journal.ts'
