import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  resolve: { alias: { '@dinghuo/api': here('../api/src/index.ts'), '@': here('./src') } },
  define: { IS_WEB: true, SERVER: JSON.stringify('') },
  test: { include: ['tests/**/*.test.ts'] },
})
