/** Serves, asks `path` once by fetch, prints the answer and lets the process end. */
exports.askOnce = async (server, path) => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
  console.log(await response.text())
  server.close()
  server.closeAllConnections()
}
