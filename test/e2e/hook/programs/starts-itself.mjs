/* oxlint-disable import/no-unassigned-import -- loading it is the point */
import '@plutus/otel-register'

console.log('ran')
