export { startUpstream } from '../../upstream/index.ts'
