// Stable sorts by comparison of a group of threads: each thread sorts its items, then sorted runs are merged, each time
// twice as long. The group says how it waits for all of its threads.
#ifndef __CUDAWASM_CUB_DETAIL_MERGE_SORT__
#define __CUDAWASM_CUB_DETAIL_MERGE_SORT__
#include <cub/thread/thread_sort.cuh>
#include <cub/util_ptx.cuh>
namespace cub {
// How many of the first items of a merge of two sorted runs come from the first.
template <typename KeyT, typename Compare> __device__ inline int MergePath(
    const KeyT* keys1, const KeyT* keys2, int count1, int count2, int diagonal, Compare binary_pred) {
    int low = max(0, diagonal - count2), high = min(diagonal, count1);
    while (low < high) {
        int middle = (low + high) / 2;
        if (binary_pred(keys2[diagonal - 1 - middle], keys1[middle])) high = middle;
        else low = middle + 1;
    }
    return low;
}

namespace detail {
template <typename KeyT, int threads, int count, typename ValueT, typename Group> class MergeSort {
    static_assert(is_power_of_two(threads), "merge sorts take a power of two of threads");

public:
    union TempStorage {
        KeyT keys[threads * count];
        ValueT values[threads * count];
    };

protected:
    TempStorage& storage;
    const int thread;
    __device__ MergeSort(TempStorage& temp_storage, int rank) : storage(temp_storage), thread(rank) {}

private:
    // Merges the runs of half as many threads each; keeps for each item from where it came.
    template <typename Compare>
    __device__ void merge(KeyT (&keys)[count], Compare op, int size, int (&places)[count]) {
        Group::sync();
#pragma unroll
        for (int i = 0; i < count; ++i) storage.keys[thread * count + i] = keys[i];
        Group::sync();
        const int half = size / 2 * count;
        const int first = thread / size * size * count, middle = first + half, end = middle + half;
        const int diagonal = (thread & (size - 1)) * count;
        const int taken = MergePath(storage.keys + first, storage.keys + middle, half, half, diagonal, op);
        int left = first + taken, right = middle + diagonal - taken;
#pragma unroll
        for (int i = 0; i < count; ++i) {
            bool from_right = left == middle;
            if (left < middle && right < end) from_right = op(storage.keys[right], storage.keys[left]);
            places[i] = from_right ? right++ : left++;
            keys[i] = storage.keys[places[i]];
        }
    }
    template <bool with_values, typename Compare>
    __device__ void sort(KeyT (&keys)[count], ValueT (&items)[count], Compare op) {
        StableOddEvenSort(keys, items, op);
        for (int size = 2; size <= threads; size *= 2) {
            int places[count];
            merge(keys, op, size, places);
            if constexpr (with_values) {
                Group::sync();
#pragma unroll
                for (int i = 0; i < count; ++i) storage.values[thread * count + i] = items[i];
                Group::sync();
#pragma unroll
                for (int i = 0; i < count; ++i) items[i] = storage.values[places[i]];
            }
        }
    }
    __device__ void fill(KeyT (&keys)[count], int valid_items, const KeyT& oob_default) {
#pragma unroll
        for (int i = 0; i < count; ++i)
            if (thread * count + i >= valid_items) keys[i] = oob_default;
    }

public:
    template <typename Compare> __device__ void Sort(KeyT (&keys)[count], Compare compare_op) {
        ValueT none[count];
        sort<false>(keys, none, compare_op);
    }
    template <typename Compare>
    __device__ void Sort(KeyT (&keys)[count], ValueT (&items)[count], Compare compare_op) {
        sort<true>(keys, items, compare_op); }
    // Of a tile that is not full: no valid key may come after the default one.
    template <typename Compare>
    __device__ void Sort(KeyT (&keys)[count], Compare compare_op, int valid_items, KeyT oob_default) {
        fill(keys, valid_items, oob_default);
        Sort(keys, compare_op);
    }
    template <typename Compare> __device__ void Sort(
        KeyT (&keys)[count], ValueT (&items)[count], Compare compare_op, int valid_items, KeyT oob_default) {
        fill(keys, valid_items, oob_default);
        Sort(keys, items, compare_op);
    }
    template <typename Compare> __device__ void StableSort(KeyT (&keys)[count], Compare compare_op) {
        Sort(keys, compare_op); }
    template <typename Compare>
    __device__ void StableSort(KeyT (&keys)[count], ValueT (&items)[count], Compare compare_op) {
        Sort(keys, items, compare_op); }
    template <typename Compare>
    __device__ void StableSort(KeyT (&keys)[count], Compare compare_op, int valid_items, KeyT oob_default) {
        Sort(keys, compare_op, valid_items, oob_default); }
    template <typename Compare> __device__ void StableSort(
        KeyT (&keys)[count], ValueT (&items)[count], Compare compare_op, int valid_items, KeyT oob_default) {
        Sort(keys, items, compare_op, valid_items, oob_default); }
};
}  // namespace detail
}  // namespace cub
#endif
