import { KeyRound, Settings, ShieldCheck, UserPlus } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'
import { ANY, GROUPS, MANAGES } from './sections'

const needsOf = (key: string) => GROUPS.flatMap(group => group.sections).find(section => section.key === key)?.needs
const meta = (key: string) => ({ needs: needsOf(key), title: `settings.sections.${key}`, full: true })

export default defineArea({
  routes: [
    {
      path: '/settings',
      component: () => import('./SettingsPage.vue'),
      meta: { needs: ANY, title: 'settings.title', full: true },
    },
    { path: '/settings/company', component: () => import('./CompanyPage.vue'), meta: meta('company') },
    { path: '/settings/organisations', redirect: '/settings/company' },
    { path: '/settings/portal', component: () => import('./PortalPage.vue'), meta: meta('portal') },
    { path: '/settings/orders', component: () => import('./OrdersPage.vue'), meta: meta('orders') },
    { path: '/settings/wechat', component: () => import('./WeChatPage.vue'), meta: meta('wechat') },
    { path: '/settings/wecom', component: () => import('./WeComPage.vue'), meta: meta('wecom') },
    { path: '/settings/users', component: () => import('./UsersPage.vue'), meta: meta('users') },
    {
      path: '/settings/users/new',
      component: () => import('./UserPage.vue'),
      meta: { ...meta('users'), title: 'settings.users.create' },
    },
    {
      path: '/settings/users/:id([0-9a-f-]{36})',
      component: () => import('./UserPage.vue'),
      meta: { ...meta('users'), title: 'settings.users.one' },
    },
    { path: '/settings/roles', component: () => import('./RolesPage.vue'), meta: meta('roles') },
    { path: '/settings/departments', component: () => import('./DepartmentsPage.vue'), meta: meta('departments') },
    { path: '/settings/words', component: () => import('./WordsPage.vue'), meta: meta('words') },
    { path: '/settings/warehouses', component: () => import('./WarehousesPage.vue'), meta: meta('warehouses') },
    { path: '/settings/keys', component: () => import('./KeysPage.vue'), meta: meta('keys') },
    { path: '/settings/operations', component: () => import('./OperationsPage.vue'), meta: meta('operations') },
  ],
  places: [
    {
      to: '/settings',
      title: 'settings.title',
      icon: Settings,
      section: 'company',
      order: 40,
      needs: MANAGES,
      keys: 'g e',
    },
  ],
  deeds: [
    {
      title: 'settings.users.create',
      icon: UserPlus,
      to: '/settings/users/new',
      needs: 'identity.users',
      words: 'new user xinjian yonghu',
    },
    {
      title: 'settings.sections.roles',
      icon: ShieldCheck,
      to: '/settings/roles',
      needs: 'identity.users',
      words: 'roles permissions juese quanxian',
    },
    {
      title: 'settings.sections.keys',
      icon: KeyRound,
      to: '/settings/keys',
      needs: 'identity.keys',
      words: 'api keys jiekou miyao',
    },
  ],
})
