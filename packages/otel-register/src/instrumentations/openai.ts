import type { Instrumentation } from '@opentelemetry/instrumentation'
import { OpenAIInstrumentation } from '@opentelemetry/instrumentation-openai'

export const create = (): Instrumentation => new OpenAIInstrumentation()
