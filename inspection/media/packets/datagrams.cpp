#include "datagrams.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/time.h>
#include <system_error>
#include <unistd.h>

namespace yunkan {

namespace {

/// Bytes the system may keep for us: a quarter of a second of a hundred calls.
constexpr int kSystemBuffer = 4 << 20;

[[noreturn]] void fail(char const *what) {
    throw std::system_error(errno, std::generic_category(), what);
}

} // namespace

Datagrams::Datagrams(std::uint16_t port) {
    socket_ = ::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    has_ipv6_ = socket_ >= 0;
    int const off = 0;
    if (has_ipv6_)
        setsockopt(socket_, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
    else
        socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket_ < 0)
        fail("no UDP socket");
    for (int const option : {SO_RCVBUF, SO_SNDBUF})
        setsockopt(socket_, SOL_SOCKET, option, &kSystemBuffer, sizeof kSystemBuffer);
    timeval const patience{0, static_cast<suseconds_t>(kPatience * 1e6)};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);

    sockaddr_storage name{};
    socklen_t length = has_ipv6_ ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    if (has_ipv6_)
        reinterpret_cast<sockaddr_in6 &>(name) = {AF_INET6, htons(port), 0, in6addr_any, 0};
    else
        reinterpret_cast<sockaddr_in &>(name) = {AF_INET, htons(port), {INADDR_ANY}, {}};
    if (bind(socket_, reinterpret_cast<sockaddr *>(&name), length) < 0) {
        auto const error = errno;
        ::close(socket_);
        errno = error;
        fail("the UDP port is taken");
    }
    getsockname(socket_, reinterpret_cast<sockaddr *>(&name), &length);
    port_ = from_system(name).port;

    for (std::size_t n = 0; n < kBatch; ++n) {
        received_parts_[n] = {incoming_[n].data(), incoming_[n].size()};
        received_[n].msg_hdr.msg_name = &senders_[n];
        received_[n].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
        received_[n].msg_hdr.msg_iov = &received_parts_[n];
        received_[n].msg_hdr.msg_iovlen = 1;
        posted_[n].msg_hdr.msg_name = &receivers_[n].storage;
        posted_[n].msg_hdr.msg_iov = &posted_parts_[n];
        posted_[n].msg_hdr.msg_iovlen = 1;
    }
}

Datagrams::~Datagrams() { ::close(socket_); }

std::span<Datagrams::Arrived> Datagrams::receive() {
    int const count = recvmmsg(socket_, received_.data(), kBatch, MSG_WAITFORONE, nullptr);
    for (int n = 0; n < count; ++n) {
        received_[n].msg_hdr.msg_namelen = sizeof(sockaddr_storage); // as the system must find it
        arrived_[n] = {from_system(senders_[n]), {incoming_[n].data(), received_[n].msg_len}};
    }
    return {arrived_.data(), static_cast<std::size_t>(count > 0 ? count : 0)};
}

std::uint8_t *Datagrams::draft() {
    if (waiting_ == kBatch)
        flush();
    return outgoing_[waiting_].data();
}

void Datagrams::post(Address const &to, std::size_t length) {
    posted_parts_[waiting_] = {outgoing_[waiting_].data(), length};
    receivers_[waiting_] = to_system(to);
    posted_[waiting_].msg_hdr.msg_namelen = receivers_[waiting_].length;
    ++waiting_;
}

void Datagrams::flush() {
    std::size_t done = 0;
    while (done < waiting_) {
        int const taken =
            sendmmsg(socket_, &posted_[done], static_cast<unsigned>(waiting_ - done), MSG_DONTWAIT);
        if (taken > 0)
            done += static_cast<std::size_t>(taken);
        else if (errno != EINTR)
            ++done; // this one has no way to go: an address out of reach
    }
    waiting_ = 0;
}

void Datagrams::send(Address const &to, std::span<std::uint8_t const> data) const {
    auto const name = to_system(to);
    ::sendto(socket_, data.data(), data.size(), MSG_DONTWAIT,
             reinterpret_cast<sockaddr const *>(&name.storage), name.length);
}

Datagrams::SocketAddress Datagrams::to_system(Address const &address) const {
    SocketAddress name{};
    if (has_ipv6_) {
        reinterpret_cast<sockaddr_in6 &>(name.storage) = {AF_INET6, htons(address.port), 0,
                                                          address.host, 0};
        name.length = sizeof(sockaddr_in6);
    } else {
        sockaddr_in four{AF_INET, htons(address.port), {}, {}};
        std::memcpy(&four.sin_addr, &address.host.s6_addr[12], sizeof four.sin_addr);
        reinterpret_cast<sockaddr_in &>(name.storage) = four;
        name.length = sizeof(sockaddr_in);
    }
    return name;
}

Address Datagrams::from_system(sockaddr_storage const &storage) {
    Address address;
    if (storage.ss_family == AF_INET6) {
        auto const &six = reinterpret_cast<sockaddr_in6 const &>(storage);
        address.host = six.sin6_addr;
        address.port = ntohs(six.sin6_port);
    } else {
        auto const &four = reinterpret_cast<sockaddr_in const &>(storage);
        address.host.s6_addr[10] = address.host.s6_addr[11] = 0xff;
        std::memcpy(&address.host.s6_addr[12], &four.sin_addr, sizeof four.sin_addr);
        address.port = ntohs(four.sin_port);
    }
    return address;
}

} // namespace yunkan
