import { deserialize, serialize } from 'bson'
import type { Document } from 'bson'

// The two shapes of MongoDB's wire protocol that drivers of version 4 and later use: OP_QUERY for the first hello, and
// OP_MSG for everything after. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/

/** One command as it came. */
export interface WireRequest {
  readonly requestId: number
  readonly isQuery: boolean
  readonly command: Document
  /** False if the sender does not wait for an answer. */
  readonly wantsReply: boolean
}

const OP_REPLY = 1
const OP_QUERY = 2004
const OP_MSG = 2013
const HEADER_BYTES = 16
const MORE_TO_COME = 2

/** Takes the whole messages off the front of `bytes`; `rest` is the beginning of the next. */
export function readMessages(bytes: Buffer): { readonly requests: WireRequest[]; readonly rest: Buffer } {
  const requests: WireRequest[] = []
  let at = 0
  while (bytes.length - at >= HEADER_BYTES) {
    const length = bytes.readInt32LE(at)
    if (bytes.length - at < length) break
    requests.push(readMessage(bytes.subarray(at, at + length)))
    at += length
  }
  return { requests, rest: bytes.subarray(at) }
}

function readMessage(message: Buffer): WireRequest {
  const requestId = message.readInt32LE(4)
  const opCode = message.readInt32LE(12)
  if (opCode === OP_QUERY) {
    const nameEnd = message.indexOf(0, HEADER_BYTES + 4)
    return { requestId, isQuery: true, command: readDocument(message, nameEnd + 1 + 8), wantsReply: true }
  }
  if (opCode !== OP_MSG) throw new Error(`opcode ${opCode} is not spoken here`)
  const flags = message.readUInt32LE(HEADER_BYTES)
  return {
    requestId,
    isQuery: false,
    command: readSections(message.subarray(HEADER_BYTES + 4)),
    wantsReply: (flags & MORE_TO_COME) === 0,
  }
}

/** One document, and lists of documents that belong into it under a name. */
function readSections(sections: Buffer): Document {
  let command: Document = {}
  const lists: Document = {}
  for (let at = 0; at < sections.length;) {
    const kind = sections[at]
    const size = sections.readInt32LE(at + 1)
    if (kind === 0) {
      command = readDocument(sections, at + 1)
    } else {
      const nameEnd = sections.indexOf(0, at + 5)
      const documents: Document[] = []
      for (let next = nameEnd + 1; next < at + 1 + size;) {
        documents.push(readDocument(sections, next))
        next += sections.readInt32LE(next)
      }
      lists[sections.toString('utf8', at + 5, nameEnd)] = documents
    }
    at += 1 + size
  }
  return { ...command, ...lists }
}

function readDocument(bytes: Buffer, at: number): Document {
  return deserialize(bytes.subarray(at, at + bytes.readInt32LE(at)))
}

/** The bytes of the answer to a request. */
export function writeReply(request: WireRequest, reply: Document): Buffer {
  const document = serialize(reply)
  const head = request.isQuery ? replyHead() : Buffer.alloc(5) // no flags, one section of kind 0
  const header = Buffer.alloc(HEADER_BYTES)
  header.writeInt32LE(HEADER_BYTES + head.length + document.length, 0)
  header.writeInt32LE(request.requestId, 8)
  header.writeInt32LE(request.isQuery ? OP_REPLY : OP_MSG, 12)
  return Buffer.concat([header, head, document])
}

/** Flags, cursor, starting from, and the number of documents: one. */
function replyHead(): Buffer {
  const head = Buffer.alloc(20)
  head.writeInt32LE(8, 0) // the server can await
  head.writeInt32LE(1, 16)
  return head
}
