import amqplib from 'amqplib'
import run from './rabbit-shop.cjs'

await run(amqplib)
