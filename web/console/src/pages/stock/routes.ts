import { ClipboardCheck, PackageCheck, Warehouse } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/stock',
      component: () => import('./StockPage.vue'),
      meta: { needs: 'inventory.read', title: 'stock.title', full: true },
    },
    {
      path: '/stock/moves',
      component: () => import('./MovesPage.vue'),
      meta: { needs: 'inventory.read', title: 'stock.moves', full: true },
    },
    {
      path: '/stock/receipts',
      component: () => import('./ReceiptsPage.vue'),
      meta: { needs: 'inventory.read', title: 'stock.receipts', full: true },
    },
    {
      path: '/stock/receipts/:id([0-9a-f-]{36})',
      component: () => import('./ReceiptPage.vue'),
      meta: { needs: 'inventory.read', title: 'stock.receipt' },
    },
    {
      path: '/stock/receive',
      component: () => import('./ReceivePage.vue'),
      meta: { needs: 'inventory.receive', title: 'stock.receive', full: true },
    },
    {
      path: '/stock/adjust',
      component: () => import('./AdjustPage.vue'),
      meta: { needs: 'inventory.adjust', title: 'stock.adjust', full: true },
    },
    {
      path: '/stock/count',
      component: () => import('./CountPage.vue'),
      meta: { needs: 'inventory.count', title: 'stock.count', full: true },
    },
    {
      path: '/stock/skus/:code',
      component: () => import('./SkuStockPage.vue'),
      meta: { needs: 'inventory.read', title: 'stock.one' },
    },
  ],
  places: [
    {
      to: '/stock',
      title: 'stock.title',
      icon: Warehouse,
      section: 'goods',
      order: 30,
      needs: 'inventory.read',
      keys: 'g s',
    },
  ],
  deeds: [
    {
      title: 'stock.receive',
      icon: PackageCheck,
      to: '/stock/receive',
      needs: 'inventory.receive',
      words: 'goods receipt ruku shouhuo',
    },
    {
      title: 'stock.adjust',
      icon: Warehouse,
      to: '/stock/adjust',
      needs: 'inventory.adjust',
      words: 'adjust stock tiaozheng kucun',
    },
    {
      title: 'stock.count',
      icon: ClipboardCheck,
      to: '/stock/count',
      needs: 'inventory.count',
      words: 'stock count pandian',
    },
  ],
})
