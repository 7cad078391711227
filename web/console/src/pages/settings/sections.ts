/** The parts of the settings, and who may see each. */

import {
  Boxes,
  Building2,
  ClipboardList,
  KeyRound,
  LifeBuoy,
  MessageCircle,
  MessagesSquare,
  Network,
  Route,
  ShieldCheck,
  Store,
  Tags,
  Users,
} from 'lucide-vue-next'
import type { Component } from 'vue'
import { may } from '@/app/session'

export interface Section {
  key: string
  icon: Component
  needs: string | readonly string[]
}

export interface SectionGroup {
  key: string
  sections: readonly Section[]
}

export const GROUPS: readonly SectionGroup[] = [
  {
    key: 'company',
    sections: [
      { key: 'company', icon: Building2, needs: 'settings.write' },
      { key: 'portal', icon: Store, needs: 'settings.write' },
      { key: 'orders', icon: ClipboardList, needs: 'settings.write' },
      { key: 'wechat', icon: MessageCircle, needs: 'settings.write' },
      { key: 'wecom', icon: MessagesSquare, needs: 'settings.write' },
    ],
  },
  {
    key: 'people',
    sections: [
      { key: 'users', icon: Users, needs: 'identity.users' },
      { key: 'roles', icon: ShieldCheck, needs: 'identity.users' },
      { key: 'departments', icon: Network, needs: 'identity.users' },
    ],
  },
  {
    key: 'data',
    sections: [
      { key: 'words', icon: Tags, needs: ['parties.write', 'catalogue.write', 'settings.write'] },
      { key: 'warehouses', icon: Boxes, needs: 'inventory.adjust' },
      { key: 'inventory', icon: Route, needs: ['settings.write', 'inventory.adjust'] },
    ],
  },
  {
    key: 'system',
    sections: [
      { key: 'keys', icon: KeyRound, needs: 'identity.keys' },
      { key: 'operations', icon: LifeBuoy, needs: 'operations.outbox' },
    ],
  },
]

/** Who has more to do here than to name a region finds the settings in the sidebar. */
export const MANAGES = [
  'settings.write',
  'identity.users',
  'identity.roles',
  'identity.keys',
  'operations.outbox',
  'inventory.adjust',
  'catalogue.write',
]
export const ANY = [...new Set(GROUPS.flatMap(group => group.sections.flatMap(section => section.needs)))]

/** Those a person may see. */
export function sections(): SectionGroup[] {
  return GROUPS.map(group => ({ ...group, sections: group.sections.filter(section => may(section.needs)) })).filter(
    group => group.sections.length,
  )
}
