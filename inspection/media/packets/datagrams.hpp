// The one UDP socket of a worker: many datagrams in one system call, either way.
#pragma once

#include "address.hpp"
#include "rtp.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace yunkan {

class Datagrams {
public:
    /// Bind a port on every address, IPv6 and IPv4 alike; 0 takes a free one.
    /// Throws std::system_error.
    explicit Datagrams(std::uint16_t port);
    ~Datagrams();
    Datagrams(Datagrams const &) = delete;
    Datagrams &operator=(Datagrams const &) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] bool has_ipv6() const { return has_ipv6_; }

    struct Arrived {
        Address from;
        std::span<std::uint8_t> data; // into our own buffers, until the next `receive`
    };

    /// What has arrived: waits up to kPatience for the first, for none after it.
    std::span<Arrived> receive();

    /// Room for one more datagram of kLongestDatagram bytes, to be filled and then `post`ed.
    std::uint8_t *draft();
    void post(Address const &to, std::size_t length);

    /// Hand everything posted to the system. What it does not take is lost, as on any network.
    void flush();

    /// At once, from any thread.
    void send(Address const &to, std::span<std::uint8_t const> data) const;

    /// Seconds that `receive` waits: timers are late by no more. Longer than the 20 ms from one
    /// packet of sound to the next, or we would often wake for nothing just before it.
    static constexpr double kPatience = 0.03;

private:
    static constexpr std::size_t kBatch = 64;

    struct SocketAddress {
        sockaddr_storage storage;
        socklen_t length;
    };

    [[nodiscard]] SocketAddress to_system(Address const &address) const;
    [[nodiscard]] static Address from_system(sockaddr_storage const &storage);

    int socket_ = -1;
    bool has_ipv6_ = true;
    std::uint16_t port_ = 0;

    using Buffer = std::array<std::uint8_t, kLongestDatagram>;
    std::vector<Buffer> incoming_{kBatch}, outgoing_{kBatch};
    std::array<mmsghdr, kBatch> received_{}, posted_{};
    std::array<iovec, kBatch> received_parts_{}, posted_parts_{};
    std::array<sockaddr_storage, kBatch> senders_{};
    std::array<SocketAddress, kBatch> receivers_{};
    std::array<Arrived, kBatch> arrived_{};
    std::size_t waiting_ = 0;
};

} // namespace yunkan
