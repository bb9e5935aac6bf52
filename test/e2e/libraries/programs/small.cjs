'use strict'
void require('./small-calls.cjs')({
  DataLoader: require('dataloader'),
  genericPool: require('generic-pool'),
  memoizer: require('lru-memoizer'),
  kafka: require('kafkajs'),
})
