/* oxlint-disable import/no-unassigned-import -- loading it is the point */
require('@plutus/otel-register')
void import('@plutus/otel-register').then(() => console.log('ran'))
