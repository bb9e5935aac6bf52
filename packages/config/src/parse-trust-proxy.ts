/** Whose word about the client's address is believed. */
export type TrustProxy =
  | { readonly kind: 'none' }
  /** The last `hops` entries of the forwarding header were written by proxies of one's own. */
  | { readonly kind: 'hops'; readonly hops: number }
  /** Proxies with an address in one of these networks are believed. */
  | { readonly kind: 'networks'; readonly networks: readonly Network[] }

/** A network, in the form that `BlockList.addSubnet` of `node:net` takes. */
export interface Network {
  /** Any address of the network. */
  readonly address: string
  /** Length of the network part in bits, 0 to 32 or 0 to 128. */
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

const MAX_HOPS = 32
const DECIMAL = /^\d{1,3}$/
const IPV6_CHARACTERS = /^[\da-f:.]{2,45}$/i

const NAMED_NETWORKS = new Map<string, readonly Network[]>([
  [
    'loopback',
    [
      { address: '127.0.0.0', prefix: 8, family: 'ipv4' },
      { address: '::1', prefix: 128, family: 'ipv6' },
    ],
  ],
  [
    'linklocal',
    [
      { address: '169.254.0.0', prefix: 16, family: 'ipv4' },
      { address: 'fe80::', prefix: 10, family: 'ipv6' },
    ],
  ],
  [
    'uniquelocal',
    [
      { address: '10.0.0.0', prefix: 8, family: 'ipv4' },
      { address: '172.16.0.0', prefix: 12, family: 'ipv4' },
      { address: '192.168.0.0', prefix: 16, family: 'ipv4' },
      { address: 'fc00::', prefix: 7, family: 'ipv6' },
    ],
  ],
])

/** Reads `none`, a hop count from 0 to 32 or a comma-separated list of networks; `undefined` if any part is neither. */
export function parseTrustProxy(text: string): TrustProxy | undefined {
  if (DECIMAL.test(text)) {
    const hops = Number(text)
    if (hops > MAX_HOPS) return undefined
    return hops === 0 ? { kind: 'none' } : { kind: 'hops', hops }
  }
  if (text.toLowerCase() === 'none') return { kind: 'none' }
  const networks: Network[] = []
  for (const part of text.split(',')) {
    const word = part.trim()
    if (word === '') continue
    const found = NAMED_NETWORKS.get(word.toLowerCase()) ?? parseNetwork(word)
    // A list that is only partly believed would report wrong client addresses in silence.
    if (found === undefined) return undefined
    networks.push(...found)
  }
  return networks.length === 0 ? undefined : { kind: 'networks', networks }
}

function parseNetwork(text: string): readonly Network[] | undefined {
  const slash = text.indexOf('/')
  const address = slash === -1 ? text : text.slice(0, slash)
  const family = familyOf(address)
  if (family === undefined) return undefined
  const bits = family === 'ipv4' ? 32 : 128
  if (slash === -1) return [{ address, prefix: bits, family }]
  const suffix = text.slice(slash + 1)
  return DECIMAL.test(suffix) && Number(suffix) <= bits ? [{ address, prefix: Number(suffix), family }] : undefined
}

// `node:net` knows this too, but loading it would cost every start more than this whole package.
function familyOf(address: string): Network['family'] | undefined {
  const octets = address.split('.')
  if (octets.length === 4 && octets.every((octet) => DECIMAL.test(octet) && isOctet(octet))) return 'ipv4'
  return isIpv6(address) ? 'ipv6' : undefined
}

/** Whether a text is an IPv6 address without brackets and zone. */
export function isIpv6(text: string): boolean {
  return IPV6_CHARACTERS.test(text) && URL.canParse(`http://[${text}]/`)
}

// A leading zero means octal to some readers and decimal to others.
function isOctet(text: string): boolean {
  return Number(text) <= 255 && (text.length === 1 || !text.startsWith('0'))
}
