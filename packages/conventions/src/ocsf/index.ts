export { toOcsf } from './to-ocsf.ts'
export type { OcsfEvent } from './to-ocsf.ts'
export type { OcsfObject } from './parts.ts'
export type { EventRecord } from '../event-record.ts'
