/** What the OpenAPI document says of a route, as types. */

import type { paths } from './schema'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

type Operation<M extends Method, P extends keyof paths> = M extends keyof paths[P] ? NonNullable<paths[P][M]> : never

/** The paths that know this method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: [Operation<M, P>] extends [never] ? never : P
}[keyof paths] &
  string

type Parameters<O, K extends string> = O extends { parameters: infer A }
  ? K extends keyof A
    ? Exclude<A[K], undefined>
    : never
  : never

type Json<C> = C extends { content: infer T } ? T[keyof T & `application/json`] : never

export type QueryOf<M extends Method, P extends keyof paths> = Parameters<Operation<M, P>, 'query'>
export type PathParametersOf<M extends Method, P extends keyof paths> = Parameters<Operation<M, P>, 'path'>
export type BodyOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { requestBody?: infer B } ? Json<Exclude<B, undefined>> : never
export type AnswerOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { responses: infer R } ? Json<R[keyof R & (200 | 201 | 202)]> : unknown

/** What goes with a request whatever its route. */
export interface Common {
  /** Kept by the caller where a request may be sent again; made here otherwise. */
  key?: string
  /** The revision that was read, for edits. */
  ifMatch?: number | string
  headers?: Record<string, string>
  signal?: AbortSignal
}

type Maybe<K extends string, T> = [T] extends [never]
  ? { [N in K]?: undefined }
  : undefined extends T
    ? { [N in K]?: T }
    : { [N in K]: T }

export type Options<M extends Method, P extends keyof paths> = Common & { query?: QueryOf<M, P> } & Maybe<
    'path',
    PathParametersOf<M, P>
  > &
  Maybe<'body', BodyOf<M, P>>
