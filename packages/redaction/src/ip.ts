// Bounded on both sides and between: linear.
const IPV4 = /(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\w]|\.\d)/g
const IPV6 = /(?<![\w:.])[0-9a-f:]{2,39}(?::\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])/gi

/** Replaces each IP address in a text by what `mask` returns for it. Versions of four numbers look the same. */
export function maskIps(text: string, mask: (address: string) => string): string {
  const masked = text.replace(IPV6, (candidate) => (isIpv6(candidate) ? mask(candidate) : candidate))
  return masked.replace(IPV4, (address) => mask(address))
}

/** The network of an address: its first three bytes, or 48 bits. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return `${address.slice(0, address.lastIndexOf('.'))}.0`
  const [head = ''] = address.split('::', 1)
  return `${head.split(':').slice(0, 3).join(':')}::`
}

function isIpv6(text: string): boolean {
  if (text.indexOf(':') === text.lastIndexOf(':')) return false
  return process.getBuiltinModule('node:net').isIPv6(text)
}
