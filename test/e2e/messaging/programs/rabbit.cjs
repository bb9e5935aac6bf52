'use strict'
void require('./rabbit-shop.cjs')(require('amqplib'))
