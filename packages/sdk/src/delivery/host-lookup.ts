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

/** Variables that tell the resolver of the system otherwise than its files do (resolv.conf(5)). */
export interface ResolverVariables {
  readonly LOCALDOMAIN?: string | undefined
  readonly RES_OPTIONS?: string | undefined
}

/** What a lookup may be told. */
export interface HostLookupOptions {
  /** @defaultValue none is set */
  readonly variables?: ResolverVariables | undefined
  /** Name servers with their ports, for tests. @defaultValue those of the system */
  readonly servers?: readonly string[]
  /**
   * Milliseconds that each name server has, try by try. With one kind of addresses known, the other has the first.
   * @defaultValue 1000, then 5000
   */
  readonly patience?: readonly number[]
}

// Name servers on the spot answer in a few milliseconds; where one is dead the next is asked soon. Those that take
// seconds are heard at the second try, as the system would hear them. c-ares adds up to a second to each.
const PATIENCE: readonly number[] = [1000, 5000]
// What name servers and files do not know, nobody knows where the system asks these alone.
const PLAIN_SOURCES: ReadonlySet<string> = new Set(['files', 'dns'])
const SILENT = new Set(['ETIMEOUT', 'ECANCELLED'])
const UNKNOWN = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * Creates a lookup that leaves the system alone where name servers can tell.
 *
 * The system's own lookup runs on a thread that cannot be interrupted: while a name server is silent, or one packet is
 * lost, it holds the end of the process, even that by `process.exit`, for many seconds. Questions of our own can be given
 * up. The system is asked on other systems than Linux, for names that need no server, and for those that name servers do
 * not know where it has further sources.
 */
export function createHostLookup(options: HostLookupOptions = {}): HostLookup {
  const { variables = {}, servers, patience = PATIENCE } = options
  const asking = new Set<Question>()
  /** Asks for one kind of addresses, by a resolver of its own: of two questions from one port a router may lose one. */
  const resolve = (name: string, family: 4 | 6): Question => {
    const { Resolver } = loadBuiltin('node:dns')
    const { promise, resolve: settle } = Promise.withResolvers<Found>()
    let resolver: InstanceType<typeof Resolver> | undefined
    let isGivenUp = false
    const ask = (tries: number): void => {
      const next = new Resolver({ timeout: patience[tries] ?? 0, tries: 1 })
      resolver = next
      if (servers !== undefined) next.setServers(servers)
      const hear = (error: NodeJS.ErrnoException | null, addresses: readonly string[] = []): void => {
        // What has run out of time, and is not told yet, cannot be cancelled any more.
        if (error?.code === 'ETIMEOUT' && !isGivenUp && tries + 1 < patience.length) return ask(tries + 1)
        asking.delete(question)
        settle({ code: error?.code, addresses: addresses.map((address) => ({ address, family })) })
      }
      if (family === 4) next.resolve4(name, hear)
      else next.resolve6(name, hear)
    }
    const cancel = (): void => {
      isGivenUp = true
      resolver?.cancel()
    }
    const question = { answer: promise, cancel }
    asking.add(question)
    ask(0)
    return question
  }
  const resolveAll = async (name: string, families: readonly (4 | 6)[]): Promise<readonly Found[]> => {
    const questions = families.map((family) => resolve(name, family))
    const giveUp = (): void => questions.forEach(({ cancel }) => cancel())
    let timer: NodeJS.Timeout | undefined
    const answers = questions.map(async ({ answer }) => {
      const found = await answer
      // Firewalls drop questions of one kind: who has an address does not wait as long for the other.
      if (found.addresses.length > 0) timer ??= setTimeout(giveUp, patience[0]).unref()
      return found
    })
    try {
      return await Promise.all(answers)
    } finally {
      clearTimeout(timer)
    }
  }
  const ask = async (host: string, families: readonly (4 | 6)[]): Promise<Found> => {
    const resolvConf = readText('/etc/resolv.conf')
    const isFourthOnly = optionsOf(resolvConf, variables).includes('no-aaaa')
    const asked = isFourthOnly ? families.filter((family) => family === 4) : families
    for (const name of questionsFor(host, resolvConf, loadBuiltin('node:os').hostname(), variables)) {
      const answers = await resolveAll(name, asked)
      const addresses = answers.flatMap((answer) => answer.addresses)
      if (addresses.length > 0) return { code: undefined, addresses }
      const other = answers.find(({ code }) => !UNKNOWN.has(code ?? ''))
      if (other !== undefined) return other
    }
    return { code: 'ENOTFOUND', addresses: [] }
  }
  const find = async (host: string, options: LookupOptions, callback: LookupCallback): Promise<void> => {
    const { code = '', addresses: found } = await ask(host, familiesOf(options))
    const addresses = await inOrder(found, options)
    const [first] = addresses
    if (first !== undefined) {
      if (options.all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    } else if (SILENT.has(code)) callback(failure('No name server answers', 'EAI_AGAIN'), [])
    else if (UNKNOWN.has(code) && hasPlainSources(readText('/etc/nsswitch.conf'))) {
      callback(failure(`No name server knows ${host}`, 'ENOTFOUND'), [])
    } else loadBuiltin('node:dns').lookup(host, options, callback)
  }
  return {
    lookup: (host, options, callback) => {
      const dns = loadBuiltin('node:dns')
      if ((process.platform !== 'linux' && servers === undefined) || isKnown(host) || isReplaced(dns.lookup)) {
        dns.lookup(host, options, callback)
      } else find(host, options, callback).catch(() => callback(failure('The lookup failed', 'EAI_FAIL'), []))
    },
    isAsking: () => asking.size > 0,
    cancel: () => asking.forEach((question) => question.cancel()),
  }
}

interface Question {
  readonly answer: Promise<Found>
  readonly cancel: () => void
}

interface Found {
  readonly code: string | undefined
  readonly addresses: readonly LookupAddress[]
}

/** Whether the application has put a lookup of its own in the place of Node's, which alone has this mark. */
function isReplaced(lookup: object): boolean {
  return !Object.getOwnPropertySymbols(lookup).some(({ description }) => description === 'customPromisifyArgs')
}

function failure(message: string, code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code })
}

