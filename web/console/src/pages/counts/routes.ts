import { ClipboardCheck } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/stock/counts',
      component: () => import('./CountsPage.vue'),
      meta: { needs: 'inventory.read', title: 'counts.title', full: true },
    },
    {
      path: '/stock/counts/:id([0-9a-f-]{36})',
      component: () => import('./SheetPage.vue'),
      meta: { needs: 'inventory.read', title: 'counts.one' },
    },
    {
      path: '/stock/counts/:id([0-9a-f-]{36})/print',
      component: () => import('./PrintPage.vue'),
      meta: { needs: 'inventory.read', title: 'counts.print' },
    },
  ],
  places: [
    {
      to: '/stock/counts',
      title: 'counts.title',
      icon: ClipboardCheck,
      section: 'goods',
      order: 36,
      needs: 'inventory.count',
    },
  ],
  deeds: [
    {
      title: 'counts.make',
      icon: ClipboardCheck,
      to: '/stock/counts?make=1',
      needs: 'inventory.count',
      words: 'stock count sheet pandian pandiandan',
    },
  ],
})
