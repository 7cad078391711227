import { Package, PackagePlus, Shapes } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

const ID = ':id([0-9a-f-]{36})'

export default defineArea({
  routes: [
    {
      path: '/products',
      component: () => import('./ProductsPage.vue'),
      meta: { needs: 'catalogue.read', title: 'products.title', full: true },
    },
    {
      path: '/products/skus',
      component: () => import('./SkusPage.vue'),
      meta: { needs: 'catalogue.read', title: 'products.skus', full: true },
    },
    {
      path: '/products/groups',
      component: () => import('./GroupsPage.vue'),
      meta: { needs: 'catalogue.read', title: 'products.groups.title' },
    },
    {
      path: '/products/new',
      component: () => import('./ProductFormPage.vue'),
      meta: { needs: 'catalogue.write', title: 'products.create' },
    },
    {
      path: '/products/skus/new',
      component: () => import('./SkuFormPage.vue'),
      meta: { needs: 'catalogue.write', title: 'products.createSku' },
    },
    {
      path: `/products/skus/${ID}`,
      component: () => import('./SkuPage.vue'),
      meta: { needs: 'catalogue.read', title: 'products.sku' },
    },
    {
      path: `/products/skus/${ID}/edit`,
      component: () => import('./SkuFormPage.vue'),
      meta: { needs: 'catalogue.write', title: 'products.editSku' },
    },
    {
      path: `/products/${ID}`,
      component: () => import('./ProductPage.vue'),
      meta: { needs: 'catalogue.read', title: 'products.one' },
    },
    {
      path: `/products/${ID}/edit`,
      component: () => import('./ProductFormPage.vue'),
      meta: { needs: 'catalogue.write', title: 'products.edit' },
    },
  ],
  places: [
    {
      to: '/products',
      title: 'products.title',
      icon: Package,
      section: 'goods',
      order: 10,
      needs: 'catalogue.read',
      keys: 'g p',
    },
  ],
  deeds: [
    {
      title: 'products.create',
      icon: PackagePlus,
      to: '/products/new',
      needs: 'catalogue.write',
      words: 'new product xinjian shangpin',
    },
    {
      title: 'products.groups.title',
      icon: Shapes,
      to: '/products/groups',
      needs: 'catalogue.read',
      words: 'categories brands units fenlei pinpai danwei',
    },
  ],
})
