// What an operator makes of each item and its neighbour on one side.
#ifndef __CUDAWASM_CUB_BLOCK_ADJACENT_DIFFERENCE__
#define __CUDAWASM_CUB_BLOCK_ADJACENT_DIFFERENCE__
#include <cub/detail/block_collective.cuh>
namespace cub {
template <typename T, int BLOCK_DIM_X, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockAdjacentDifference {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;

public:
    struct TempStorage { T first_items[threads], last_items[threads]; };
    __CW_BLOCK_COLLECTIVE(BlockAdjacentDifference)

private:
    // Items past the valid ones, and the one at the tile's end unless it has a neighbour outside, stay what they are.
    template <int ITEMS, typename Out, typename Op> __device__ void subtract_left(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op& op, int valid, bool has_before, const T& before_tile) {
        storage.last_items[thread] = input[ITEMS - 1];
        __syncthreads();
#pragma unroll
        for (int i = ITEMS - 1; i > 0; --i) {
            if (thread * ITEMS + i < valid) output[i] = op(input[i], input[i - 1]);
            else output[i] = input[i];
        }
        if (thread * ITEMS >= valid || (thread == 0 && !has_before)) output[0] = input[0];
        else if (thread == 0) output[0] = op(input[0], before_tile);
        else output[0] = op(input[0], storage.last_items[thread - 1]);
    }
    template <int ITEMS, typename Out, typename Op> __device__ void subtract_right(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op& op, int valid, bool has_after, const T& after_tile) {
        storage.first_items[thread] = input[0];
        __syncthreads();
#pragma unroll
        for (int i = 0; i < ITEMS - 1; ++i) {
            if (thread * ITEMS + i + 1 < valid) output[i] = op(input[i], input[i + 1]);
            else output[i] = input[i];
        }
        const T last = input[ITEMS - 1];
        if (thread == threads - 1 && has_after) output[ITEMS - 1] = op(last, after_tile);
        else if ((thread + 1) * ITEMS < valid) output[ITEMS - 1] = op(last, storage.first_items[thread + 1]);
        else output[ITEMS - 1] = last;
    }

public:
    template <int ITEMS, typename Out, typename Op>
    __device__ void SubtractLeft(T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op) {
        subtract_left(input, output, difference_op, threads * ITEMS, false, input[0]); }
    template <int ITEMS, typename Out, typename Op> __device__ void SubtractLeft(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op, T tile_predecessor_item) {
        subtract_left(input, output, difference_op, threads * ITEMS, true, tile_predecessor_item); }
    template <int ITEMS, typename Out, typename Op> __device__ void SubtractLeftPartialTile(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op, int valid_items) {
        subtract_left(input, output, difference_op, valid_items, false, input[0]); }
    template <int ITEMS, typename Out, typename Op> __device__ void SubtractLeftPartialTile(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op, int valid_items, T tile_predecessor_item) {
        subtract_left(input, output, difference_op, valid_items, true, tile_predecessor_item); }
    template <int ITEMS, typename Out, typename Op>
    __device__ void SubtractRight(T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op) {
        subtract_right(input, output, difference_op, threads * ITEMS, false, input[0]); }
    template <int ITEMS, typename Out, typename Op> __device__ void SubtractRight(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op, T tile_successor_item) {
        subtract_right(input, output, difference_op, threads * ITEMS, true, tile_successor_item); }
    template <int ITEMS, typename Out, typename Op> __device__ void SubtractRightPartialTile(
        T (&input)[ITEMS], Out (&output)[ITEMS], Op difference_op, int valid_items) {
        subtract_right(input, output, difference_op, valid_items, false, input[0]); }
};
}  // namespace cub
#endif
