export { createWorks } from '../works.ts'
