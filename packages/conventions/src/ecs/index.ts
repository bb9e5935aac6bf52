export { toEcs } from './to-ecs.ts'
export type { EcsDocument } from './to-ecs.ts'
export type { EventRecord } from '../event-record.ts'
