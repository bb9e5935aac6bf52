'use strict'
const { connect, headers } = require('nats')

const jetStream = async (nc) => ({ client: nc.jetstream(), manager: await nc.jetstreamManager() })
void require('./nats-shop.cjs')({ connect, headers, jetStream })
