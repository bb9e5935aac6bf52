// Answers what the whole process has used so far: all threads, in microseconds, and resident bytes.
module.exports = (response) => {
  const { user, system } = process.cpuUsage()
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ cpuMicros: user + system, rssBytes: process.memoryUsage.rss() }))
}
