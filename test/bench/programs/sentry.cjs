const Sentry = require(process.env.BENCH_SENTRY)

Sentry.init({ dsn: process.env.BENCH_SENTRY_DSN, tracesSampleRate: 1, enableLogs: true })
