import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [{ path: '/me', component: () => import('./MePage.vue'), meta: { title: 'me.title' } }],
})
