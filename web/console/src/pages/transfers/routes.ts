import { Truck } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/stock/transfers',
      component: () => import('./TransfersPage.vue'),
      meta: { needs: 'inventory.read', title: 'transfers.title', full: true },
    },
    {
      path: '/stock/transfers/new',
      component: () => import('./TransferFormPage.vue'),
      meta: { needs: 'inventory.adjust', title: 'transfers.make' },
    },
    {
      path: '/stock/transfers/:id([0-9a-f-]{36})',
      component: () => import('./TransferPage.vue'),
      meta: { needs: 'inventory.read', title: 'transfers.one' },
    },
    {
      path: '/stock/transfers/:id([0-9a-f-]{36})/edit',
      component: () => import('./TransferFormPage.vue'),
      meta: { needs: 'inventory.adjust', title: 'transfers.edit' },
    },
  ],
  places: [
    {
      to: '/stock/transfers',
      title: 'transfers.title',
      icon: Truck,
      section: 'goods',
      order: 35,
      needs: 'inventory.receive',
    },
  ],
  deeds: [
    {
      title: 'transfers.make',
      icon: Truck,
      to: '/stock/transfers/new',
      needs: 'inventory.adjust',
      words: 'transfer diaobo',
    },
  ],
})
