import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    { path: '/sign-in', component: () => import('./SignInPage.vue'), meta: { bare: true, title: 'signIn.title' } },
    {
      path: '/sign-in/wecom',
      component: () => import('./WeComReturn.vue'),
      meta: { bare: true, title: 'signIn.wecom' },
    },
  ],
})
