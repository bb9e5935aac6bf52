'use strict'
const { jetstream, jetstreamManager } = require('@nats-io/jetstream')
const { connect, headers } = require('@nats-io/transport-node')

const jetStream = async (nc) => ({ client: jetstream(nc), manager: await jetstreamManager(nc) })
void require('./nats-shop.cjs')({ connect, headers, jetStream })
