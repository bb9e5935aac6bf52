import { writeFileSync } from 'node:fs'
import { collectOperations, STRIPE_PACKAGES } from './src/collect-operations.test.support.ts'
import { renderOperations } from './src/render-operations.test.support.ts'

// Writes the table of Stripe's operations anew; a test says when it is stale.

const operations = STRIPE_PACKAGES.flatMap((name) => collectOperations(name))
writeFileSync(new URL('src/operations.generated.ts', import.meta.url), renderOperations(operations))
