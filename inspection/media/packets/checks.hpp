// Address checks (STUN, RFC 8489), as far as it takes to know whom one is for.
#pragma once

#include "octets.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string_view>

namespace yunkan {

/// Whether a datagram is one whole check (section 5).
bool is_check(Octets datagram);

/// Whether a check asks something: all others answer.
bool asks(Octets check);

/// Our half of the USERNAME of a request (RFC 8445 section 7.2.2): whom it is for. Empty: nobody.
std::string_view asked_for(Octets check);

/// The checks that we have sent and that nobody has answered yet, the newest of them.
class Asked {
public:
    void sent(Octets check);

    /// Whether this answers one of them; the next answer to it does not.
    bool answers(Octets check);

private:
    using Transaction = std::array<std::uint8_t, 12>;

    static Transaction transaction(Octets check);

    /// Three a second for each of 600 links.
    static constexpr std::size_t kMost = 4096;

    std::set<Transaction> waiting_;
    std::deque<Transaction> order_; // of sending
};

} // namespace yunkan
