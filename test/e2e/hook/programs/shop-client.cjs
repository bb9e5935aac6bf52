/** Listens, asks itself once by `http.get` and once by `fetch`, and lets the process end. */
exports.serveOnce = (server, http) => {
  server.listen(0, '127.0.0.1', async () => {
    const url = `http://127.0.0.1:${server.address().port}/price`
    await new Promise((resolve) => {
      http.get(`${url}/by-http`, (response) =>
        response.on('data', (text) => console.log(String(text))).on('end', resolve),
      )
    })
    const response = await fetch(`${url}/by-fetch`)
    console.log(await response.text())
    server.close()
    server.closeAllConnections()
  })
}
