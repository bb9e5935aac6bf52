// A program that forks itself once.
const { fork } = require('node:child_process')
const { record } = require('./traced.cjs')

if (process.argv[2] === 'child') record('child')
else {
  record('parent')
  fork(__filename, ['child'])
}
