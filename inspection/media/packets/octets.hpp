// Numbers in network byte order, inside packets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace yunkan {

using Octets = std::span<std::uint8_t const>;

inline std::uint16_t read16(std::uint8_t const *at) {
    return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}

inline std::uint32_t read24(std::uint8_t const *at) {
    return static_cast<std::uint32_t>(at[0] << 16 | at[1] << 8 | at[2]);
}

inline std::uint32_t read32(std::uint8_t const *at) {
    return static_cast<std::uint32_t>(at[0]) << 24 | read24(at + 1);
}

inline std::uint64_t read64(std::uint8_t const *at) {
    return static_cast<std::uint64_t>(read32(at)) << 32 | read32(at + 4);
}

inline void write16(std::uint8_t *at, unsigned value) {
    at[0] = static_cast<std::uint8_t>(value >> 8);
    at[1] = static_cast<std::uint8_t>(value);
}

inline void write24(std::uint8_t *at, std::uint32_t value) {
    at[0] = static_cast<std::uint8_t>(value >> 16);
    write16(at + 1, value & 0xffff);
}

inline void write32(std::uint8_t *at, std::uint32_t value) {
    write16(at, value >> 16);
    write16(at + 2, value & 0xffff);
}

inline void write64(std::uint8_t *at, std::uint64_t value) {
    write32(at, static_cast<std::uint32_t>(value >> 32));
    write32(at + 4, static_cast<std::uint32_t>(value));
}

/// How far a sequence number is ahead of another, on their circle of 65,536; negative when behind.
inline int ahead(std::uint16_t number, std::uint16_t of) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(number - of));
}

} // namespace yunkan
