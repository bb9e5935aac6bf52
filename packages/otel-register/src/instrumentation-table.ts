/** One instrumentation: when it is loaded and what it is called. */
export interface InstrumentationSpec {
  /** Its name in `OTEL_NODE_ENABLED_INSTRUMENTATIONS`, and of its file in `instrumentations/`. */
  readonly name: string
  /**
   * The modules it waits for, and of each the parts that it changes: `.` is what the name of the package imports,
   * the others are files inside the package. It is loaded when the first of these parts is.
   */
  readonly modules: Readonly<Record<string, readonly string[]>>
  /** What it waits for that is not a module. */
  readonly waitsFor?: 'start' | 'fetch' | 'lambda'
  /** Dependencies that bring the modules with them, for the start line, which reads an application's direct ones. */
  readonly broughtBy?: RegExp
  /** Acts only where `OTEL_NODE_ENABLED_INSTRUMENTATIONS` names it. */
  readonly onRequest?: true
}

const MAIN = ['.']
const REDIS_CLIENT = [
  'dist/lib/commander.js',
  'dist/lib/client/index.js',
  'dist/lib/client/multi-command.js',
  'dist/lib/client/pool.js',
  'dist/lib/cluster/index.js',
  'dist/lib/cluster/multi-command.js',
]

/** Every instrumentation that the hook knows. */
export const INSTRUMENTATIONS: readonly InstrumentationSpec[] = [
  {
    name: 'amqplib',
    modules: { amqplib: ['lib/channel_model.js', 'lib/callback_model.js', 'lib/connect.js'] },
  },
  { name: 'aws-lambda', modules: {}, waitsFor: 'lambda' },
  {
    name: 'aws-sdk',
    modules: {
      '@aws-sdk/middleware-stack': ['dist/cjs/MiddlewareStack.js', 'dist-cjs/MiddlewareStack.js'],
      '@smithy/middleware-stack': MAIN,
      '@smithy/core': ['dist-cjs/submodules/client/index.js'],
      '@aws-sdk/smithy-client': MAIN,
      '@smithy/smithy-client': MAIN,
    },
    broughtBy: /^@aws-sdk\/(?:client|lib)-/,
  },
  { name: 'bunyan', modules: { bunyan: MAIN } },
  { name: 'cassandra-driver', modules: { 'cassandra-driver': ['.', 'lib/request-execution.js'] } },
  { name: 'connect', modules: { connect: MAIN } },
  { name: 'cucumber', modules: { '@cucumber/cucumber': ['.', 'lib/runtime/test_case_runner.js'] } },
  { name: 'dataloader', modules: { dataloader: MAIN } },
  { name: 'dns', modules: { dns: MAIN, 'dns/promises': MAIN }, onRequest: true },
  { name: 'express', modules: { express: MAIN } },
  { name: 'fastify', modules: { fastify: MAIN } },
  { name: 'fs', modules: { fs: MAIN, 'fs/promises': MAIN }, onRequest: true },
  { name: 'generic-pool', modules: { 'generic-pool': MAIN } },
  {
    name: 'graphql',
    modules: { graphql: ['.', 'execution/execute.js', 'language/parser.js', 'validation/validate.js'] },
  },
  { name: 'grpc', modules: { '@grpc/grpc-js': MAIN } },
  { name: 'hapi', modules: { '@hapi/hapi': MAIN } },
  {
    name: 'hono',
    modules: {
      hono: ['.', 'dist/preset/quick.js', 'dist/cjs/preset/quick.js', 'dist/preset/tiny.js', 'dist/cjs/preset/tiny.js'],
    },
  },
  { name: 'host-metrics', modules: {}, waitsFor: 'start', onRequest: true },
  { name: 'http', modules: { http: MAIN, https: MAIN } },
  { name: 'http2', modules: { http2: MAIN } },
  { name: 'ioredis', modules: { ioredis: MAIN } },
  { name: 'kafkajs', modules: { kafkajs: ['.', 'src/producer/index.js', 'src/consumer/index.js'] } },
  {
    name: 'knex',
    modules: {
      knex: ['.', 'src/client.js', 'lib/client.js', 'src/runner.js', 'lib/runner.js', 'lib/execution/runner.js'],
    },
  },
  { name: 'koa', modules: { koa: MAIN } },
  { name: 'lru-memoizer', modules: { 'lru-memoizer': MAIN } },
  { name: 'memcached', modules: { memcached: MAIN } },
  {
    name: 'mongodb',
    modules: {
      mongodb: [
        'lib/core/wireprotocol/index.js',
        'lib/cmap/connection.js',
        'lib/cmap/connection_pool.js',
        'lib/cmap/connect.js',
        'lib/sdam/topology.js',
        'lib/sessions.js',
      ],
    },
  },
  { name: 'mongoose', modules: { mongoose: MAIN } },
  { name: 'mysql', modules: { mysql: MAIN } },
  { name: 'mysql2', modules: { mysql2: ['.', 'promise.js', 'lib/connection.js'] } },
  {
    name: 'nats',
    modules: {
      '@nats-io/nats-core': ['lib/nats.js', 'lib/protocol.js', 'lib/queued_iterator.js'],
      '@nats-io/jetstream': ['lib/jsclient.js', 'lib/consumer.js', 'lib/pushconsumer.js'],
      nats: [
        'lib/nats-base-client/nats.js',
        'lib/nats-base-client/protocol.js',
        'lib/nats-base-client/queued_iterator.js',
        'lib/jetstream/jsclient.js',
        'lib/jetstream/consumer.js',
        'lib/jetstream/pushconsumer.js',
      ],
    },
    broughtBy: /^@nats-io\//,
  },
  {
    name: 'nestjs-core',
    modules: { '@nestjs/core': ['nest-factory.js', 'router/router-execution-context.js'] },
  },
  { name: 'net', modules: { net: MAIN }, onRequest: true },
  { name: 'openai', modules: { openai: MAIN } },
  { name: 'oracledb', modules: { oracledb: MAIN } },
  { name: 'pg', modules: { pg: ['.', 'lib/client.js', 'lib/native/client.js'], 'pg-pool': MAIN } },
  { name: 'pino', modules: { pino: MAIN } },
  {
    name: 'redis',
    modules: { redis: MAIN, '@redis/client': ['.', ...REDIS_CLIENT], '@node-redis/client': ['.', ...REDIS_CLIENT] },
  },
  { name: 'restify', modules: { restify: ['.', 'lib/server.js'] } },
  { name: 'router', modules: { router: ['.', 'lib/layer.js'] } },
  { name: 'runtime-node', modules: {}, waitsFor: 'start' },
  {
    name: 'socket.io',
    modules: {
      'socket.io': [
        '.',
        'dist/socket.js',
        'dist/broadcast-operator.js',
        'dist/namespace.js',
        'lib/socket.js',
        'lib/namespace.js',
      ],
    },
  },
  {
    name: 'stripe',
    modules: {
      stripe: [
        '.',
        ...['cjs', 'esm'].flatMap((folder) => [
          `${folder}/RequestSender.js`,
          `${folder}/StripeResource.js`,
          `${folder}/Webhooks.js`,
          `${folder}/stripe.${folder}.node.js`,
        ]),
      ],
    },
  },
  { name: 'tedious', modules: { tedious: MAIN } },
  { name: 'undici', modules: {}, waitsFor: 'fetch' },
  { name: 'winston', modules: { winston: ['.', 'lib/winston/logger.js'] } },
]
