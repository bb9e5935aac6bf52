export { printBenchResults, runBenchProgram, toOurs } from './bench-program.ts'
export type { BenchResult } from './bench-program.ts'
export { createCertificates } from './certificates.ts'
export type { CertificateFiles, Certificates } from './certificates.ts'
export type { Fault, IncomingExport, Protocol, Responder } from './faults.ts'
export { startMongo } from './mongo/mongo.ts'
export type { Mongo } from './mongo/mongo.ts'
export { isFull } from './mode.ts'
export { ABSENT_NODES, END_NODES, NODES, nodesOf } from './nodes.ts'
export type { NodeLabel, TestNode } from './nodes.ts'
export { environmentOf, KEPT_CODE } from './environment.ts'
export { createDatabase } from './own-database.ts'
export type { OwnDatabase } from './own-database.ts'
export { runProgram, startProgram } from './program.ts'
export type { Program, ProgramOptions, ProgramResult } from './program.ts'
export type {
  ReceivedAttributes,
  ReceivedExemplar,
  ReceivedLog,
  ReceivedMetric,
  ReceivedPoint,
  ReceivedRequest,
  ReceivedScope,
  ReceivedSpan,
  ReceivedSpanEvent,
  ReceivedSpanLink,
} from './received.ts'
export type { Signal } from './otlp-schema.ts'
export { startReceiver } from './receiver.ts'
export type { Receiver, ReceiverOptions } from './receiver.ts'
export { services } from './services.ts'
export { canMount, mountSmallDisk } from './small-disk.ts'
export type { SmallDisk } from './small-disk.ts'
export type { Service, ServiceName } from './services.ts'
export { buildTraces, flattenSpans } from './trace-tree.ts'
export type { SpanNode, Trace } from './trace-tree.ts'
export { findPorts } from './free-ports.ts'
export { createGoProgram, goBuild } from './go-program.ts'
export type { GoProgram, GoProgramOptions } from './go-program.ts'
export { promtool, PROMTOOL_BUILD_MILLIS } from './promtool.ts'
export { waitFor } from './wait-for.ts'
export type { WaitOptions } from './wait-for.ts'
export { startStripe } from './stripe/stripe-server.ts'
export type { SignedWebhook, StripeOptions, StripeStandIn } from './stripe/stripe-server.ts'
export type { StripeRequest } from './stripe/api.ts'
export type { Sabotage } from './stripe/sabotage.ts'
export type { WebhookDelivery } from './stripe/webhook-delivery.ts'
export { stripeMock } from './stripe/stripe-mock.ts'
export type { StripeMock } from './stripe/stripe-mock.ts'
