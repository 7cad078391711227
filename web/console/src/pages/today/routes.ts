import { ChartNoAxesCombined } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/today',
      component: () => import('./TodayPage.vue'),
      meta: { needs: 'analytics.read', title: 'today.title' },
    },
  ],
  places: [
    {
      to: '/today',
      title: 'today.title',
      icon: ChartNoAxesCombined,
      section: 'work',
      order: 10,
      needs: 'analytics.read',
      phone: 10,
      keys: 'g t',
    },
  ],
})
