const { setTimeout: sleep } = require('node:timers/promises')

// With a pool open, until metrics have been collected once.
module.exports = () => sleep(process.env.OTEL_METRIC_EXPORT_INTERVAL === undefined ? 0 : 450)
