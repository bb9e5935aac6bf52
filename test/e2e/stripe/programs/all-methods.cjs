const { Agent } = require('node:http')
const { connect } = require('node:net')

const { STRIPE_PORT: port, STRIPE_KEY: key, LIBRARIES, METHODS } = process.env
const wanted = METHODS === undefined ? undefined : new RegExp(METHODS)
const ID = 'obj_1PlutusNotATemplate'
const MOST_IDS = 4

// Some methods have a host of their own, which nobody here wants to meet.
const httpAgent = new Agent({ keepAlive: true })
httpAgent.createConnection = () => connect(Number(port), '127.0.0.1')

/** Calls the methods of every resource with as many ids as they take, and prints what was called and what was answered. */
async function main() {
  const called = new Set()
  let answered = 0
  let refused = 0
  for (const library of LIBRARIES.split(' ')) {
    const Stripe = require(library)
    const stripe = new Stripe(key, {
      host: '127.0.0.1',
      port,
      protocol: 'http',
      httpAgent,
      maxNetworkRetries: 0,
      telemetry: false,
    })
    const requests = []
    stripe.on('request', ({ path }) => requests.push(path))
    for (const [resource, name, path] of methodsOf(stripe, Stripe.StripeResource.prototype)) {
      const operation = toName([...path, name])
      if (wanted?.test(operation) === false) continue
      for (let ids = 0; ids <= MOST_IDS; ids++) {
        if (/\(id|\(\w*[iI]d\b/.test(resource[name].toString()) && ids === 0) continue // from 22 on it would ask for `undefined`
        requests.length = 0
        try {
          const result = await resource[name](...Array(ids).fill(ID))
          if (typeof result?.resume === 'function') result.resume()
          if (requests.length > 0) answered++
        } catch (error) {
          if (requests.length === 0) continue // up to 21, the number of ids was wrong
          if (/https/.test(error.detail?.message ?? error.message)) break // refuses to ask that host without TLS
          if (error.statusCode === undefined) throw error
          refused++
        }
        if (requests.length > 0) called.add(operation)
        break
      }
    }
  }
  process.stdout.write(JSON.stringify({ called: [...called], answered, refused }))
}

function methodsOf(client, base) {
  const found = []
  const seen = new Set([client])
  const walk = (owner, path) => {
    for (const [key, value] of Object.entries(owner)) {
      if (/^(?:_.*|errors|webhooks|Decimal)$/.test(key)) continue
      if (typeof value !== 'object' || value === null || seen.has(value)) continue
      seen.add(value)
      if (Object.prototype.isPrototypeOf.call(base, value)) {
        const names = new Set()
        for (let level = value; level && level !== base; level = Object.getPrototypeOf(level)) {
          for (const name of Object.getOwnPropertyNames(level)) names.add(name)
        }
        for (const name of names) {
          if (name === 'constructor' || name in base || typeof value[name] !== 'function') continue
          found.push([value, name, [...path, key]])
        }
      }
      walk(value, [...path, key])
    }
  }
  walk(client, [])
  return found
}

function toName(path) {
  return path.map((part) => part.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()).join('.')
}

// Versions 17 to 20 leave a promise of a refused list of API v2 to nobody.
process.on('unhandledRejection', () => undefined)
main().catch((error) => {
  console.error(error)
  process.exitCode = 1
})
