#include "tape.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/stat.h>
#include <system_error>

namespace yunkan {

namespace {

constexpr std::uint64_t kMagic = 0x65706174206b7579; // "yuk tape"
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kPage = 4096;
constexpr std::size_t kSmallestRing = 1 << 16;

/// Microseconds since 1970: the year 2255, long before sums of times overflow.
constexpr std::int64_t kEndOfTime = std::int64_t{1} << 53;

/// A record as it lies in the ring, always at a multiple of its alignment.
struct Stored {
    std::uint32_t length;
    std::uint32_t check; // tells a record from whatever else is there
    std::uint32_t source;
    std::uint32_t time;
    std::uint16_t sequence;
    std::uint8_t kind, codec, marker, unused[3];
    std::int64_t arrived;
};
static_assert(sizeof(Stored) == 32);

std::uint32_t check_of(std::uint32_t length, std::uint64_t at) {
    return static_cast<std::uint32_t>(at) ^ (length * 0x9e3779b1U) ^ 0x59754b54U;
}

std::uint64_t room_for(std::size_t payload) { return (sizeof(Stored) + payload + 7) / 8 * 8; }

/// What the reader leaves is written beside what it left before, and then pointed at.
struct Legacy {
    std::uint32_t length;
    std::uint8_t octets[kLongestLegacy];
};

constexpr std::size_t kRingBegins = kPage + 2 * sizeof(Legacy) + kPage - 2 * sizeof(Legacy) % kPage;

} // namespace

struct Tape::Header {
    std::atomic<std::uint64_t> magic;
    std::uint32_t version;
    std::uint64_t capacity;
    // each on a cache line of its own: two cores would fight over it otherwise
    alignas(64) std::atomic<std::uint64_t> written;
    std::atomic<std::uint64_t> dropped;
    alignas(64) std::atomic<std::uint64_t> released;
    std::atomic<std::uint32_t> key_pictures[256];
    std::atomic<std::uint32_t> legacies; // the newest is in slot `legacies % 2`

