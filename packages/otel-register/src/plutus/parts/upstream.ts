export { findFileProblem, startUpstream } from '../../upstream/index.ts'
