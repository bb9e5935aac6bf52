'use strict'
const http = require('node:http')

// As much of S3 as the program asks for.
const server = http.createServer((req, res) => {
  if (req.method === 'PUT') res.writeHead(200, { etag: '"1"' }).end()
  else {
    const body = '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>no such key</Message></Error>'
    res.writeHead(404, { 'content-type': 'application/xml' }).end(body)
  }
  req.resume()
})

module.exports = async ({ GetObjectCommand, PutObjectCommand, S3Client }) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${server.address().port}`,
    region: 'eu-central-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret' },
  })
  const target = { Bucket: 'receipts', Key: 'r.txt' }
  console.log((await client.send(new PutObjectCommand({ ...target, Body: 'paid' }))).ETag)
  await client
    .send(new GetObjectCommand(target))
    .catch((error) => console.log(error.name, error.$metadata.httpStatusCode))
  client.destroy()
  server.close()
  server.closeAllConnections()
}
