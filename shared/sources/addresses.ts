import ipaddr from 'ipaddr.js';

/** Decides whether the address that a host has may be asked: the reason why not, or undefined. */
export type AddressRule = (host: string, address: string) => string | undefined;

/** Azure's own channel to a virtual machine: public by its number alone. https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16 */
const PLATFORM = '168.63.129.16';

/** IPv4 addresses in an obsolete form of IPv6, `::10.0.0.1`, which some systems still connect. https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.1 */
const COMPATIBLE = ipaddr.parseCIDR('::/96') as [ipaddr.IPv6, number];

/** What ipaddr.js calls the ranges, in words. */
const WORDS: Record<string, string> = {
  loopback: 'this machine itself',
  private: 'a private network',
  uniqueLocal: 'a private network',
  carrierGradeNat: 'a provider’s private network',
  linkLocal: 'the local link, where the metadata service is',
  unspecified: 'no address at all',
  platform: 'Azure’s own platform',
};

/**
 * Public addresses alone pass, whatever form they are written in; private ones pass where a host name, an address or a
 * network (CIDR) of the list allows them. It must be asked about the very address that is then connected to.
 */
export function addressRule(allowed: string[]): AddressRule {
  const isListed = listing(allowed);
  return (host, address) => {
    const parsed = ipaddr.process(address);
    const range = rangeOf(parsed);
    if (range === 'unicast' || isListed(host, address)) return undefined;
    return `${plain(host)} is at ${parsed.toString()}, which is ${WORDS[range] ?? 'reserved for special use'}`;
  };
}

function rangeOf(address: ipaddr.IPv4 | ipaddr.IPv6): string {
  if (address.toString() === PLATFORM) return 'platform';
  const range = address.range();
  const isCompatible = range === 'unicast' && address instanceof ipaddr.IPv6 && address.match(COMPATIBLE);
  return isCompatible ? 'compatible' : range;
}

/** Addresses of the list alone pass: what is sent in the clear stays in a network that somebody trusts. */
export function clearTextRule(allowed: string[]): AddressRule {
  const isListed = listing(allowed);
  return (host, address) => (isListed(host, address) ? undefined : `http to ${plain(host)} is not encrypted`);
}

function listing(allowed: string[]): (host: string, address: string) => boolean {
  const networks = allowed.map(parseNetwork).filter((network) => network !== undefined);
  const hosts = new Set(allowed.map(plain));
  return (host, address) => {
    const parsed = ipaddr.process(address);
    const isIn = ([base, bits]: (typeof networks)[number]) => base.kind() === parsed.kind() && parsed.match(base, bits);
    return hosts.has(plain(host)) || networks.some(isIn);
  };
}

/** Whether a text can stand in the list of allowed addresses: a host name, an address, or a network such as 10.0.0.0/8. */
export function isAllowance(text: string): boolean {
  if (text.includes('/')) return ipaddr.isValidCIDR(text);
  return ipaddr.isValid(text) || /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/i.test(text);
}

/** A host as a URL has it: an IPv6 address stands in brackets there. */
function plain(host: string): string {
  return host.toLowerCase().replace(/^\[|\]$|\.$/g, '');
}

function parseNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(plain(text))) return undefined;
  const address = ipaddr.process(plain(text));
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}
