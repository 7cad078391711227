import { onMounted, onUnmounted } from 'vue'

const isMac = /mac|iphone|ipad/i.test(navigator.platform)
/** What the key beside the space bar is called here. */
export const modKey = isMac ? '⌘' : 'Ctrl'

/** How long the second of two letters may take. */
const CHORD = 1200

/** Whether keys belong to a field or a dialog at the moment. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement | null
  return !!target?.closest('input, textarea, select, [contenteditable=true], [role=dialog], .el-popper')
}

/**
 * Keys of a page while it is shown: `j`, `mod+k`, `shift+enter`, `g o`. Plain letters are left to fields and dialogs;
 * those with `mod` work everywhere. A handler that returns false leaves the key to others.
 */
export function useHotkeys(keys: Record<string, (event: KeyboardEvent) => unknown>): void {
  let before = ''
  let at = 0

  function onKey(event: KeyboardEvent): void {
    if (event.isComposing || event.defaultPrevented || event.altKey) return
    const mod = event.ctrlKey || event.metaKey
    if (!mod && isTyping(event)) return
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase()
    const name = `${mod ? 'mod+' : ''}${event.shiftKey && event.key.length > 1 ? 'shift+' : ''}${key}`
    const now = Date.now()
    const chord = before && now - at < CHORD ? `${before} ${name}` : ''
    const handler = (chord && keys[chord]) || keys[name]
    before = mod ? '' : name
    at = now
    if (handler && handler(event) !== false) {
      event.preventDefault()
      before = ''
    }
  }

  onMounted(() => window.addEventListener('keydown', onKey))
  onUnmounted(() => window.removeEventListener('keydown', onKey))
}
