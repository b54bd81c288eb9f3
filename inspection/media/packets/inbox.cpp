#include "inbox.hpp"

#include <cerrno>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

namespace yunkan {

Inbox::Inbox() : wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    if (wake_ < 0)
        throw std::system_error(errno, std::generic_category(), "no eventfd");
}

Inbox::~Inbox() { ::close(wake_); }

void Inbox::put(int peer, Address const &from, std::span<std::uint8_t const> data) {
    {
        std::lock_guard const hold(lock_);
        if (letters_.size() >= (peer ? kMost : kMostOfStrangers))
            return;
        letters_.push_back({peer, from, {data.begin(), data.end()}});
    }
    ring();
}

void Inbox::ring() {
    std::uint64_t const one = 1;
    [[maybe_unused]] auto const written = ::write(wake_, &one, sizeof one);
}

std::vector<Inbox::Letter> Inbox::take() {
    std::uint64_t count;
    [[maybe_unused]] auto const cleared = ::read(wake_, &count, sizeof count);
    std::lock_guard const hold(lock_);
    std::vector<Letter> taken;
    taken.swap(letters_);
    return taken;
}

} // namespace yunkan
