/**
 * In the browser our own templates become plain HTML: a `view` is a `div`, a `text` a `span`, a `button` a real
 * button, an `input` a real input. That is fewer component instances in long lists, and what keyboards and screen
 * readers expect. The mini-program keeps the elements as written; other people's components are left alone.
 */
import type { NodeTransform } from '@vue/compiler-core'

const TAGS: Record<string, string> = {
  view: 'div',
  text: 'span',
  button: 'button',
  input: 'input',
  textarea: 'textarea',
  label: 'label',
  form: 'form',
}
// Numbers of @vue/compiler-core: NodeTypes.ELEMENT and ATTRIBUTE, ElementTypes.ELEMENT.
const ELEMENT = 1
const ATTRIBUTE = 6
const PLAIN = 0

export function plainHtml(sources: string): NodeTransform {
  return (node, context) => {
    if (node.type !== ELEMENT || !context.filename?.startsWith(sources)) return
    const tag = TAGS[node.tag]
    if (!tag) return
    // On the way back, for the framework renames some of them on the way in.
    return () => {
      Object.assign(node, { tag, tagType: PLAIN })
      if (tag === 'button' && !node.props.some(prop => prop.type === ATTRIBUTE && prop.name === 'type')) {
        const value = { type: 2 as const, content: 'button', loc: node.loc }
        node.props.push({ type: ATTRIBUTE, name: 'type', nameLoc: node.loc, value, loc: node.loc })
      }
    }
  }
}
