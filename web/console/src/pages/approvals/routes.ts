import { Stamp } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/approvals/:id([0-9a-f-]{36})?',
      component: () => import('./InboxPage.vue'),
      meta: { needs: 'approvals.decide', title: 'approvals.title', full: true },
    },
    {
      path: '/approvals/policies',
      component: () => import('./PoliciesPage.vue'),
      meta: { needs: 'approvals.read', title: 'approvals.policies' },
    },
    {
      path: '/approvals/policies/new',
      component: () => import('./PolicyPage.vue'),
      meta: { needs: 'approvals.write', title: 'approvals.newPolicy' },
    },
    {
      path: '/approvals/policies/:id([0-9a-f-]{36})',
      component: () => import('./PolicyPage.vue'),
      meta: { needs: 'approvals.read', title: 'approvals.policy' },
    },
  ],
  places: [
    {
      to: '/approvals',
      title: 'approvals.title',
      icon: Stamp,
      section: 'work',
      order: 15,
      needs: 'approvals.decide',
      phone: 25,
      keys: 'g v',
    },
  ],
})
