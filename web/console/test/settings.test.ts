import type { PermissionView, RoleView } from '@dinghuo/api'
import { describe, expect, it } from 'vitest'
import { type AuditWords, linesOf } from '../src/pages/audit/entries'
import { areasOf, bodyOf, cellsOf, rebased, withCell } from '../src/pages/settings/matrix'

const permissions = ['orders.read', 'orders.place', 'parties.read', 'portal.orders.read'].map(
  name => ({ name, title: name, audience: name.startsWith('portal.') ? 'dealer' : 'staff' }) as PermissionView,
)
const role = (changes: Partial<RoleView> = {}): RoleView => ({
  id: 'r1',
  code: 'sales',
  name: '业务员',
  name_en: null,
  audience: 'staff',
  scope: 'own',
  sees_cost: false,
  sees_margin: false,
  sees_price: true,
  requires_totp: false,
  permissions: ['orders.read'],
  users: 3,
  revision: 4,
  ...changes,
})

describe('the matrix of roles', () => {
  const base = cellsOf(role(), permissions)

  it('has a cell for each permission of its kind of people', () => {
    expect(Object.keys(base)).toEqual([
      'scope',
      'sees_price',
      'sees_cost',
      'sees_margin',
      'requires_totp',
      'orders.read',
      'orders.place',
      'parties.read',
    ])
    expect(areasOf(permissions, 'staff').map(area => area.key)).toEqual(['orders', 'parties'])
  })

  it('sends what changed, and the permissions as a whole', () => {
    const one = withCell(undefined, role(), base, 'orders.place', true)
    expect(one && bodyOf(one)).toEqual({ permissions: ['orders.read', 'orders.place'] })
    const two = withCell(one ?? undefined, role(), base, 'sees_cost', true)
    expect(two && bodyOf(two)).toEqual({ sees_cost: true, permissions: ['orders.read', 'orders.place'] })
    expect(withCell(one ?? undefined, role(), base, 'orders.place', false)).toBeNull()
  })

  it('keeps my ticks on top of what somebody else saved, and names theirs', () => {
    const mine = withCell(undefined, role(), base, 'orders.place', true)
    const now = cellsOf(role({ revision: 5, sees_cost: true, permissions: ['parties.read'] }), permissions)
    const met = mine && rebased(mine, 5, now)
    expect(met?.theirs).toEqual(['sees_cost', 'orders.read', 'parties.read'])
    expect(met && bodyOf(met)).toEqual({ permissions: ['orders.place', 'parties.read'] })
    expect(
      mine && rebased(mine, 5, cellsOf(role({ permissions: ['orders.read', 'orders.place'] }), permissions)),
    ).toBeNull()
  })
})

describe('an entry of the audit', () => {
  const words: AuditWords = {
    nameOf: () => undefined,
    wordOf: (_field, value) => (value === 'active' ? '正常' : undefined),
    fieldOf: field => `«${field}»`,
    unitOf: code => (code === 'case' ? '箱' : code),
    momentOf: moment => moment.slice(0, 10),
    yes: '是',
    no: '否',
    changed: '已修改',
  }
  const id = '01a207fb-a2b5-7705-ad8d-76dbef27f265'

  it('says from what to what, and what lists gained and lost', () => {
    const changes = {
      state: [null, 'active'],
      'COLA case 10': ['3.000000', '3.200000'],
      'line COLA case': ['1', '2'],
      permissions: [
        ['a', 'b'],
        ['b', 'c'],
      ],
      until: [null, '2026-11-24T10:41:35.492614Z'],
      head_id: [null, id],
      same: ['x', 'x'],
    }
    expect(linesOf(changes, words)).toEqual([
      { field: '«state»', from: '', to: '正常' },
      { field: 'COLA · 箱 ≥ 10', from: '3', to: '3.2' },
      { field: 'COLA · 箱', from: '1', to: '2' },
      { field: '«permissions»', from: '', to: '', added: ['c'], gone: ['a'] },
      { field: '«until»', from: '', to: '2026-11-24' },
      { field: '«head_id»', from: '', to: '已修改' },
    ])
  })
})
