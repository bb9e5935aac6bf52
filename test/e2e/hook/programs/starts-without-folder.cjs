// Starts the hook where the working directory is gone, as after a deployment that replaced it.
const { mkdtempSync, rmdirSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

const folder = mkdtempSync(join(tmpdir(), 'gone-'))
process.chdir(folder)
rmdirSync(folder)
// oxlint-disable-next-line import/no-unassigned-import -- loading it is the point
require('@plutus/otel-register')
require('@opentelemetry/api').trace.getTracer('test').startSpan('without a folder').end()

const [another] = process.argv.slice(2)
if (another !== undefined) void import(another)
