import { Hourglass } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/waiting',
      component: () => import('./WaitingPage.vue'),
      meta: { needs: 'orders.read', title: 'waiting.title', full: true },
    },
    {
      path: '/waiting/priorities',
      component: () => import('./PrioritiesPage.vue'),
      meta: { needs: 'inventory.read', title: 'waiting.priorities', full: true },
    },
  ],
  places: [
    {
      to: '/waiting',
      title: 'waiting.title',
      icon: Hourglass,
      section: 'work',
      order: 24,
      needs: 'orders.read',
      keys: 'g w',
    },
  ],
  deeds: [
    {
      title: 'waiting.priorities',
      icon: Hourglass,
      to: '/waiting/priorities',
      needs: 'inventory.adjust',
      words: 'allocation priority fenpei youxianji quehuo',
    },
  ],
})
