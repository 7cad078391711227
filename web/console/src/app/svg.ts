/** A drawing of the server's as the address of a picture: the page's security policy allows data:. */
export function svgAddress(svg: string): string {
  const whole = svg.includes('xmlns=') ? svg : svg.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"')
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(whole)}`
}
