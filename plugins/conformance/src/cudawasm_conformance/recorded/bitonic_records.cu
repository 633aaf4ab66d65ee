// Bitonic sort of 8-byte records in shared memory, ordered by a comparator composed from key functors at compile time.
// The order is lexicographic: group upwards, weight downwards, tag upwards, then the record's id.
#include <cstdint>

struct alignas(8) Record {
    uint16_t group;
    int8_t tag;
    uint8_t id;
    float weight;
};
static_assert(sizeof(Record) == 8 && alignof(Record) == 8, "one 64-bit access per record");

struct ByGroup { __device__ unsigned operator()(const Record& r) const { return r.group; } };
struct ByWeight { __device__ float operator()(const Record& r) const { return r.weight; } };
struct ByTag { __device__ int operator()(const Record& r) const { return r.tag; } };
struct ById { __device__ int operator()(const Record& r) const { return r.id; } };

template <typename Key> struct Down {
    __device__ auto operator()(const Record& r) const { return -Key{}(r); }
};

template <typename... Keys> struct Lex;
template <> struct Lex<> {
    __device__ bool operator()(const Record&, const Record&) const { return false; }
};
template <typename First, typename... Rest> struct Lex<First, Rest...> {
    __device__ bool operator()(const Record& a, const Record& b) const {
        const First key{};
        const auto ka = key(a), kb = key(b);
        return ka != kb ? ka < kb : Lex<Rest...>{}(a, b);
    }
};

template <typename T> __device__ __forceinline__ void swap_values(T& a, T& b) {
    T t = a;
    a = b;
    b = t;
}

template <typename T, typename Less>
__device__ void compare_exchange(T* base, unsigned i, unsigned j, bool up, Less less) {
    T &x = base[i], &y = base[j];
    if (up ? less(y, x) : less(x, y)) swap_values(x, y);
}

template <typename Less, int N> __global__ void bitonic(const Record* in, Record* out, int* inversions) {
    __shared__ Record tile[N];
    __shared__ int bad;
    const Less less{};
    const unsigned t = threadIdx.x;
    in += static_cast<ptrdiff_t>(blockIdx.x) * N;
    out += static_cast<ptrdiff_t>(blockIdx.x) * N;
    if (t == 0) bad = 0;
    for (unsigned i = t; i < N; i += blockDim.x) tile[i] = in[i];

    for (unsigned size = 2; size <= N; size <<= 1) {
        for (unsigned stride = size >> 1; stride; stride >>= 1) {
            __syncthreads();
            for (unsigned p = t; p < N / 2; p += blockDim.x) {
                const unsigned lo = 2 * p - (p & (stride - 1));
                compare_exchange(tile, lo, lo + stride, (lo & size) == 0, less);
            }
        }
    }
    __syncthreads();
    for (unsigned i = t; i < N; i += blockDim.x) {
        out[i] = tile[i];
        if (i + 1 < N && less(tile[i + 1], tile[i])) atomicAdd(&bad, 1);
        // The number of inversions of the input that involve neighbours, for good measure.
        if (i + 1 < N && less(in[i + 1], in[i])) atomicAdd(&bad, 1 << 8);
    }
    __syncthreads();
    if (t == 0) inversions[blockIdx.x] = bad;
}
