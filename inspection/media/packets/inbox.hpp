// Datagrams that are not media, waiting for Python: address checks (STUN) and handshakes (DTLS).
#pragma once

#include "address.hpp"

#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace yunkan {

class Inbox {
public:
    Inbox(); ///< throws std::system_error
    ~Inbox();
    Inbox(Inbox const &) = delete;
    Inbox &operator=(Inbox const &) = delete;

    struct Letter {
        int peer; // whose address it came from, 0 when nobody's yet
        Address from;
        std::vector<std::uint8_t> data;
    };

    /// A descriptor that is readable while something waits.
    [[nodiscard]] int descriptor() const { return wake_; }

    /// Drops the letter when too many wait.
    void put(int peer, Address const &from, std::span<std::uint8_t const> data);

    /// Readable once more, with no letter: something else is ready.
    void ring();

    std::vector<Letter> take();

private:
    /// Half is kept free for who is known, while Python is busy.
    static constexpr std::size_t kMost = 1024, kMostOfStrangers = kMost / 2;

    int wake_;
    std::mutex lock_;
    std::vector<Letter> letters_;
};

} // namespace yunkan
