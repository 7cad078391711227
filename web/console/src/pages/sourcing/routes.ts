import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/settings/inventory',
      component: () => import('./SourcingPage.vue'),
      meta: { needs: ['settings.write', 'inventory.adjust'], title: 'sourcing.title' },
    },
  ],
})
