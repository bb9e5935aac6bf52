export { observeDatabase } from './observe-database.ts'
export type { ObserveDatabaseOptions } from './observe-database.ts'
export type { DatabaseOperation, OperationListener } from './report.ts'
export type { DatabaseInstrumentation } from './upstream.ts'
