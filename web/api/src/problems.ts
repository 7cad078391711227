/** What the server says when it refuses (RFC 9457): every fault at once, each with its field and line. */

export interface Fault {
  code: string
  /** A sentence in the caller's language. */
  message: string
  /** A path as in the request: `lines[2].quantity`. */
  field?: string
  /** Counted from 1. */
  line?: number | null
  params?: Record<string, string | number | boolean>
}

export interface Problem {
  type: string
  title: string
  status: number
  detail: string
  faults?: Fault[]
}

/** A refusal, or an answer that never came (`status` 0). */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Problem
  /** Seconds after which it may be tried again. */
  readonly retryAfter: number | null

  constructor(problem: Problem, retryAfter: number | null = null) {
    super(problem.title || problem.detail)
    this.name = 'ApiError'
    this.status = problem.status
    this.problem = problem
    this.retryAfter = retryAfter
  }

  get faults(): Fault[] {
    return this.problem.faults ?? []
  }

  /** The stable code: `stale-revision`, or `several-faults`. */
  get code(): string {
    return this.problem.type.replace(/^.*\//, '')
  }

  has(code: string): boolean {
    return this.code === code || this.faults.some(fault => fault.code === code)
  }

  /** No answer: offline, a dead spot, the server restarting. Nothing is known of the outcome. */
  get isUnreachable(): boolean {
    return this.status === 0
  }

  /** Worth sending again as it is. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 502
  }
}

export function unreachable(cause: unknown): ApiError {
  const detail = cause instanceof Error ? cause.message : String(cause)
  return new ApiError({ type: '/problems/unreachable', title: 'unreachable', status: 0, detail })
}

/** Faults by their field; those of no field under `''`. */
export function faultsByField(faults: readonly Fault[]): Map<string, Fault[]> {
  const found = new Map<string, Fault[]>()
  for (const fault of faults) {
    const field = fault.field ?? ''
    const others = found.get(field)
    if (others) others.push(fault)
    else found.set(field, [fault])
  }
  return found
}

/** Faults by their line, counted from 1; those of no line under 0. */
export function faultsByLine(faults: readonly Fault[]): Map<number, Fault[]> {
  const found = new Map<number, Fault[]>()
  for (const fault of faults) {
    const line = fault.line ?? 0
    const others = found.get(line)
    if (others) others.push(fault)
    else found.set(line, [fault])
  }
  return found
}
