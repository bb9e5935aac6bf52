import { connect, headers } from 'nats'
import run from './nats-shop.cjs'

const jetStream = async (nc) => ({ client: nc.jetstream(), manager: await nc.jetstreamManager() })
await run({ connect, headers, jetStream })
