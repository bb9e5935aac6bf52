import DataLoader from 'dataloader'
import genericPool from 'generic-pool'
import kafka from 'kafkajs'
import memoizer from 'lru-memoizer'
import run from './small-calls.cjs'

await run({ DataLoader, genericPool, memoizer, kafka })
