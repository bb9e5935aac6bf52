export { startUpstream } from './start-upstream.ts'
