import { runServer } from '@plutus/example-checkout'
import { withEvents } from './with-events.ts'

runServer(withEvents)
