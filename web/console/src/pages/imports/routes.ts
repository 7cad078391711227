import { FileUp } from 'lucide-vue-next'
import { defineArea } from '@/app/areas'

export default defineArea({
  routes: [
    {
      path: '/imports',
      component: () => import('./ImportsPage.vue'),
      meta: { needs: 'imports.run', title: 'imports.title', full: true },
    },
    {
      path: '/imports/new',
      component: () => import('./NewImportPage.vue'),
      meta: { needs: 'imports.run', title: 'imports.create' },
    },
    {
      path: '/imports/:id([0-9a-f-]{36})',
      component: () => import('./ImportPage.vue'),
      meta: { needs: 'imports.run', title: 'imports.one' },
    },
  ],
  places: [
    {
      to: '/imports',
      title: 'imports.title',
      icon: FileUp,
      section: 'company',
      order: 10,
      needs: 'imports.run',
      keys: 'g i',
    },
  ],
  deeds: [
    {
      title: 'imports.create',
      icon: FileUp,
      to: '/imports/new',
      needs: 'imports.run',
      words: 'import upload excel csv daoru shangchuan',
    },
  ],
})
