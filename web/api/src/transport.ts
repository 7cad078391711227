/** How a request leaves the device: `fetch` in browsers, `uni.request` in a mini-program. */

export interface Outgoing {
  method: string
  url: string
  headers: Record<string, string>
  /** JSON as text, or what the platform sends as it is (FormData, Blob, bytes). */
  body?: string | Blob | FormData | ArrayBuffer
  signal?: AbortSignal
}

export interface Incoming {
  status: number
  /** By lower-case name. */
  header(name: string): string | null
  text(): Promise<string>
  blob?(): Promise<Blob>
}

/** Rejects only when no answer came. */
export type Transport = (request: Outgoing) => Promise<Incoming>

export const fetchTransport: Transport = async ({ method, url, headers, body, signal }) => {
  const response = await fetch(url, { method, headers, body, signal, credentials: 'same-origin' })
  return {
    status: response.status,
    header: name => response.headers.get(name),
    text: () => response.text(),
    blob: () => response.blob(),
  }
}
