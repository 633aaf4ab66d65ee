// What the calls for whole arrays share on the host: shapes of launches, temporary storage, and a scan's steps.
#ifndef __CUDAWASM_CUB_DETAIL_DEVICE_DISPATCH__
#define __CUDAWASM_CUB_DETAIL_DEVICE_DISPATCH__
#include <cub/detail/device_kernels.cuh>
namespace cub {
namespace detail {
// A count that is known before anything is selected.
template <typename Count> __global__ void set_count(Count count, int value) { *count = value; }
}  // namespace detail
}  // namespace cub
#ifndef __CUDA_ARCH__
#include <iterator>
#include <limits>
#include <type_traits>
namespace cub {
namespace detail {
constexpr int block_threads = 128;
constexpr int most_blocks = 1024;  // of launches whose blocks take as much as there is
constexpr int items_of(size_t bytes) { return bytes <= 4 ? 8 : bytes <= 8 ? 4 : bytes <= 16 ? 2 : 1; }
template <typename T> constexpr int items_per_thread = items_of(sizeof(T));
template <typename T> constexpr int tile_items = block_threads * items_per_thread<T>;
template <typename T> long long tiles_of(long long count) { return (count + tile_items<T> - 1) / tile_items<T>; }

// A type's name with a lambda or a type of a function in it cannot be said again to the compiler of device code.
constexpr bool has_text(const char* text, const char* part) {
    for (; *text; ++text) {
        int i = 0;
        while (part[i] && text[i] == part[i]) ++i;
        if (!part[i]) return true;
    }
    return false;
}
template <typename T> constexpr bool is_nameable() {
    return !has_text(__PRETTY_FUNCTION__, "<lambda") && !has_text(__PRETTY_FUNCTION__, "(lambda at") &&
           !has_text(__PRETTY_FUNCTION__, "'lambda");
}
template <typename... Ts> constexpr void expect_names() {
    static_assert((is_nameable<Ts>() && ...),
                  "cudawasm: device code takes no lambdas from host code; use a struct with operator()");
}

// The storage that a call asks for, piece by piece: the first time their sizes are summed, the second they have places.
class Temporary {
    char* base;
    size_t used = 0;

public:
    explicit Temporary(void* storage) : base(static_cast<char*>(storage)) {}
    template <typename T> T* piece(long long count) {
        const size_t at = used;
        used += (static_cast<size_t>(count) * sizeof(T) + 255) / 256 * 256;
        return base ? reinterpret_cast<T*>(base + at) : nullptr;
    }
    // Whether the call ends here, `error` being its result.
    bool is_done(size_t& bytes, cudaError_t& error) const {
        error = base && bytes < used ? cudaErrorInvalidValue : cudaSuccess;
        if (!base) bytes = used ? used : 1;
        return !base || error != cudaSuccess;
    }
};

template <typename In> using item_t = std::remove_cv_t<typename std::iterator_traits<In>::value_type>;
// The value type of an output, or another where it has none.
template <typename Out, typename Otherwise> struct output_of {
    typedef item_t<Out> given;
    typedef std::conditional_t<std::is_void_v<given>, Otherwise, given> type;
};
template <typename Out, typename Otherwise> using output_t = typename output_of<Out, Otherwise>::type;
// What an operator makes of two values, without reference. What operators without a return type in their text make is
// not known to the host.
template <typename Op, typename A, typename B> struct result_of {
    typedef std::decay_t<decltype(std::declval<Op&>()(std::declval<A>(), std::declval<B>()))> made;
    typedef std::conditional_t<std::is_void_v<made>, A, made> type;
};
template <typename Op, typename A, typename B> using result_t = typename result_of<Op, A, B>::type;

// What comes before each tile, in `sums`: the first two of the three kernels of a scan.
template <typename T, typename In, typename Op>
void scan_tile_sums(In in, T* sums, long long count, Op op, T initial, bool has_initial, cudaStream_t stream) {
    const long long tiles = tiles_of<T>(count);
    if (tiles > 1)
        reduce_tiles<block_threads, items_per_thread<T>, T, In, Op>
            <<<static_cast<unsigned int>(tiles - 1), block_threads, 0, stream>>>(in, sums, op);
    if (tiles > 1 || has_initial)
        scan_sums<block_threads, T, Op><<<1, block_threads, 0, stream>>>(sums, tiles, op, initial, has_initial);
}
template <bool inclusive, typename T, typename In, typename Out, typename Op> void scan_all(
    In in, T* sums, Out out, long long count, Op op, T initial, bool has_initial, cudaStream_t stream) {
    if (count <= 0) return;
    scan_tile_sums(in, sums, count, op, initial, has_initial, stream);
    scan_tiles<inclusive, block_threads, items_per_thread<T>, T, In, Out, Op>
        <<<static_cast<unsigned int>(tiles_of<T>(count)), block_threads, 0, stream>>>(
            in, sums, out, count, op, has_initial);
}
template <typename T, typename In, typename Sink, typename Op>
void scan_all_into(In in, T* sums, Sink sink, long long count, Op op, T initial, cudaStream_t stream) {
    scan_tile_sums(in, sums, count, op, initial, true, stream);
    scan_tiles_into<block_threads, items_per_thread<T>, T, In, Sink, Op>
        <<<static_cast<unsigned int>(tiles_of<T>(count)), block_threads, 0, stream>>>(in, sums, sink, count, op);
}
}  // namespace detail
}  // namespace cub
#endif
#endif
