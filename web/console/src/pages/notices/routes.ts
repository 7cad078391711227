import { Megaphone } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/notices',
      component: () => import('./NoticesPage.vue'),
      meta: { needs: 'notices.read', title: 'notices.title', full: true },
    },
    {
      path: '/notices/new',
      component: () => import('./NewNoticePage.vue'),
      meta: { needs: 'notices.write', title: 'notices.new' },
    },
    {
      path: '/notices/:id([0-9a-f-]{36})',
      component: () => import('./NoticePage.vue'),
      meta: { needs: 'notices.read', title: 'notices.one' },
    },
  ],
  places: [
    {
      to: '/notices',
      title: 'notices.title',
      icon: Megaphone,
      section: 'customers',
      order: 20,
      needs: 'notices.read',
    },
  ],
  deeds: [
    {
      to: '/notices/new',
      title: 'notices.new',
      icon: Megaphone,
      needs: 'notices.write',
      words: '公告 政策 横幅 notice policy banner gonggao zhengce',
    },
  ],
})
