// Binary searches of sorted sequences.
#ifndef __CUDAWASM_CUB_THREAD_SEARCH__
#define __CUDAWASM_CUB_THREAD_SEARCH__
#include <cub/util_type.cuh>
namespace cub {
template <typename It, typename Offset, typename T>
__device__ inline Offset LowerBound(It input, Offset count, T value) {
    Offset first = 0;
    while (count > 0) {
        Offset half = count >> 1;
        if (input[first + half] < value) { first += half + 1; count -= half + 1; }
        else count = half;
    }
    return first;
}
template <typename It, typename Offset, typename T>
__device__ inline Offset UpperBound(It input, Offset count, T value) {
    Offset first = 0;
    while (count > 0) {
        Offset half = count >> 1;
        if (value < input[first + half]) count = half;
        else { first += half + 1; count -= half + 1; }
    }
    return first;
}
// Where the diagonal of a merge of a and b meets its path: how many items come from each.
template <typename A, typename B, typename Offset, typename Coordinate> __device__ inline void MergePathSearch(
    Offset diagonal, A a, B b, Offset a_count, Offset b_count, Coordinate& path) {
    Offset low = diagonal > b_count ? diagonal - b_count : 0, high = diagonal < a_count ? diagonal : a_count;
    while (low < high) {
        Offset middle = (low + high) >> 1;
        if (a[middle] <= b[diagonal - middle - 1]) low = middle + 1;
        else high = middle;
    }
    path.x = low;
    path.y = diagonal - low;
}
}  // namespace cub
#endif
