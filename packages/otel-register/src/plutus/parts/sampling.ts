export { createSampling } from '../sampling.ts'
