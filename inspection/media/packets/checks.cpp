#include "checks.hpp"

#include <algorithm>

namespace yunkan {

namespace {

constexpr std::size_t kHeader = 20;
constexpr std::uint32_t kCookie = 0x2112a442;
constexpr unsigned kRequest = 0x0001, kUsername = 0x0006;

} // namespace

bool is_check(Octets datagram) {
    return datagram.size() >= kHeader && datagram[0] < 4 && read32(&datagram[4]) == kCookie &&
           read16(&datagram[2]) + kHeader == datagram.size();
}

bool asks(Octets check) { return read16(check.data()) == kRequest; }

std::string_view asked_for(Octets check) {
    for (auto at = kHeader; at + 4 <= check.size();) {
        std::size_t const length = read16(&check[at + 2]);
        if (at + 4 + length > check.size())
            return {};
        if (read16(&check[at]) == kUsername) {
            std::string_view const name{reinterpret_cast<char const *>(&check[at]) + 4, length};
            return name.substr(0, name.find(':'));
        }
        at += 4 + (length + 3) / 4 * 4;
    }
    return {};
}

Asked::Transaction Asked::transaction(Octets check) {
    Transaction number{};
    std::copy_n(check.begin() + 8, number.size(), number.begin());
    return number;
}

void Asked::sent(Octets check) {
    auto const number = transaction(check);
    if (!waiting_.insert(number).second)
        return; // once more
    order_.push_back(number);
    if (order_.size() > kMost) {
        waiting_.erase(order_.front());
        order_.pop_front();
    }
}

bool Asked::answers(Octets check) { return waiting_.erase(transaction(check)) > 0; }

} // namespace yunkan
