/** An address as it is told and logged: what stands in a query may be secret. */
export function shownAddress(url: string | URL): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
