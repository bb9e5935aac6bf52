import type { LookupAddress, LookupOptions } from 'node:dns'
import { readFileSync } from 'node:fs'
import { loadBuiltin } from './builtins.ts'

type LookupCallback = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

/** Finds the addresses of endpoints, for the `lookup` option of a socket. */
export interface HostLookup {
  readonly lookup: (host: string, options: LookupOptions, callback: LookupCallback) => void
  /** Whether a question is out that holds the process. */
  readonly isAsking: () => boolean
  /** Gives up what is asked; the callbacks get an error. */
  readonly cancel: () => void
}

// Name servers on the spot answer in a few milliseconds. c-ares adds about a third to this.
const ANSWER_MILLIS = 1000

/**
 * Creates a lookup that asks the system only when a name server answers at all.
 *
 * The system's own lookup runs on a thread that cannot be interrupted: while a name server is silent, it holds the end
 * of the process, even that by `process.exit`, for many seconds. So a question that can be given up goes first; what
 * it is answered does not matter. Other systems than Linux and names that need no server go to the system at once.
 *
 * @param servers asked instead of those of the system, for tests.
 */
export function createHostLookup(servers?: readonly string[]): HostLookup {
  const asking = new Set<() => void>()
  return {
    lookup: (host, options, callback) => {
      const dns = loadBuiltin('node:dns')
      const ask = (): void => dns.lookup(host, options, callback)
      if ((process.platform !== 'linux' && servers === undefined) || isKnown(host)) {
        ask()
        return
      }
      const resolver = new dns.Resolver({ timeout: ANSWER_MILLIS, tries: 1 })
      if (servers !== undefined) resolver.setServers(servers)
      const cancel = (): void => resolver.cancel()
      asking.add(cancel)
      resolver.resolve4(firstQuestion(host, readText('/etc/resolv.conf')), (error) => {
        asking.delete(cancel)
        const silent = error?.code === 'ETIMEOUT' || error?.code === 'ECANCELLED'
        if (silent) callback(Object.assign(new Error('No name server answers'), { code: 'EAI_AGAIN' }), [])
        else ask()
      })
    },
    isAsking: () => asking.size > 0,
    cancel: () => asking.forEach((cancel) => cancel()),
  }
}

/** Addresses, and names that a file answers. */
function isKnown(host: string): boolean {
  if (host === 'localhost' || loadBuiltin('node:net').isIP(host) !== 0) return true
  return readText('/etc/hosts')
    .split('\n')
    .some((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(host))
}

/**
 * The name that the system asks for first, by `search` and `ndots` (resolv.conf(5)): in a cluster a server near by
 * answers that one, while the bare name may have to travel.
 *
 * @example firstQuestion('collector.shop', 'search a.local b.local\noptions ndots:5') // 'collector.shop.a.local'
 */
export function firstQuestion(host: string, resolvConf: string): string {
  if (host.endsWith('.')) return host.slice(0, -1)
  const words = (keyword: string): string[] => {
    // The last line of a kind wins.
    const line = resolvConf.split('\n').findLast((text) => text.trim().split(/\s+/)[0] === keyword)
    return line?.trim().split(/\s+/).slice(1) ?? []
  }
  const [domain] = [...words('search'), ...words('domain')]
  const option = words('options').find((word) => word.startsWith('ndots:'))
  const ndots = Math.min(Number(option?.slice('ndots:'.length) ?? 1) || 0, 15)
  return domain !== undefined && host.split('.').length - 1 < ndots ? `${host}.${domain}` : host
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
