/** A new idempotency key: made once for what a person did, kept while it is sent again. */
export function newKey(): string {
  const source = (globalThis as { crypto?: Crypto }).crypto
  if (source?.randomUUID) return source.randomUUID()
  const bytes = Array.from({ length: 16 }, () => Math.floor(Math.random() * 256))
  if (source?.getRandomValues) source.getRandomValues(new Uint8Array(16)).forEach((byte, i) => void (bytes[i] = byte))
  return bytes.map(byte => byte.toString(16).padStart(2, '0')).join('')
}
