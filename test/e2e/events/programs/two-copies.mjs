import { withinRequest } from './within-request.mjs'

// Each argument is the file of one copy of the package.
const [first, second] = await Promise.all(process.argv.slice(2, 4).map((file) => import(file)))
if (first.getLogger === second.getLogger) throw new Error('there is one copy only')

const work = () =>
  first.withContext({ tenant: 'acme' }, () =>
    second.withContext({ shop: 's1' }, () => {
      second.setUser({ id: 'u1' })
      first.getLogger('copies').info('by the first', { seen: JSON.stringify(second.getContext()) })
      second.getLogger('copies').info('by the second', { seen: JSON.stringify(first.getContext()) })
      first.business.event({ 'business.event.type': 'by.the.first' })
      second.business.event({ 'business.event.type': 'by.the.second' })
    }),
  )
await withinRequest(work)
