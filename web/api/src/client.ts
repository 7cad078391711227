/** A small client of the HTTP API: typed by the OpenAPI document, the same in browsers and mini-programs. */

import { newKey } from './keys'
import type { Language } from './language'
import { ApiError, type Problem, unreachable } from './problems'
import { fetchTransport, type Incoming, type Transport } from './transport'
import type { AnswerOf, Common, Method, Options, PathOf } from './typed'

export interface Settings {
  /** `''` for the page's own server. */
  base?: string
  transport?: Transport
  /** In which language the server answers. */
  language(): Language
  /** Where one's own account is told, and with it the csrf token: `/api/v1/me` or `/portal/v1/me`. */
  me: string
  /** Further headers of every request, as `X-Customer`. */
  headers?(): Record<string, string>
  /** The session is over: resolve true once there is a new one, and what was refused is sent again. */
  onSignedOut?(): Promise<boolean>
}

export interface Loose extends Common {
  path?: Record<string, string | number>
  query?: object
  body?: unknown
}

export interface Answer<T> {
  data: T
  status: number
  /** The revision to send back as `ifMatch`. */
  etag: string | null
  header(name: string): string | null
}

const SAFE = new Set(['get', 'head'])

export class Client {
  private csrf = ''
  private readonly transport: Transport

  constructor(private readonly settings: Settings) {
    this.transport = settings.transport ?? fetchTransport
  }

  /** The token of a session just opened. */
  useCsrf(token: string): void {
    this.csrf = token
  }

  get<P extends PathOf<'get'>>(path: P, options?: Options<'get', P>): Promise<AnswerOf<'get', P>> {
    return this.send('get', path, options as Loose)
  }

  post<P extends PathOf<'post'>>(path: P, options: Options<'post', P>): Promise<AnswerOf<'post', P>> {
    return this.send('post', path, options as Loose)
  }

  put<P extends PathOf<'put'>>(path: P, options: Options<'put', P>): Promise<AnswerOf<'put', P>> {
    return this.send('put', path, options as Loose)
  }

  patch<P extends PathOf<'patch'>>(path: P, options: Options<'patch', P>): Promise<AnswerOf<'patch', P>> {
    return this.send('patch', path, options as Loose)
  }

  delete<P extends PathOf<'delete'>>(path: P, options?: Options<'delete', P>): Promise<AnswerOf<'delete', P>> {
    return this.send('delete', path, options as Loose)
  }

  /** Any route, its answer of the type the caller says. */
  async send<T = unknown>(method: Method, path: string, options: Loose = {}): Promise<T> {
    return (await this.answer<T>(method, path, options)).data
  }

  /** With status and headers, for those who need the ETag. */
  async answer<T = unknown>(method: Method, path: string, options: Loose = {}): Promise<Answer<T>> {
    const incoming = await this.incoming(method, path, options)
    const body = await incoming.text()
    return {
      data: (body ? parse(body) : undefined) as T,
      status: incoming.status,
      etag: incoming.header('etag'),
      header: name => incoming.header(name),
    }
  }

  /** A file, with the name the server gives it. */
  async file(method: Method, path: string, options: Loose = {}): Promise<{ blob: Blob; name: string | null }> {
    const incoming = await this.incoming(method, path, options)
    if (!incoming.blob) throw new Error('this transport carries no files')
    return { blob: await incoming.blob(), name: fileName(incoming.header('content-disposition')) }
  }

  private async incoming(method: Method, path: string, options: Loose): Promise<Incoming> {
    // One key however often it is sent: what the server did once it does not do again.
    const key = options.key ?? (method === 'post' ? newKey() : undefined)
    let renewed = false
    let signedIn = false
    for (;;) {
      const incoming = await this.attempt(method, path, options, key)
      if (incoming.status < 400) return incoming
      const error = await refusal(incoming)
      if (!renewed && error.status === 403 && error.has('csrf-token-missing')) {
        renewed = true
        await this.renew()
      } else if (!signedIn && this.isOver(error, path) && (await this.settings.onSignedOut?.())) {
        signedIn = true
      } else {
        throw error
      }
    }
  }

  private isOver(error: ApiError, path: string): boolean {
    return error.status === 401 && path !== this.settings.me && !path.endsWith('/sign-in')
  }

  private async attempt(method: Method, path: string, options: Loose, key: string | undefined): Promise<Incoming> {
    if (!SAFE.has(method) && !this.csrf && !path.endsWith('/sign-in')) await this.renew()
    const isRaw = carriesItself(options.body)
    const headers: Record<string, string> = {
      accept: 'application/json',
      'accept-language': this.settings.language() === 'zh' ? 'zh-CN' : 'en',
      ...this.settings.headers?.(),
      ...(options.body !== undefined && !isRaw && { 'content-type': 'application/json' }),
      ...(!SAFE.has(method) && this.csrf && { 'x-csrf-token': this.csrf }),
      ...(key && { 'idempotency-key': key }),
      ...(options.ifMatch !== undefined && { 'if-match': quoted(options.ifMatch) }),
      ...options.headers,
    }
    const body = options.body === undefined || isRaw ? options.body : JSON.stringify(options.body)
    try {
      return await this.transport({
        method: method.toUpperCase(),
        url: `${this.settings.base ?? ''}${filled(path, options.path)}${asQuery(options.query)}`,
        headers,
        body: body as string | undefined,
        signal: options.signal,
      })
    } catch (error) {
      if (options.signal?.aborted) throw error
      throw unreachable(error)
    }
  }

  /** A page that was reloaded lost its token; the session still has it. */
  private async renew(): Promise<void> {
    const incoming = await this.attempt('get', this.settings.me, {}, undefined)
    if (incoming.status < 400) this.csrf = incoming.header('x-csrf-token') ?? this.csrf
  }
}

/** Bytes and forms go out as they are. */
function carriesItself(body: unknown): boolean {
  if (body instanceof ArrayBuffer) return true
  return typeof FormData !== 'undefined' && (body instanceof FormData || body instanceof Blob)
}

async function refusal(incoming: Incoming): Promise<ApiError> {
  const body = await incoming.text()
  const found = parse(body) as Partial<Problem> | undefined
  const after = Number(incoming.header('retry-after'))
  const problem: Problem =
    found && typeof found === 'object' && typeof found.title === 'string'
      ? { type: '/problems/unknown', detail: '', ...found, title: found.title, status: incoming.status }
      : {
          type: '/problems/unknown',
          title: `HTTP ${incoming.status}`,
          status: incoming.status,
          detail: body.slice(0, 300),
        }
  return new ApiError(problem, Number.isFinite(after) && after > 0 ? after : null)
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function quoted(revision: number | string): string {
  const text = String(revision)
  return text.includes('"') ? text : `"${text}"`
}

/** `/orders/{order_id}` with its names filled in. */
export function filled(path: string, values: Record<string, string | number> = {}): string {
  return path.replace(/\{(\w+)(?::\w+)?\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`${path} needs ${name}`)
    return encodeURIComponent(String(value))
  })
}

/** What is undefined, null or empty is left out; a list is repeated. */
export function asQuery(query: object = {}): string {
  const pairs: string[] = []
  for (const [name, value] of Object.entries(query)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item === undefined || item === null || item === '') continue
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(item))}`)
    }
  }
  return pairs.length ? `?${pairs.join('&')}` : ''
}

function fileName(disposition: string | null): string | null {
  const starred = /filename\*=(?:UTF-8'')?([^;]+)/i.exec(disposition ?? '')
  if (starred?.[1]) return decodeURIComponent(starred[1].replace(/"/g, ''))
  return /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1] ?? null
}
