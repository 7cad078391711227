import { ClipboardList } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/orders',
      component: () => import('./OrdersPage.vue'),
      meta: { needs: 'orders.read', title: 'orders.title', full: true },
    },
    {
      path: '/orders/:id([0-9a-f-]{36})',
      component: () => import('./OrderPage.vue'),
      meta: { needs: 'orders.read', title: 'orders.one' },
    },
  ],
  places: [
    {
      to: '/orders',
      title: 'orders.title',
      icon: ClipboardList,
      section: 'work',
      order: 20,
      needs: 'orders.read',
      phone: 20,
      keys: 'g o',
    },
  ],
})
