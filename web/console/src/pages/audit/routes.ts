import { ScrollText } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/audit',
      component: () => import('./AuditPage.vue'),
      meta: { needs: 'audit.read', title: 'audit.title', full: true },
    },
  ],
  places: [
    {
      to: '/audit',
      title: 'audit.title',
      icon: ScrollText,
      section: 'company',
      order: 30,
      needs: 'audit.read',
      keys: 'g a',
    },
  ],
})
