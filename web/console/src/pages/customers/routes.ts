import { Building2, UserPlus, UsersRound } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/customers',
      component: () => import('./CustomersPage.vue'),
      meta: { needs: 'parties.read', title: 'customers.title', full: true },
    },
    {
      path: '/customers/new',
      component: () => import('./CustomerFormPage.vue'),
      meta: { needs: 'parties.write', title: 'customers.create' },
    },
    {
      path: '/customers/duplicates',
      component: () => import('./DuplicatesPage.vue'),
      meta: { needs: 'parties.merge', title: 'customers.duplicates.title' },
    },
    {
      path: '/customers/merge',
      component: () => import('./MergePage.vue'),
      meta: { needs: 'parties.merge', title: 'customers.merge.title' },
    },
    {
      path: '/customers/:id([0-9a-f-]{36})',
      component: () => import('./CustomerPage.vue'),
      meta: { needs: 'parties.read', title: 'customers.one' },
    },
    {
      path: '/customers/:id([0-9a-f-]{36})/edit',
      component: () => import('./CustomerFormPage.vue'),
      meta: { needs: 'parties.write', title: 'customers.edit' },
    },
  ],
  places: [
    {
      to: '/customers',
      title: 'customers.title',
      icon: Building2,
      section: 'customers',
      order: 10,
      needs: 'parties.read',
      phone: 40,
      keys: 'g c',
    },
  ],
  deeds: [
    {
      title: 'customers.create',
      icon: UserPlus,
      to: '/customers/new',
      needs: 'parties.write',
      words: 'new customer xinjian kehu',
    },
    {
      title: 'customers.duplicates.title',
      icon: UsersRound,
      to: '/customers/duplicates',
      needs: 'parties.merge',
      words: 'duplicates merge chongfu hebing',
    },
  ],
})
