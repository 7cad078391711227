import { Layers } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/stock/lots',
      component: () => import('./LotsPage.vue'),
      meta: { needs: 'inventory.read', title: 'lots.title', full: true },
    },
    {
      path: '/stock/lots/:id([0-9a-f-]{36})',
      component: () => import('./LotPage.vue'),
      meta: { needs: 'inventory.read', title: 'lots.one' },
    },
    {
      path: '/stock/lots/rules',
      component: () => import('./LotRulesPage.vue'),
      meta: { needs: 'inventory.read', title: 'lots.rules' },
    },
  ],
  places: [
    { to: '/stock/lots', title: 'lots.title', icon: Layers, section: 'goods', order: 37, needs: 'inventory.adjust' },
  ],
  deeds: [
    {
      title: 'lots.recall',
      icon: Layers,
      to: '/stock/lots',
      needs: 'inventory.read',
      words: 'recall lot zhaohui pici',
    },
  ],
})
