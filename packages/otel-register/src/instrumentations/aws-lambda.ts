import type { Instrumentation } from '@opentelemetry/instrumentation'
import { AwsLambdaInstrumentation } from '@opentelemetry/instrumentation-aws-lambda'

export const create = (): Instrumentation => new AwsLambdaInstrumentation()
