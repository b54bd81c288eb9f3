// What is to be recorded, on its way to the recorder: a ring in memory that two processes share, so
// that what a media worker wrote before it was killed is still there to be read, and a restarted
// recorder goes on where the last one stopped.
#pragma once

#include "codecs.hpp"
#include "octets.hpp"

#include <cstdint>
#include <mutex>
#include <vector>

namespace yunkan {

/// Bytes of the longest text that goes with a note.
constexpr std::size_t kLongestNote = 1024;

/// Bytes of the longest record's payload.
constexpr std::size_t kLongestStrip = 2048;

/// Bytes a reader may leave for its successor.
constexpr std::size_t kLongestLegacy = 1 << 16;

/// A packet of media, or a note about what follows: a worker begins (sources are numbered anew),
/// a source begins or ends.
enum class StripKind : std::uint8_t { kPacket, kWorkerBegins, kSourceBegins, kSourceEnds };

/// One record without its payload. Of a note only the kind, the source, the codec and the arrival
/// mean something; its payload is JSON.
struct Strip {
    StripKind kind = StripKind::kPacket;
    Codec codec = Codec::kOpus;
    bool marker = false;
    std::uint16_t sequence = 0;
    std::uint32_t source = 0;
    std::uint32_t time = 0;   // RTP, in the codec's clock
    std::int64_t arrived = 0; // microseconds since 1970, UTC
};

/// Both ends of the ring. One process writes and one reads; each may die at any moment. A record is
/// either whole or absent, and nothing found in the memory is believed before it is checked.
///
/// Threads of the writing process may write at the same time. The reading end is for one thread.
class Tape {
public:
    /// Map the memory behind a descriptor, which may be closed afterwards. All zeros is a new tape.
    /// Throws std::invalid_argument if it is no tape, std::system_error if it cannot be mapped.
    explicit Tape(int descriptor);
    ~Tape();
    Tape(Tape const &) = delete;
    Tape &operator=(Tape const &) = delete;

    // --- the writing end ---

    /// Add a record. False, and counted, if it is too long or the ring is full.
    bool write(Strip const &head, Octets payload) noexcept;

    /// How often the reader has asked for a key picture of a source: each time it has grown, one is
    /// due. Sources whose numbers are 256 apart are asked together.
    [[nodiscard]] std::uint32_t key_pictures_asked(std::uint32_t source) const noexcept;

    // --- the reading end ---

    /// Take the next record. False if there is none. Broken memory is skipped and counted.
    bool read(Strip &head, std::vector<std::uint8_t> &payload);

    /// Let go of everything read so far: until then a successor would read it again.
    void release() noexcept;

    /// Leave something for the successor; it replaces what was left before. False if too long.
    bool leave(Octets legacy) noexcept;

    /// What the predecessor left.
    [[nodiscard]] std::vector<std::uint8_t> left() const;

    void ask_key_picture(std::uint32_t source) noexcept;

    /// How often the memory made no sense.
    [[nodiscard]] std::uint64_t broken() const noexcept { return broken_; }

    /// Records that found no room, of all writers so far.
    [[nodiscard]] std::uint64_t dropped() const noexcept;

private:
    struct Header;

    void put(std::uint64_t at, void const *from, std::size_t size) noexcept;
    void get(std::uint64_t at, void *to, std::size_t size) const noexcept;

    void *mapped_ = nullptr;
    std::size_t size_ = 0;
    Header *header_ = nullptr;
    std::uint8_t *ring_ = nullptr;
    std::uint64_t capacity_ = 0;
    std::mutex writing_;
    std::uint64_t written_ = 0; // bytes since the tape was new, as are those in the header
    std::uint64_t read_ = 0;
    std::uint64_t broken_ = 0;
};

} // namespace yunkan
