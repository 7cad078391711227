import { Handshake } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/blankets',
      component: () => import('./BlanketsPage.vue'),
      meta: { needs: 'blankets.read', title: 'blankets.title', full: true },
    },
    {
      path: '/blankets/new',
      component: () => import('./BlanketFormPage.vue'),
      meta: { needs: 'blankets.write', title: 'blankets.create' },
    },
    {
      path: '/blankets/:id([0-9a-f-]{36})',
      component: () => import('./BlanketPage.vue'),
      meta: { needs: 'blankets.read', title: 'blankets.one' },
    },
    {
      path: '/blankets/:id([0-9a-f-]{36})/edit',
      component: () => import('./BlanketFormPage.vue'),
      meta: { needs: 'blankets.write', title: 'blankets.edit' },
    },
  ],
  places: [
    { to: '/blankets', title: 'blankets.title', icon: Handshake, section: 'work', order: 26, needs: 'blankets.read' },
  ],
  deeds: [
    {
      to: '/blankets/new',
      title: 'blankets.create',
      icon: Handshake,
      needs: 'blankets.write',
      words: 'blanket 框架订单 年框 kuangjia kjdd',
    },
  ],
})
