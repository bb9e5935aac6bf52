/* oxlint-disable import/no-unassigned-import -- loading it is the point */
require('@plutus/otel-register')
console.log('ran')
