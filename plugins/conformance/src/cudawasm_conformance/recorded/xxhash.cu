// XXH32 and XXH64 of byte ranges at arbitrary alignment and of arbitrary length, from one template over the word type.
// A traits class holds the primes, rotations and avalanche; the tails are consumed by widths in decreasing order.
#include <cstdint>

template <typename W> struct Traits;

template <> struct Traits<uint32_t> {
    static constexpr uint32_t P[6] = {0, 2654435761u, 2246822519u, 3266489917u, 668265263u, 374761393u};
    static constexpr int ROUND_ROTATION = 13;
    enum : int { FIRST = 15, SECOND = 13, THIRD = 16 };
};
template <> struct Traits<uint64_t> {
    static constexpr uint64_t P[6] = {0,
                                      11400714785074694791ull,
                                      14029467366897019727ull,
                                      1609587929392839161ull,
                                      9650029242287828579ull,
                                      2870177450012600261ull};
    static constexpr int ROUND_ROTATION = 31;
    enum : int { FIRST = 33, SECOND = 29, THIRD = 32 };
};

template <typename W> __device__ W rotl(W x, int r) {
    constexpr int BITS = sizeof(W) * 8;
    return x << r | x >> (BITS - r);
}

template <typename W> __device__ W read(const uint8_t*& p) {
    W w;
    memcpy(&w, p, sizeof w);
    p += sizeof w;
    return w;
}

template <typename W> class Hasher {
    using Tr = Traits<W>;
    template <int I> static constexpr W prime = Tr::P[I];

    static __device__ W round(W acc, W input) {
        acc += input * prime<2>;
        return rotl(acc, Tr::ROUND_ROTATION) * prime<1>;
    }
    static __device__ W merge(W h, W acc) { return (h ^ round(0, acc)) * prime<1> + prime<4>; }

public:
    static __device__ W hash(const uint8_t* p, uint32_t length, W seed) {
        const uint8_t* const end = p + length;
        W h;
        if (constexpr uint32_t STRIPE = 4 * sizeof(W); length >= STRIPE) {
            W acc[4] = {seed + prime<1> + prime<2>, seed + prime<2>, seed, seed - prime<1>};
            do
                for (W& a : acc) a = round(a, read<W>(p));
            while (end - p >= static_cast<ptrdiff_t>(STRIPE));
            h = rotl(acc[0], 1) + rotl(acc[1], 7) + rotl(acc[2], 12) + rotl(acc[3], 18);
            if constexpr (sizeof(W) == 8)
                for (const W a : acc) h = merge(h, a);
        } else {
            h = seed + prime<5>;
        }
        h += length;
        if constexpr (sizeof(W) == 8) {
            while (end - p >= 8) h = rotl(h ^ round(0, read<uint64_t>(p)), 27) * prime<1> + prime<4>;
            if (end - p >= 4) h = rotl(h ^ read<uint32_t>(p) * prime<1>, 23) * prime<2> + prime<3>;
            while (p < end) h = rotl(h ^ *p++ * prime<5>, 11) * prime<1>;
        } else {
            while (end - p >= 4) h = rotl(h + read<uint32_t>(p) * prime<3>, 17) * prime<4>;
            while (p < end) h = rotl(h + *p++ * prime<5>, 11) * prime<1>;
        }
        h ^= h >> Tr::FIRST, h *= prime<2>;
        h ^= h >> Tr::SECOND, h *= prime<3>;
        return h ^ h >> Tr::THIRD;
    }
};

struct Range {
    uint16_t start, length;
};

__global__ void xxhash(const uint8_t* data, const Range* ranges, uint32_t* h32, uint64_t* h64, int n, uint32_t seed) {
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x) {
        const auto [start, length] = ranges[i];
        h32[i] = Hasher<uint32_t>::hash(data + start, length, seed);
        h64[i] = Hasher<uint64_t>::hash(data + start, length, uint64_t{seed} << 20);
    }
}
