// Stable sorts of whole arrays of numbers, digit by digit.
#ifndef __CUDAWASM_CUB_DEVICE_RADIX_SORT__
#define __CUDAWASM_CUB_DEVICE_RADIX_SORT__
#include <cub/detail/device_dispatch.cuh>
#ifndef __CUDA_ARCH__
namespace cub {
namespace detail {
constexpr int radix_bits = 5;
template <bool descending, typename KeyT, typename ValueT> class RadixSort {
    static constexpr int items = items_per_thread<KeyT>, digits = 1 << radix_bits;
    const long long count, tiles, digit_counts;
    const int begin_bit, end_bit;
    const cudaStream_t stream;
    int *counts, *places, *sums;

    void pass(const KeyT* keys, KeyT* keys_out, const ValueT* values, ValueT* values_out, int bit) {
        const int bits = end_bit - bit < radix_bits ? end_bit - bit : radix_bits;
        const unsigned int blocks = static_cast<unsigned int>(tiles);
        count_digits<descending, block_threads, items, radix_bits, KeyT>
            <<<blocks, block_threads, 0, stream>>>(keys, counts, count, bit, bits);
        scan_all<false>(counts, sums, places, digit_counts, Sum(), 0, true, stream);
        scatter_by_digits<descending, block_threads, items, radix_bits, KeyT, ValueT>
            <<<blocks, block_threads, 0, stream>>>(
                keys, keys_out, values, values_out, places, count, bit, bits);
    }

public:
    RadixSort(Temporary& temporary, long long items, int begin, int end, cudaStream_t on)
        : count(items), tiles(tiles_of<KeyT>(items)), digit_counts(digits * tiles), begin_bit(begin), end_bit(end),
          stream(on), counts(temporary.piece<int>(digit_counts)), places(temporary.piece<int>(digit_counts)),
          sums(temporary.piece<int>(tiles_of<int>(digit_counts))) {}
    int passes() const { return end_bit > begin_bit ? (end_bit - begin_bit + radix_bits - 1) / radix_bits : 0; }
    // From one pair of arrays to another and back, as often as there are digits; the first is read only.
    void run(const KeyT* keys, const ValueT* values, KeyT* const (&keys_to)[2], ValueT* const (&values_to)[2]) {
        for (int i = 0; count > 0 && i < passes(); ++i) {
            pass(keys, keys_to[i & 1], values, values_to[i & 1], begin_bit + i * radix_bits);
            keys = keys_to[i & 1];
            values = values_to[i & 1];
        }
    }
};

template <bool descending, typename KeyT, typename ValueT> cudaError_t radix_sort(
    void* storage, size_t& bytes, const KeyT* keys_in, KeyT* keys_out, const ValueT* values_in, ValueT* values_out,
    long long count, int begin_bit, int end_bit, cudaStream_t stream) {
    constexpr bool has_values = !std::is_same_v<ValueT, NullType>;
    Temporary temporary(storage);
    RadixSort<descending, KeyT, ValueT> sort(temporary, count, begin_bit, end_bit, stream);
    KeyT* keys_between = temporary.piece<KeyT>(count);
    ValueT* values_between = temporary.piece<ValueT>(has_values ? count : 0);
    cudaError_t error;
    if (temporary.is_done(bytes, error)) return error;
    if (count > 0 && sort.passes() == 0) {
        error = cudaMemcpyAsync(keys_out, keys_in, count * sizeof(KeyT), cudaMemcpyDefault, stream);
        if (has_values && error == cudaSuccess)
            error = cudaMemcpyAsync(values_out, values_in, count * sizeof(ValueT), cudaMemcpyDefault, stream);
        return error;
    }
    if (sort.passes() % 2) sort.run(keys_in, values_in, {keys_out, keys_between}, {values_out, values_between});
    else sort.run(keys_in, values_in, {keys_between, keys_out}, {values_between, values_out});
    return cudaPeekAtLastError();
}
template <bool descending, typename KeyT, typename ValueT> cudaError_t radix_sort(
    void* storage, size_t& bytes, DoubleBuffer<KeyT>& keys, DoubleBuffer<ValueT>& values, long long count,
    int begin_bit, int end_bit, cudaStream_t stream) {
    Temporary temporary(storage);
    RadixSort<descending, KeyT, ValueT> sort(temporary, count, begin_bit, end_bit, stream);
    cudaError_t error;
    if (temporary.is_done(bytes, error)) return error;
    sort.run(keys.Current(), values.Current(), {keys.Alternate(), keys.Current()},
             {values.Alternate(), values.Current()});
    if (count > 0 && sort.passes() % 2) {
        keys.selector ^= 1;
        values.selector ^= 1;
    }
    return cudaPeekAtLastError();
}
}  // namespace detail

struct DeviceRadixSort {
#define __CW_SORTS(suffix, descending)                                                                              \
    template <typename KeyT> static cudaError_t SortKeys##suffix(                                                   \
        void* d_temp_storage, size_t& temp_storage_bytes, const KeyT* d_keys_in, KeyT* d_keys_out,                  \
        long long num_items, int begin_bit = 0, int end_bit = sizeof(KeyT) * 8, cudaStream_t stream = 0,            \
        bool = false) {                                                                                             \
        NullType* none = nullptr;                                                                                   \
        return detail::radix_sort<descending, KeyT, NullType>(                                                      \
            d_temp_storage, temp_storage_bytes, d_keys_in, d_keys_out, none, none, num_items, begin_bit, end_bit,   \
            stream);                                                                                                \
    }                                                                                                               \
    template <typename KeyT> static cudaError_t SortKeys##suffix(                                                   \
        void* d_temp_storage, size_t& temp_storage_bytes, DoubleBuffer<KeyT>& d_keys, long long num_items,          \
        int begin_bit = 0, int end_bit = sizeof(KeyT) * 8, cudaStream_t stream = 0, bool = false) {                 \
        DoubleBuffer<NullType> none;                                                                                \
        return detail::radix_sort<descending>(d_temp_storage, temp_storage_bytes, d_keys, none, num_items,          \
                                              begin_bit, end_bit, stream);                                          \
    }                                                                                                               \
    template <typename KeyT, typename ValueT> static cudaError_t SortPairs##suffix(                                 \
        void* d_temp_storage, size_t& temp_storage_bytes, const KeyT* d_keys_in, KeyT* d_keys_out,                  \
        const ValueT* d_values_in, ValueT* d_values_out, long long num_items, int begin_bit = 0,                    \
        int end_bit = sizeof(KeyT) * 8, cudaStream_t stream = 0, bool = false) {                                    \
        return detail::radix_sort<descending, KeyT, ValueT>(                                                        \
            d_temp_storage, temp_storage_bytes, d_keys_in, d_keys_out, d_values_in, d_values_out, num_items,        \
            begin_bit, end_bit, stream);                                                                            \
    }                                                                                                               \
    template <typename KeyT, typename ValueT> static cudaError_t SortPairs##suffix(                                 \
        void* d_temp_storage, size_t& temp_storage_bytes, DoubleBuffer<KeyT>& d_keys,                               \
        DoubleBuffer<ValueT>& d_values, long long num_items, int begin_bit = 0, int end_bit = sizeof(KeyT) * 8,     \
        cudaStream_t stream = 0, bool = false) {                                                                    \
        return detail::radix_sort<descending>(d_temp_storage, temp_storage_bytes, d_keys, d_values, num_items,      \
                                              begin_bit, end_bit, stream);                                          \
    }
    __CW_SORTS(, false)
    __CW_SORTS(Descending, true)
#undef __CW_SORTS
};
}  // namespace cub
#endif
#endif
