import type { UserView } from '@dinghuo/api'
import { api } from '@/app/api'
import { may } from '@/app/session'
import type { PageOf } from '@/components/table/types'

export type Colleague = Pick<UserView, 'login' | 'name'>

/** The company's own people, found by what is typed; who may not look them up types the login. */
export async function findColleagues(typed: string, signal: AbortSignal): Promise<Colleague[]> {
  if (!may('identity.users')) return typed ? [{ login: typed, name: typed }] : []
  const query = { search: typed || undefined, audience: 'staff', state: 'active', limit: 20 }
  return (await api.send<PageOf<Colleague>>('get', '/api/v1/users', { query, signal })).items
}
