'use strict'
// The 2.x line: loggers are registered with @opentelemetry/api-logs, and the test builds it with the API 1.9 that it asks for.
require('./vendor-sdk.cjs')(require('sdk-logs-2'), require('@opentelemetry/api-logs').logs)
