// What `@grpc/grpc-js` calls itself, after what the application does.
const CLIENT = 'grpc-node-js/'
let isServed = false

/**
 * Leaves inbound streams of gRPC (`content-type: application/grpc`) to the instrumentation of `@grpc/grpc-js`, which
 * makes their spans, from now on. Before, they are requests like all others: there may be another server of gRPC.
 */
export function leaveGrpc(): void {
  isServed = true
}

/** Whether an inbound stream belongs to the instrumentation of `@grpc/grpc-js`. */
export function isGrpcServed(contentType: unknown): boolean {
  return isServed && typeof contentType === 'string' && contentType.startsWith('application/grpc')
}

/** Whether a request is made by `@grpc/grpc-js`: its calls have spans of their own, or none because they are exports. */
export function isGrpcClient(userAgent: string | undefined): boolean {
  return userAgent?.includes(CLIENT) === true
}
