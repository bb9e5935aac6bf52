const KNOWN = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE'])

/** `http.request.method`: the method if HTTP defines it, else `_OTHER`, so that a caller cannot make up values. */
export function methodOf(method: string | undefined): string {
  return method !== undefined && KNOWN.has(method) ? method : '_OTHER'
}

/** First word of a span's name: the method, or `HTTP` for one that nobody defines. */
export function spanNameOf(method: string, target?: string): string {
  const word = method === '_OTHER' ? 'HTTP' : method
  return target === undefined || target === '' ? word : `${word} ${target}`
}
