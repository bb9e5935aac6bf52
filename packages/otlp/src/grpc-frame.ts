const HEADER_BYTES = 5

/** Puts a gRPC message header before a message: whether it is compressed, and its length. */
export function frameGrpcMessage(message: Uint8Array, compressed = false): Uint8Array {
  const frame = Buffer.allocUnsafeSlow(HEADER_BYTES + message.length)
  frame[0] = compressed ? 1 : 0
  frame.writeUInt32BE(message.length, 1)
  frame.set(message, HEADER_BYTES)
  return frame
}

/** Takes the one message out of a gRPC body; undefined if the body is not exactly one whole message. */
export function unframeGrpcMessage(
  body: Uint8Array,
): { readonly message: Uint8Array; readonly compressed: boolean } | undefined {
  if (body.length < HEADER_BYTES || (body[0] as number) > 1) return undefined
  const length = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(1)
  if (length !== body.length - HEADER_BYTES) return undefined
  return { message: body.subarray(HEADER_BYTES), compressed: body[0] === 1 }
}
