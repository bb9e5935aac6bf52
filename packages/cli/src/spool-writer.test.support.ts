import { ByteBuffer, createEncoder } from '@plutus/otlp'
import { Spool } from '@plutus/sdk'

// Fills a spool as a service would that cannot send, and is killed: `node spool-writer.test.support.ts ROOT [KEY]`.

const [root = '', key] = process.argv.slice(2)
const encoder = createEncoder()
const resource = encoder.encodeResource({ attributes: { 'service.name': 'shop' } })
const scope = encoder.encodeScope({ name: 'checkout' })
const spool = new Spool({
  root,
  maxBytes: 64 * 1024 * 1024,
  maxAgeMillis: 86_400_000,
  sync: 'none',
  resource: () => resource,
  isThread: false,
  send: (_batch, onSettled) => onSettled([]),
  isBusy: () => true,
  warn: (line) => void process.stderr.write(`${line}\n`),
  ...(key !== undefined && { keys: [Buffer.from(key, 'hex')] }),
})

const record = (dataClass: string, eventName: string, attributes: Record<string, unknown>): void => {
  const out = new ByteBuffer(4096)
  const time = Date.UTC(2026, 0, 2)
  const all = { ...attributes, 'plutus.data.class': dataClass, 'log.record.uid': `uid-${eventName}` }
  encoder.encodeLogRecord(out, { time, eventName, severityNumber: 9, attributes: all })
  spool.append(scope, out.bytes, 0, out.position)
}

for (let i = 0; i < 3; i++) record('payment', 'payment.succeeded', { 'payment.amount': 4200 + i })
record('audit', 'audit.access', { note: 'a\u001B[31m\u202E', password: ['hun', 'ter2'].join('') })

const out = new ByteBuffer(4096)
const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
encoder.encodeSpan(out, {
  name: 'GET /',
  ...ids,
  flags: 1,
  kind: 1,
  startTime: Date.UTC(2026, 0, 2),
  endTime: Date.UTC(2026, 0, 2),
})
const bytes = Uint8Array.from(out.written())
const runs = Uint32Array.of(0, 0, bytes.length)
spool.keep({ signal: 'traces', isDurable: false, bytes, scopes: [scope], runs, records: 1 })

process.kill(process.pid, 'SIGKILL')
