import { HandCoins } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/rebates',
      component: () => import('./AgreementsPage.vue'),
      meta: { needs: 'rebates.read', title: 'rebates.title', full: true },
    },
    {
      path: '/rebates/accruals',
      component: () => import('./AccrualsPage.vue'),
      meta: { needs: 'rebates.read', title: 'rebates.tabs.accruals', full: true },
    },
    {
      path: '/rebates/balances',
      component: () => import('./BalancesPage.vue'),
      meta: { needs: 'rebates.read', title: 'rebates.balances', full: true },
    },
    {
      path: '/rebates/settlements',
      component: () => import('./SettlementsPage.vue'),
      meta: { needs: 'rebates.settle', title: 'rebates.tabs.settlements', full: true },
    },
    {
      path: '/rebates/settle',
      component: () => import('./SettlePage.vue'),
      meta: { needs: 'rebates.settle', title: 'rebates.settle' },
    },
    {
      path: '/rebates/agreements/new',
      component: () => import('./AgreementFormPage.vue'),
      meta: { needs: 'rebates.write', title: 'rebates.create' },
    },
    {
      path: '/rebates/agreements/:code',
      component: () => import('./AgreementPage.vue'),
      meta: { needs: 'rebates.read', title: 'rebates.one' },
    },
    {
      path: '/rebates/agreements/:code/edit',
      component: () => import('./AgreementFormPage.vue'),
      meta: { needs: 'rebates.write', title: 'rebates.edit' },
    },
  ],
  places: [
    {
      to: '/rebates',
      title: 'rebates.title',
      icon: HandCoins,
      section: 'goods',
      order: 26,
      needs: 'rebates.read',
      keys: 'g f',
    },
  ],
  deeds: [
    {
      title: 'rebates.create',
      icon: HandCoins,
      to: '/rebates/agreements/new',
      needs: 'rebates.write',
      words: 'new rebate agreement 返利 协议 年返 fanli xieyi',
    },
    {
      title: 'rebates.settle',
      icon: HandCoins,
      to: '/rebates/settle',
      needs: 'rebates.settle',
      words: 'settle rebates 结算返利 jiesuan fanli',
    },
  ],
})
