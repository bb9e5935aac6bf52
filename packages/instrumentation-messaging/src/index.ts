export { keepCallerObjects } from './caller-objects.ts'
export { createNatsInstrumentation } from './nats.ts'
export type { NatsInstrumentation } from './nats.ts'
