/* oxlint-disable import/no-unassigned-import -- loading it is the point */
require('express')
require('pg')
require('@plutus/otel-register')
console.log('ran')
