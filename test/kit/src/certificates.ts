import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Paths of PEM files. */
export interface CertificateFiles {
  /** The authority that signed all: for `OTEL_EXPORTER_OTLP_CERTIFICATE`. */
  readonly ca: string
  /** For `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`. */
  readonly clientCertificate: string
  /** For `OTEL_EXPORTER_OTLP_CLIENT_KEY`. */
  readonly clientKey: string
}

/** An authority of one's own with a server's and a client's certificate. */
export interface Certificates {
  readonly files: CertificateFiles
  /** PEM texts for a TLS server on 127.0.0.1, `localhost` or `::1`. */
  readonly server: { readonly key: string; readonly cert: string; readonly ca: string }
  /** Deletes the files. */
  readonly remove: () => void
}

interface Party {
  readonly name: string
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const VALID_DAYS = 2
const DAY_MILLIS = 86_400_000
// Object identifiers, as DER writes them.
const ECDSA_WITH_SHA256 = '2a8648ce3d040302'
const COMMON_NAME = '550403'
const BASIC_CONSTRAINTS = '551d13'
const SUBJECT_ALT_NAME = '551d11'

/**
 * Makes an authority and certificates that it signs, valid from yesterday until tomorrow, and writes those that a
 * client needs into a new temporary directory.
 *
 * Node can sign but not build a certificate, and OpenSSL is not on every machine; the few fields
 * needed here are written as DER by hand.
 */
export function createCertificates(): Certificates {
  const authority = createParty('Plutus test authority')
  const server = createParty('localhost')
  const client = createParty('Plutus test client')
  const ca = issue(authority, authority, [basicConstraints()])
  const serverPem = issue(server, authority, [serverNames()])
  const folder = mkdtempSync(join(tmpdir(), 'plutus-tls-'))
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  return {
    files: {
      ca: write('ca.pem', ca),
      clientCertificate: write('client.pem', issue(client, authority, [])),
      clientKey: write('client-key.pem', exportKey(client)),
    },
    server: { key: exportKey(server), cert: serverPem, ca },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

function createParty(name: string): Party {
  return { name, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }
}

function exportKey(party: Party): string {
  return party.privateKey.export({ type: 'pkcs8', format: 'pem' })
}

function issue(subject: Party, issuer: Party, extensions: readonly Buffer[]): string {
  const serial = randomBytes(8)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40 // positive, and no leading zero byte
  const algorithm = sequence(oid(ECDSA_WITH_SHA256))
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    algorithm,
    distinguishedName(issuer.name),
    sequence(utcTime(-1), utcTime(VALID_DAYS - 1)),
    distinguishedName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length === 0 ? [] : [der(0xa3, sequence(...extensions))]),
  )
  const signature = sign('sha256', body, issuer.privateKey)
  const certificate = sequence(body, algorithm, der(0x03, Buffer.from([0]), signature))
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

function basicConstraints(): Buffer {
  const isAuthority = der(0x01, Buffer.from([0xff]))
  return sequence(oid(BASIC_CONSTRAINTS), isAuthority, der(0x04, sequence(isAuthority)))
}

function serverNames(): Buffer {
  const dns = der(0x82, Buffer.from('localhost', 'ascii'))
  const v4 = der(0x87, Buffer.from([127, 0, 0, 1]))
  const v6 = der(0x87, Buffer.from([...Array<number>(15).fill(0), 1]))
  return sequence(oid(SUBJECT_ALT_NAME), der(0x04, sequence(dns, v4, v6)))
}

function distinguishedName(commonName: string): Buffer {
  const name = sequence(oid(COMMON_NAME), der(0x0c, Buffer.from(commonName, 'utf8')))
  return sequence(der(0x31, name))
}

function utcTime(daysFromNow: number): Buffer {
  const time = new Date(Date.now() + daysFromNow * DAY_MILLIS).toISOString().replace(/[-:T]|\.\d+/g, '')
  return der(0x17, Buffer.from(time.slice(2), 'ascii')) // YYMMDDhhmmssZ
}

function oid(hex: string): Buffer {
  return der(0x06, Buffer.from(hex, 'hex'))
}

function integer(value: Buffer): Buffer {
  return der(0x02, value)
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts)
}

/** A DER value: tag, length, content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content])
  if (length < 0x100) return Buffer.concat([Buffer.from([tag, 0x81, length]), content])
  return Buffer.concat([Buffer.from([tag, 0x82, length >> 8, length & 0xff]), content])
}
