//! Which addresses belong to the Internet. Every other one leads into somebody's own network, ours above all: the
//! metadata service gives credentials to whoever can make us call it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 networks that are not the Internet (IANA's special-purpose registry), each with the length of its prefix.
const NOT_INTERNET: [([u8; 4], u32); 16] = [
    ([0, 0, 0, 0], 8),       // this network, unspecified
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared by carriers, and within AWS
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local: the metadata service
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 4),     // multicast
    ([240, 0, 0, 0], 4),     // reserved, broadcast
];

/// Networks within 2000::/3 that are not the Internet.
const NOT_INTERNET_V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), // protocol assignments, Teredo
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), // documentation
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), // 6to4: an IPv4 address in disguise
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), // documentation
];

/// Where all of the Internet's IPv6 addresses are.
const GLOBAL_UNICAST: (Ipv6Addr, u32) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// Where a gateway gives IPv4 addresses to networks that have none (NAT64).
const NAT64: (Ipv6Addr, u32) = (Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// Whether this is an address of the Internet. An IPv4 address in the shape of an IPv6 one is not: nobody writes it
/// that way who means well.
pub(crate) fn is_internet(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internet_v4(address),
        IpAddr::V6(address) => is_internet_v6(address),
    }
}

fn is_internet_v4(address: Ipv4Addr) -> bool {
    let is_in = |(network, length): &([u8; 4], u32)| {
        let mask = u32::MAX << (32 - length);
        address.to_bits() & mask == u32::from_be_bytes(*network)
    };
    !NOT_INTERNET.iter().any(is_in)
}

fn is_internet_v6(address: Ipv6Addr) -> bool {
    let is_in = |(network, length): &(Ipv6Addr, u32)| {
        let mask = u128::MAX << (128 - length);
        address.to_bits() & mask == network.to_bits()
    };
    if is_in(&NAT64) {
        let [.., a, b, c, d] = address.octets();
        return is_internet_v4(Ipv4Addr::new(a, b, c, d));
    }
    is_in(&GLOBAL_UNICAST) && !NOT_INTERNET_V6.iter().any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(addresses: &str, expected: bool) {
        for address in addresses.split_whitespace() {
            assert_eq!(is_internet(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn the_internet() {
        check(
            "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255",
            true,
        );
        check("128.0.0.0 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0", true);
        check(
            "192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 203.0.114.0 223.255.255.255",
            true,
        );
        check("2600:1f18::1 2a05:d018::1 2001:4860:4860::8888 2606:4700::1111 2001:200::1", true);
        check("64:ff9b::8.8.8.8 2003::1 3ffe:ffff::1", true);
    }

    #[test]
    fn own_networks() {
        check("0.0.0.0 0.1.2.3 10.0.0.0 10.255.255.255 100.64.0.0 100.127.255.255", false);
        check("127.0.0.1 127.255.255.255 169.254.0.1 169.254.169.254 169.254.170.2", false);
        check("172.16.0.0 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1", false);
        check("198.18.0.0 198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1", false);
        check("240.0.0.1 255.255.255.255", false);
    }

    #[test]
    fn own_networks_v6() {
        check(":: ::1 ::2 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8", false);
        check(
            "::ffff:169.254.169.254 ::ffff:0:127.0.0.1 64:ff9b::127.0.0.1 64:ff9b::10.0.0.1",
            false,
        );
        check(
            "64:ff9b:1::1 100::1 2001::1 2001:0:1::1 2001:1ff::1 2001:db8::1 2002:7f00:1::",
            false,
        );
        check(
            "3fff::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 febf::1 fec0::1 ff02::1",
            false,
        );
    }
}
