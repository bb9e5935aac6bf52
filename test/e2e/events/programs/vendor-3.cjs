'use strict'
require('./vendor-sdk.cjs')(require('@opentelemetry/sdk-logs'), require('@opentelemetry/api').logs)
