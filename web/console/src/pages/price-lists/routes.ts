import { Tags } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/price-lists',
      component: () => import('./PriceListsPage.vue'),
      meta: { needs: 'pricing.read', title: 'price-lists.title', full: true },
    },
    {
      path: '/price-lists/new',
      component: () => import('./PriceListFormPage.vue'),
      meta: { needs: 'pricing.write', title: 'price-lists.create' },
    },
    {
      path: '/price-lists/compare',
      component: () => import('./ComparePage.vue'),
      meta: { needs: 'pricing.read', title: 'price-lists.compare', full: true },
    },
    {
      path: '/price-lists/:code',
      component: () => import('./PriceListPage.vue'),
      meta: { needs: 'pricing.read', title: 'price-lists.one' },
    },
    {
      path: '/price-lists/:code/edit',
      component: () => import('./PriceListFormPage.vue'),
      meta: { needs: 'pricing.write', title: 'price-lists.edit' },
    },
    {
      path: '/price-lists/:code/publish',
      component: () => import('./PublishPage.vue'),
      meta: { needs: 'pricing.write', title: 'price-lists.before.one' },
    },
  ],
  places: [
    {
      to: '/price-lists',
      title: 'price-lists.title',
      icon: Tags,
      section: 'goods',
      order: 20,
      needs: 'pricing.read',
      keys: 'g l',
    },
  ],
  deeds: [
    {
      title: 'price-lists.create',
      icon: Tags,
      to: '/price-lists/new',
      needs: 'pricing.write',
      words: 'new price list xinjian jiamubiao',
    },
    {
      title: 'price-lists.compare',
      icon: Tags,
      to: '/price-lists/compare',
      needs: 'pricing.read',
      words: 'compare prices bingpai jiage',
    },
  ],
})
