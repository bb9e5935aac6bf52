import { collectorBinary } from './build-collector.ts'
import { buildPackages } from './build-packages.ts'

// `pnpm collector:build` builds the collector for this machine, `pnpm collector:packages` the npm packages of all
// platforms, or of those that are named, such as linux-x64.
const [what = 'binary', ...names] = process.argv.slice(2)
const made = what === 'packages' ? await buildPackages(names) : [await collectorBinary.ensure()]
console.log(made.join('\n'))
