export { readProcessPolicy } from '../process-policy.ts'
