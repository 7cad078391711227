import { MapPinned } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/road',
      component: () => import('./RoadPage.vue'),
      meta: { needs: 'parties.visit', title: 'road.title' },
    },
    {
      path: '/road/:id([0-9a-f-]{36})',
      component: () => import('./RoadCustomerPage.vue'),
      meta: { needs: 'parties.visit', title: 'road.one' },
    },
  ],
  places: [
    {
      to: '/road',
      title: 'road.title',
      icon: MapPinned,
      section: 'work',
      order: 40,
      needs: 'parties.visit',
      phone: 30,
      keys: 'g r',
    },
  ],
  deeds: [
    {
      to: '/road',
      title: 'road.checkIn',
      icon: MapPinned,
      needs: 'parties.visit',
      words: '拜访 签到 visit baifang qiandao',
    },
  ],
})
