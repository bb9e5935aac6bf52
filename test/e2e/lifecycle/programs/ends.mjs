// Ends in the way that the argument names.
const ways = {
  'by itself': () => undefined,
  'by throwing at the top': () => {
    throw new TypeError('thrown at the top')
  },
  'by rejecting at the top': () => Promise.reject(new RangeError('awaited at the top')),
  'by waiting for nothing': () => new Promise(() => undefined),
  'by importing what is not there': () => import('./not-there.mjs'),
  'by process.exit': () => process.exit(4),
}
await ways[process.argv[2]]()
