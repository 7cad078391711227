import { CalendarClock } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/stock/supply',
      component: () => import('./SupplyPage.vue'),
      meta: { needs: 'inventory.read', title: 'supply.title', full: true },
    },
  ],
  places: [
    {
      to: '/stock/supply',
      title: 'supply.title',
      icon: CalendarClock,
      section: 'goods',
      order: 34,
      needs: 'inventory.receive',
    },
  ],
  deeds: [
    {
      title: 'supply.make',
      icon: CalendarClock,
      to: '/stock/supply?make=1',
      needs: 'inventory.receive',
      words: 'expected supply purchase order yuji daohuo caigou',
    },
  ],
})
