import type { Instrumentation } from '@opentelemetry/instrumentation'
import { CucumberInstrumentation } from '@opentelemetry/instrumentation-cucumber'

export const create = (): Instrumentation => new CucumberInstrumentation()
