/** Roles as columns of a matrix: what was ticked, and how it goes together with what others ticked meanwhile. Pure. */

import type { PermissionView, RoleView } from '@dinghuo/api'

export const SIGHTS = ['sees_price', 'sees_cost', 'sees_margin', 'requires_totp'] as const
export const SCOPES = ['own', 'department', 'region', 'all'] as const

/** A cell by its name: `scope`, `sees_cost`, or a permission. */
export type Cells = Record<string, boolean | string>

/** What is changed of one role and not saved, and the cells it began from. */
export interface RoleEdit {
  revision: number
  base: Cells
  mine: Cells
  /** Cells that somebody else changed while this was open. */
  theirs: string[]
}

const OWN = new Set<string>(['scope', ...SIGHTS])

export function cellsOf(role: RoleView, permissions: readonly PermissionView[]): Cells {
  const cells: Cells = { scope: role.scope }
  for (const sight of SIGHTS) cells[sight] = role[sight]
  for (const { name, audience } of permissions)
    if (audience === role.audience) cells[name] = role.permissions.includes(name)
  return cells
}

/** The edit after a cell was set; null where nothing differs any more. */
export function withCell(
  edit: RoleEdit | undefined,
  role: RoleView,
  base: Cells,
  name: string,
  value: boolean | string,
): RoleEdit | null {
  const from = edit ?? { revision: role.revision, base, mine: {}, theirs: [] }
  const mine = { ...from.mine }
  if (from.base[name] === value) delete mine[name]
  else mine[name] = value
  return Object.keys(mine).length || from.theirs.length ? { ...from, mine } : null
}

/** What is sent: only what changed; the permissions as a whole. */
export function bodyOf({ base, mine }: RoleEdit): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const name of Object.keys(mine)) if (OWN.has(name)) body[name] = mine[name]
  if (Object.keys(mine).some(name => !OWN.has(name))) {
    const all = { ...base, ...mine }
    body.permissions = Object.keys(all).filter(name => !OWN.has(name) && all[name] === true)
  }
  return body
}

/** My ticks on top of what the role is now; what others changed is named, so that it can be shown. */
export function rebased(edit: RoleEdit, revision: number, now: Cells): RoleEdit | null {
  const theirs = Object.keys(now).filter(name => now[name] !== edit.base[name])
  const mine: Cells = {}
  for (const [name, value] of Object.entries(edit.mine)) if (name in now && now[name] !== value) mine[name] = value
  return Object.keys(mine).length ? { revision, base: now, mine, theirs } : null
}

export interface Area {
  key: string
  permissions: PermissionView[]
}

/** Permissions by the module they belong to, in the server's order. */
export function areasOf(permissions: readonly PermissionView[], audience: string): Area[] {
  const areas = new Map<string, PermissionView[]>()
  for (const permission of permissions) {
    if (permission.audience !== audience) continue
    const parts = permission.name.split('.')
    const key = parts[0] === 'portal' ? `portal_${parts.length > 2 ? parts[1] : 'other'}` : (parts[0] ?? '')
    areas.set(key, [...(areas.get(key) ?? []), permission])
  }
  return [...areas].map(([key, all]) => ({ key, permissions: all }))
}
