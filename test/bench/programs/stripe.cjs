const Stripe = require('stripe')

const COUNT = Number(process.argv[2])
const AT_ONCE = 8
// V8 compiles what it sees on threads of its own for seconds, and their CPU counts as that of the process.
const WARM_UP = 4_000

const config = { host: '127.0.0.1', port: process.env.PROVIDER_PORT, protocol: 'http', telemetry: false }
const stripe = new Stripe('placeholder', config)

const kinds = {
  create: () => stripe.paymentIntents.create({ amount: 4999, currency: 'eur', payment_method: 'pm_1', confirm: true }),
  retrieve: () => stripe.paymentIntents.retrieve('pi_1'),
}

/** CPU of all threads for each call, in microseconds. */
async function measure(call, count) {
  const start = process.cpuUsage()
  let left = count
  const go = async () => {
    while (left-- > 0) await call()
  }
  await Promise.all(Array.from({ length: AT_ONCE }, go))
  const { user, system } = process.cpuUsage(start)
  return (user + system) / count
}

async function main() {
  const report = {}
  for (const [name, call] of Object.entries(kinds)) {
    await measure(call, WARM_UP)
    report[name] = await measure(call, COUNT)
  }
  console.log(`ready ${JSON.stringify(report)}`)
}
void main()
