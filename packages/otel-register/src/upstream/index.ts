export { findFileProblem, startUpstream } from './start-upstream.ts'
