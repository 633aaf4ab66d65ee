// Selections as scans: an iterator says 1 where an item is selected, and a sink puts items where the scan says. Sums of
// the selected items come from reduce_tiles and scan_sums with an initial value of 0, the sink from scan_tiles_into.
#ifndef __CUDAWASM_CUB_DETAIL_DEVICE_SELECT__
#define __CUDAWASM_CUB_DETAIL_DEVICE_SELECT__
#include <cub/detail/device_scan.cuh>
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
namespace detail {
template <typename Flags> struct selected_by_flags {
    typedef int value_type;
    Flags flags;
    long long at;
    __host__ __device__ int operator[](long long i) const { return flags[at + i] ? 1 : 0; }
    __CW_ITERATOR_ARITHMETIC(selected_by_flags, long long, at)
};
template <typename In, typename Predicate> struct selected_by_predicate {
    typedef int value_type;
    In in;
    long long at;
    Predicate predicate;
    __host__ __device__ int operator[](long long i) const { return predicate(in[at + i]) ? 1 : 0; }
    __CW_ITERATOR_ARITHMETIC(selected_by_predicate, long long, at)
};
template <typename In, typename Equal> struct selected_heads {  // the first of equal neighbours
    typedef int value_type;
    In in;
    long long at;
    Equal equal;
    __host__ __device__ int operator[](long long i) const {
        i += at;
        if (i == 0) return 1;
        return equal(in[i - 1], in[i]) ? 0 : 1;
    }
    __CW_ITERATOR_ARITHMETIC(selected_heads, long long, at)
};
// What is not selected goes to the end of a partition, in reverse, and nowhere else.
template <bool partition, typename In, typename Out, typename Count> struct select_sink {
    In in;
    Out out;
    Count selected_count;
    long long count;
    __host__ __device__ void operator()(long long index, int before, int through) {
        if (through != before) out[before] = in[index];
        else if (partition) out[count - 1 - (index - before)] = in[index];
        if (index == count - 1) *selected_count = through;
    }
};
}  // namespace detail
}  // namespace cub
#endif
