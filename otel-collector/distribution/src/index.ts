export { collectorBinary } from './build-collector.ts'
export type { CollectorBinary } from './build-collector.ts'
