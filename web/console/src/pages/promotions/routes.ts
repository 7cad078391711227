import { Gift } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/promotions',
      component: () => import('./PromotionsPage.vue'),
      meta: { needs: 'promotions.read', title: 'promotions.title', full: true },
    },
    {
      path: '/promotions/new',
      component: () => import('./PromotionFormPage.vue'),
      meta: { needs: 'promotions.write', title: 'promotions.create' },
    },
    {
      path: '/promotions/:code',
      component: () => import('./PromotionPage.vue'),
      meta: { needs: 'promotions.read', title: 'promotions.one' },
    },
    {
      path: '/promotions/:code/edit',
      component: () => import('./PromotionFormPage.vue'),
      meta: { needs: 'promotions.write', title: 'promotions.edit' },
    },
    {
      path: '/promotions/:code/publish',
      component: () => import('./PublishPage.vue'),
      meta: { needs: 'promotions.write', title: 'promotions.before.one' },
    },
  ],
  places: [
    {
      to: '/promotions',
      title: 'promotions.title',
      icon: Gift,
      section: 'goods',
      order: 25,
      needs: 'promotions.read',
      keys: 'g m',
    },
  ],
  deeds: [
    {
      title: 'promotions.create',
      icon: Gift,
      to: '/promotions/new',
      needs: 'promotions.write',
      words: 'new promotion coupon 促销 满减 买赠 优惠券 xinjian cuxiao manjian maizeng youhuiquan',
    },
  ],
})
