import { isIPv6 } from 'node:net';

/**
 * What a limit per address is kept by: an IPv4 address as it is (also where it comes mapped into IPv6), of an IPv6
 * address the first 64 bits, because one host has all the others to itself.
 */
export function addressKey(address: string): string {
  const mapped = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address.slice(0, 64);
  return `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): string[] {
  // A dotted end stands for two groups; their values do not matter to the first four.
  const [head = '', tail] = address.replace(/(\d+\.){3}\d+$/, '0:0').split('::');
  const words = (text: string): string[] => text.split(':').filter((word) => word !== '');
  const first = words(head);
  const last = words(tail ?? '');
  const between = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0');
  return [...first, ...between, ...last].map((word) => Number.parseInt(word, 16).toString(16));
}
