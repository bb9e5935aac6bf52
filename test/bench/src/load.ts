import net from 'node:net'

/** What a stretch of load saw. */
export interface LoadResult {
  readonly requests: number
  readonly seconds: number
  /** Milliseconds that 50 and 99 of 100 answers took. */
  readonly p50Millis: number
  readonly p99Millis: number
}

/** How to load a server. */
export interface LoadOptions {
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly seconds: number
  /** Requests a second over all connections; as many as it takes without it. */
  readonly rate?: number
}

/** Sends requests on keep-alive connections, the next one on each when the answer is there, and measures the answers. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const times: number[] = []
  const start = performance.now()
  const until = start + options.seconds * 1000
  await Promise.all(Array.from({ length: options.connections }, () => runConnection(options, { times, until })))
  const seconds = (performance.now() - start) / 1000
  times.sort((a, b) => a - b)
  const at = (share: number): number =>
    times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? Number.NaN
  return { requests: times.length, seconds, p50Millis: at(0.5), p99Millis: at(0.99) }
}

function runConnection(
  { port, path, rate, connections }: LoadOptions,
  { times, until }: { readonly times: number[]; readonly until: number },
): Promise<void> {
  const request = `GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`
  const gap = rate === undefined ? 0 : (1000 * connections) / rate
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    let sentAt = 0
    let due = performance.now()
    let text = ''
    const send = (): void => {
      if (performance.now() >= until) {
        socket.end()
        return
      }
      sentAt = performance.now()
      socket.write(request)
    }
    socket.setNoDelay(true)
    socket.on('connect', send)
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!isWhole(text)) return
      text = ''
      const now = performance.now()
      // From when it was due, not from when it could be sent: a slow server must not hide behind its own slowness.
      times.push(now - (gap === 0 ? sentAt : Math.min(sentAt, due)))
      due += gap
      if (gap === 0 || due <= now) send()
      else setTimeout(send, due - now)
    })
  })
}

/** Whether a whole answer has arrived: its head, and as many bytes as that says. */
function isWhole(text: string): boolean {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1]
  return length === undefined ? text.endsWith('0\r\n\r\n') : text.length >= end + 4 + Number(length)
}