function familiesOf({ family }: LookupOptions): readonly (4 | 6)[] {
  if (family === 4 || family === 'IPv4') return [4]
  return family === 6 || family === 'IPv6' ? [6] : [4, 6]
}

/**
 * Addresses in the order that the caller or the process has chosen. Where neither has, the fourth version is first:
 * where the sixth leads nowhere that is not told at once. Who gets one address only gets the one that the system prefers.
 */
async function inOrder(found: readonly LookupAddress[], options: LookupOptions): Promise<readonly LookupAddress[]> {
  const { all, verbatim, order = verbatim === false ? 'ipv4first' : undefined } = options
  const chosen = order ?? (verbatim === true ? 'verbatim' : loadBuiltin('node:dns').getDefaultResultOrder())
  const fourth = found.filter(({ family }) => family === 4)
  const sixth = found.filter(({ family }) => family === 6)
  const isSixthFirst =
    chosen === 'ipv6first' || (chosen === 'verbatim' && all !== true && (await prefersSixth(fourth[0], sixth[0])))
  return isSixthFirst ? [...sixth, ...fourth] : [...fourth, ...sixth]
}

/** Whether the system prefers the second of these, by its ways to both (RFC 6724, 6: rules 1, 2, 5 and 6). */
async function prefersSixth(fourth: LookupAddress | undefined, sixth: LookupAddress | undefined): Promise<boolean> {
  if (fourth === undefined || sixth === undefined) return false
  const [own4, own6] = await Promise.all([ownAddressTo(fourth), ownAddressTo(sixth)])
  if (own4 === undefined || own6 === undefined) return own6 !== undefined
  return scopeOf(own6) === scopeOf(sixth.address)
}

/** The address of this machine from which there is a way to another; nothing is sent. */
async function ownAddressTo({ address, family }: LookupAddress): Promise<string | undefined> {
  const socket = loadBuiltin('node:dgram').createSocket({
    type: family === 6 ? 'udp6' : 'udp4',
    lookup: (host, _options, callback) => callback(null, host, family),
  })
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  socket.on('error', () => resolve(undefined))
  socket.on('connect', () => resolve(socket.address().address))
  try {
    socket.connect(9, address)
    return await promise
  } finally {
    socket.close()
  }
}