    Legacy *legacy(std::uint32_t number) {
        auto *const first = reinterpret_cast<std::uint8_t *>(this) + kPage;
        return reinterpret_cast<Legacy *>(first + number % 2 * sizeof(Legacy));
    }
};

Tape::Tape(int descriptor) {
    static_assert(sizeof(Header) <= kPage && std::atomic<std::uint64_t>::is_always_lock_free);
    struct stat about{};
    if (fstat(descriptor, &about) != 0)
        throw std::system_error(errno, std::generic_category(), "the tape's descriptor");
    size_ = static_cast<std::size_t>(std::max<off_t>(about.st_size, 0));
    if (size_ < kRingBegins + kSmallestRing)
        throw std::invalid_argument("too small for a tape");
    // All of it at once: a page that is only found when it is written on costs as much as a packet.
    mapped_ = mmap(nullptr, size_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, 0);
    if (mapped_ == MAP_FAILED)
        throw std::system_error(errno, std::generic_category(), "mapping the tape");
    header_ = static_cast<Header *>(mapped_);
    ring_ = static_cast<std::uint8_t *>(mapped_) + kRingBegins;
    capacity_ = (size_ - kRingBegins) / 8 * 8;
    if (header_->magic.load(std::memory_order_acquire) == 0) {
        // Both ends may come here at once: they write the same, and the rest is zero as it is.
        header_->version = kVersion;
        header_->capacity = capacity_;
        header_->magic.store(kMagic, std::memory_order_release);
    }
    written_ = header_->written.load(std::memory_order_acquire);
    read_ = header_->released.load(std::memory_order_acquire);
    if (header_->magic.load(std::memory_order_acquire) != kMagic || header_->version != kVersion ||
        header_->capacity != capacity_ || written_ % 8 != 0) {
        munmap(mapped_, size_);
        throw std::invalid_argument("not a tape, or one of another version");
    }
}

Tape::~Tape() { munmap(mapped_, size_); }

bool Tape::write(Strip const &head, Octets payload) noexcept {
    std::lock_guard const alone(writing_);
    auto const room = room_for(payload.size());
    auto const used = written_ - header_->released.load(std::memory_order_acquire);
    if (payload.size() > kLongestStrip || used > capacity_ || room > capacity_ - used) {
        header_->dropped.fetch_add(1, std::memory_order_relaxed);
        return false;
    }
    auto const length = static_cast<std::uint32_t>(payload.size());
    Stored const stored{length,
                        check_of(length, written_),
                        head.source,
                        head.time,
                        head.sequence,
                        static_cast<std::uint8_t>(head.kind),
                        static_cast<std::uint8_t>(head.codec),
                        head.marker,
                        {},
                        head.arrived};
    put(written_, &stored, sizeof stored);
    put(written_ + sizeof stored, payload.data(), payload.size());
    written_ += room;
    header_->written.store(written_, std::memory_order_release);
    return true;
}

bool Tape::read(Strip &head, std::vector<std::uint8_t> &payload) {
    auto const written = header_->written.load(std::memory_order_acquire);
    auto const there = written - read_;
    if (there == 0)
        return false;
    Stored stored{};
    bool sound = there <= capacity_ && there >= sizeof stored && read_ % 8 == 0;
    if (sound) {
        get(read_, &stored, sizeof stored);
        sound = stored.length <= kLongestStrip && room_for(stored.length) <= there &&
                stored.check == check_of(stored.length, read_) &&
                stored.kind <= static_cast<std::uint8_t>(StripKind::kSourceEnds) &&
                stored.codec <= static_cast<std::uint8_t>(Codec::kH264) && stored.arrived >= 0 &&
                stored.arrived < kEndOfTime;
    }
    if (!sound) { // where the next record begins is anybody's guess: go on with what is yet to come
        ++broken_;
        read_ = written;
        return false;
    }
    payload.resize(stored.length);
    get(read_ + sizeof stored, payload.data(), stored.length);
    read_ += room_for(stored.length);
    head = {static_cast<StripKind>(stored.kind),
            static_cast<Codec>(stored.codec),
            stored.marker != 0,
            stored.sequence,
            stored.source,
            stored.time,
            stored.arrived};
    return true;
}

void Tape::release() noexcept { header_->released.store(read_, std::memory_order_release); }

bool Tape::leave(Octets legacy) noexcept {
    if (legacy.size() > kLongestLegacy)
        return false;
    auto const number = header_->legacies.load(std::memory_order_relaxed) + 1;
    auto *const slot = header_->legacy(number);
    slot->length = static_cast<std::uint32_t>(legacy.size());
    if (!legacy.empty())
        std::memcpy(slot->octets, legacy.data(), legacy.size());
    header_->legacies.store(number, std::memory_order_release);
    return true;
}

std::vector<std::uint8_t> Tape::left() const {
    auto *const slot = header_->legacy(header_->legacies.load(std::memory_order_acquire));
    std::size_t const length = slot->length;
    if (length > kLongestLegacy)
        return {};
    return {slot->octets, slot->octets + length};
}

void Tape::ask_key_picture(std::uint32_t source) noexcept {
    header_->key_pictures[source % 256].fetch_add(1, std::memory_order_relaxed);
}

std::uint32_t Tape::key_pictures_asked(std::uint32_t source) const noexcept {
    return header_->key_pictures[source % 256].load(std::memory_order_relaxed);
}

std::uint64_t Tape::dropped() const noexcept {
    return header_->dropped.load(std::memory_order_relaxed);
}

/// A record may go over the end of the ring and on at its beginning.
void Tape::put(std::uint64_t at, void const *from, std::size_t size) noexcept {
    if (size == 0)
        return;
    auto const begin = static_cast<std::size_t>(at % capacity_);
    auto const first = std::min<std::size_t>(size, capacity_ - begin);
    std::memcpy(ring_ + begin, from, first);
    std::memcpy(ring_, static_cast<std::uint8_t const *>(from) + first, size - first);
}

void Tape::get(std::uint64_t at, void *to, std::size_t size) const noexcept {
    if (size == 0)
        return;
    auto const begin = static_cast<std::size_t>(at % capacity_);
    auto const first = std::min<std::size_t>(size, capacity_ - begin);
    std::memcpy(to, ring_ + begin, first);
    std::memcpy(static_cast<std::uint8_t *>(to) + first, ring_, size - first);
}

} // namespace yunkan
