import { FilePlus2 } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/orders/new',
      component: () => import('./OrderEntryPage.vue'),
      meta: { needs: 'orders.place', title: 'order-entry.title', full: true, typing: true },
    },
  ],
  places: [
    {
      to: '/orders/new',
      title: 'order-entry.title',
      icon: FilePlus2,
      section: 'work',
      order: 30,
      needs: 'orders.place',
      keys: 'g n',
    },
  ],
  deeds: [
    {
      to: '/orders/new',
      title: 'order-entry.title',
      icon: FilePlus2,
      needs: 'orders.place',
      words: 'order 下单 开单 xiadan kaidan xjdd',
    },
  ],
})
