// Counts, and prints what Prometheus would read at the port that is its argument.
import { metrics } from '@opentelemetry/api'
import { get } from 'node:http'

metrics.getMeter('shop').createCounter('shop.orders').add(2, { currency: 'EUR' })
const [port] = process.argv.slice(2)
get({ host: 'localhost', port, path: '/metrics' }, (response) => response.pipe(process.stdout))
