const step = require('./outcome.cjs')

const CLOSED_PORT = 1

module.exports = async ({ MongoClient }, { default: mongoose }) => {
  const client = new MongoClient(process.env.MONGO_URL, { maxPoolSize: 5 })
  const payments = client.db('test').collection('payments')
  await step('insert', () => payments.insertMany([{ _id: 1, card: 'hunter2' }, { _id: 2 }, { _id: 3 }]))
  await step('find', () => payments.find({ card: 'hunter2' }).toArray())
  await step('cursor', () => payments.find({}, { batchSize: 2 }).toArray())
  await step('insert again', async () => {
    try {
      return await payments.insertOne({ _id: 1 })
    } catch ({ name: errorName, code }) {
      return [errorName, code]
    }
  })
  await step('unknown operator', () => payments.find({ a: { $no: 1 } }).toArray())

  const lost = new MongoClient(`mongodb://127.0.0.1:${CLOSED_PORT}/test`, { serverSelectionTimeoutMS: 200 })
  await step('refused', () => lost.db('test').command({ ping: 1 }))
  await lost.close()

  await mongoose.connect(process.env.MONGO_URL, { autoIndex: false })
  const Order = mongoose.model('Order', new mongoose.Schema({ _id: Number }, { autoCreate: false }))
  await step('mongoose', async () => [(await Order.create({ _id: 1 }))._id, (await Order.find({})).length])
  await require('./wait.cjs')()
  await mongoose.disconnect()
  await client.close()
}
