/** Words with parents as a flat tree, in the order of their positions. Pure. */

export interface Node {
  code: string
  name: string
  parent?: string | null
  position?: number | null
}

export interface Branch<T extends Node> {
  node: T
  depth: number
  /** How many stand below it, at any depth. */
  below: number
}

/** Parents before children; those whose parent is unknown, or above themselves, stand at the top. */
export function branches<T extends Node>(nodes: readonly T[]): Branch<T>[] {
  const known = new Set(nodes.map(node => node.code))
  const children = new Map<string | null, T[]>()
  for (const node of nodes) {
    const parent = node.parent && known.has(node.parent) && node.parent !== node.code ? node.parent : null
    children.set(parent, [...(children.get(parent) ?? []), node])
  }
  const inOrder = (a: T, b: T) => (a.position ?? 0) - (b.position ?? 0) || a.code.localeCompare(b.code)
  const all: Branch<T>[] = []
  const seen = new Set<string>()
  const walk = (parent: string | null, depth: number): number => {
    let count = 0
    for (const node of [...(children.get(parent) ?? [])].sort(inOrder)) {
      if (seen.has(node.code)) continue
      seen.add(node.code)
      const branch: Branch<T> = { node, depth, below: 0 }
      all.push(branch)
      branch.below = walk(node.code, depth + 1)
      count += 1 + branch.below
    }
    return count
  }
  walk(null, 0)
  for (const node of nodes) if (!seen.has(node.code)) all.push({ node, depth: 0, below: 0 })
  return all
}

/** Itself and all below it: no place for it to stand under. */
export function within<T extends Node>(nodes: readonly T[], code: string): Set<string> {
  const found = new Set([code])
  for (let before = 0; before !== found.size; ) {
    before = found.size
    for (const node of nodes) if (node.parent && found.has(node.parent)) found.add(node.code)
  }
  return found
}

/** New positions that put a node one place up or down among its siblings; empty where it is at the end. */
export function moved<T extends Node>(
  nodes: readonly T[],
  code: string,
  by: 1 | -1,
): { code: string; position: number }[] {
  const node = nodes.find(each => each.code === code)
  if (!node) return []
  const siblings = branches(nodes)
    .map(branch => branch.node)
    .filter(each => (each.parent ?? null) === (node.parent ?? null))
  const at = siblings.findIndex(each => each.code === code)
  const to = at + by
  if (to < 0 || to >= siblings.length) return []
  const order = [...siblings]
  order.splice(at, 1)
  order.splice(to, 0, node)
  return order
    .map((each, position) => ({ code: each.code, position: position + 1 }))
    .filter(each => {
      const was = siblings.find(one => one.code === each.code)
      return was?.position !== each.position
    })
}
