import { BadgeJapaneseYen } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/orders/:id([0-9a-f-]{36})/amend',
      component: () => import('./AmendPage.vue'),
      meta: { needs: 'orders.amend', title: 'order-life.amend' },
    },
    {
      path: '/payments',
      component: () => import('./SlipsPage.vue'),
      meta: { needs: 'orders.payments', title: 'order-life.slips', full: true },
    },
  ],
  places: [
    {
      to: '/payments',
      title: 'order-life.slips',
      icon: BadgeJapaneseYen,
      section: 'work',
      order: 28,
      needs: 'orders.payments',
    },
  ],
})
