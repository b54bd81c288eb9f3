// Where a datagram came from or goes to: IPv6, with IPv4 inside it as ::ffff:a.b.c.d (RFC 4291).
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>

namespace yunkan {

struct Address {
    in6_addr host{};
    std::uint16_t port = 0; // host byte order

    bool operator==(Address const &other) const {
        return port == other.port && std::memcmp(&host, &other.host, sizeof host) == 0;
    }

    [[nodiscard]] bool is_ipv4() const { return IN6_IS_ADDR_V4MAPPED(&host); }

    /// As people write it, without the port: "192.0.2.1", "2001:db8::1".
    [[nodiscard]] std::string text() const {
        char text[INET6_ADDRSTRLEN];
        if (is_ipv4())
            inet_ntop(AF_INET, &host.s6_addr[12], text, sizeof text);
        else
            inet_ntop(AF_INET6, &host, text, sizeof text);
        return text;
    }

    static std::optional<Address> read(std::string const &text, std::uint16_t port) {
        Address address;
        address.port = port;
        auto const mapped = text.find(':') == std::string::npos ? "::ffff:" + text : text;
        if (inet_pton(AF_INET6, mapped.c_str(), &address.host) != 1)
            return std::nullopt;
        return address;
    }
};

struct AddressHash {
    std::size_t operator()(Address const &address) const {
        std::uint64_t parts[2];
        std::memcpy(parts, &address.host, sizeof parts);
        auto mixed = (parts[0] ^ parts[1] * 0x9e3779b97f4a7c15) + address.port;
        mixed = (mixed ^ mixed >> 32) * 0xbf58476d1ce4e5b9;
        return mixed ^ mixed >> 29;
    }
};

} // namespace yunkan
