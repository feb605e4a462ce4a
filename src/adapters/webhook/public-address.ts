import { BlockList, isIP } from 'node:net';

const PRIVATE_V4: readonly (readonly [net: string, prefix: number])[] = [
  ['0.0.0.0', 8], // unspecified
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // CGNAT
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, metadata of clouds
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4],
];
/** Of 2000::/3, outside of which nothing is public: v4-mapped, NAT64, unique local, link-local, multicast lie there. */
const SPECIAL_V6: readonly (readonly [net: string, prefix: number])[] = [
  ['2001::', 23], // Teredo and others
  ['2001:db8::', 32],
  ['2002::', 16], // holds a v4 address
  ['3fff::', 20],
];

const blocked4 = new BlockList();
for (const [net, prefix] of PRIVATE_V4) blocked4.addSubnet(net, prefix, 'ipv4');
const public6 = new BlockList();
public6.addSubnet('2000::', 3, 'ipv6');
const blocked6 = new BlockList();
for (const [net, prefix] of SPECIAL_V6) blocked6.addSubnet(net, prefix, 'ipv6');

/** Whether everybody could reach it: no loopback, private, link-local or other special address. Texts of no address: no. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked4.check(address, 'ipv4');
    case 6: {
      const [plain = ''] = address.split('%');
      return public6.check(plain, 'ipv6') && !blocked6.check(plain, 'ipv6');
    }
    default:
      return false;
  }
}
