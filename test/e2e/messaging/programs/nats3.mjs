import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, headers } from '@nats-io/transport-node'
import run from './nats-shop.cjs'

const jetStream = async (nc) => ({ client: jetstream(nc), manager: await jetstreamManager(nc) })
await run({ connect, headers, jetStream })