/** Of the link, of a site, or of the whole net: from one there is no way to another, whatever routes say. */
function scopeOf(address: string): 'link' | 'site' | 'net' {
  if (/^fe[89ab]/i.test(address)) return 'link'
  return /^f[cd]/i.test(address) ? 'site' : 'net'
}

/**
 * Whether the system looks names up in files and asks name servers, and no more (nsswitch.conf(5)).
 *
 * @example hasPlainSources('hosts: files mdns4_minimal [NOTFOUND=return] dns') // false
 */
export function hasPlainSources(nsswitchConf: string): boolean {
  // Each character can match in one way only.
  const sources = /^[ \t]*hosts:([^\n#]*)/m.exec(nsswitchConf)?.[1]?.match(/\[[^\]]*\]|[^\s[]+/g) ?? []
  return sources.every((source) => source.startsWith('[') || PLAIN_SOURCES.has(source))
}

/** Addresses, and names that the system answers without a name server. */
function isKnown(host: string): boolean {
  const name = host.toLowerCase()
  if (name === 'localhost' || loadBuiltin('node:net').isIP(name) !== 0) return true
  return (
    isInHosts(name, readText('/etc/hosts')) ||
    (isOfNeighbours(name) && !hasPlainSources(readText('/etc/nsswitch.conf')))
  )
}

/** Names of this machine and of its network, for which mdns, resolve and myhostname (nsswitch.conf(5)) stand. */
function isOfNeighbours(name: string): boolean {
  return (
    /^[^.]+\.local$/.test(name) ||
    name.endsWith('.localhost') ||
    name === loadBuiltin('node:os').hostname().toLowerCase()
  )
}

/**
 * Whether hosts(5) has an address for a name in lower case.
 *
 * @example isInHosts('collector', '10.0.0.7 Collector # ours') // true
 */
export function isInHosts(name: string, hosts: string): boolean {
  const text = hosts.toLowerCase()
  if (!text.includes(name)) return false // some have a hundred thousand lines
  return text.split('\n').some((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(name))
}

/**
 * The names that the system asks for, one after the other, by `search` and `ndots` (resolv.conf(5)).
 *
 * @param hostname of this machine, whose domain is searched where none is named.
 * @param variables that stand above the file.
 * @example questionsFor('collector.shop', 'search a.local\noptions ndots:5', 'web') // ['collector.shop.a.local', 'collector.shop']
 */
export function questionsFor(
  host: string,
  resolvConf: string,
  hostname: string,
  variables: ResolverVariables = {},
): readonly string[] {
  if (host.endsWith('.')) return [host.slice(0, -1)]
  const lines = (keyword: string): string[][] => linesOf(resolvConf, keyword)
  // The last line wins.
  const search = variables.LOCALDOMAIN?.split(/\s+/) ??
    lines('search').at(-1) ??
    lines('domain').at(-1)?.slice(0, 1) ?? [/\.(.+)/.exec(hostname)?.[1] ?? '.']
  // The root, `.`, stands for no domain at all.
  const names = search.flatMap((domain) => (domain === '.' || domain === '' ? [] : `${host}.${domain}`))
  const option = optionsOf(resolvConf, variables).findLast((word) => word.startsWith('ndots:'))
  const ndots = Math.min(Number(option?.slice('ndots:'.length) ?? 1) || 0, 15)
  return host.split('.').length - 1 < ndots ? [...names, host] : [host, ...names]
}

/** Options of the resolver: those of all lines add up, and of two of a kind the last wins. */
function optionsOf(resolvConf: string, { RES_OPTIONS = '' }: ResolverVariables): readonly string[] {
  return [...linesOf(resolvConf, 'options').flat(), ...RES_OPTIONS.split(/\s+/)]
}

/** The words of each line of a kind. */
function linesOf(resolvConf: string, keyword: string): string[][] {
  return resolvConf.split('\n').flatMap((text) => {
    const [first, ...words] = text.trim().split(/\s+/)
    return first === keyword ? [words] : []
  })
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
