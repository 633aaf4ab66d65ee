// Reductions of the values of equal neighbouring keys, as scans of pairs: of how many runs began, and of the run's
// value so far. The initial value has no runs. Run lengths are the sums of ones.
#ifndef __CUDAWASM_CUB_DETAIL_DEVICE_REDUCE_BY_KEY__
#define __CUDAWASM_CUB_DETAIL_DEVICE_REDUCE_BY_KEY__
#include <cub/detail/device_scan.cuh>
#include <cub/detail/iterator_arithmetic.cuh>
namespace cub {
namespace detail {
template <typename T> using run = KeyValuePair<int, T>;
template <typename T, typename Keys, typename Values, typename Equal> struct runs_of_keys {
    typedef run<T> value_type;
    Keys keys;
    Values values;
    long long at;
    Equal equal;
    __host__ __device__ run<T> operator[](long long i) const {
        i += at;
        int begins = 1;
        if (i > 0) begins = equal(keys[i - 1], keys[i]) ? 0 : 1;
        return run<T>(begins, values[i]);
    }
    __CW_ITERATOR_ARITHMETIC(runs_of_keys, long long, at)
};
template <typename T, typename Keys, typename UniqueOut, typename TotalsOut, typename Count, typename Equal>
struct run_sink {
    Keys keys;
    UniqueOut unique;
    TotalsOut totals;
    Count run_count;
    long long count;
    Equal equal;
    __host__ __device__ void operator()(long long index, const run<T>& before, const run<T>& through) {
        if (through.key != before.key) unique[before.key] = keys[index];
        bool ends = index == count - 1;
        if (ends) *run_count = through.key;
        else ends = !equal(keys[index], keys[index + 1]);
        if (ends) totals[through.key - 1] = through.value;
    }
};
}  // namespace detail
}  // namespace cub
#endif
