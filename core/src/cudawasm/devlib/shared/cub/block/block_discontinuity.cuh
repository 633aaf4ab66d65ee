// Flags where an item differs from its neighbour in the tile.
#ifndef __CUDAWASM_CUB_BLOCK_DISCONTINUITY__
#define __CUDAWASM_CUB_BLOCK_DISCONTINUITY__
#include <cub/detail/block_collective.cuh>
#include <cub/thread/thread_operators.cuh>
namespace cub {
namespace detail {
template <typename Op, typename T, typename = void> struct takes_index : std::false_type {};
template <typename Op, typename T>
struct takes_index<Op, T, std::void_t<decltype(std::declval<Op&>()(std::declval<T&>(), std::declval<T&>(), 0))>>
    : std::true_type {};
}  // namespace detail
template <typename Op, typename T> using BinaryOpHasIdxParam = detail::takes_index<Op, T>;

template <typename T, int BLOCK_DIM_X, int BLOCK_DIM_Y = 1, int BLOCK_DIM_Z = 1, int LEGACY_PTX_ARCH = 0>
class BlockDiscontinuity {
    static constexpr int threads = BLOCK_DIM_X * BLOCK_DIM_Y * BLOCK_DIM_Z;

public:
    struct TempStorage { T first_items[threads], last_items[threads]; };
    __CW_BLOCK_COLLECTIVE(BlockDiscontinuity)

private:
    // Whether b, which has an index in the tile, differs from a before it.
    template <typename Op> __device__ static bool differ(Op& op, const T& a, const T& b, int index) {
        if constexpr (detail::takes_index<Op, T>::value) return op(a, b, index);
        else return op(a, b);
    }
    template <int ITEMS> __device__ void share(T (&input)[ITEMS]) {
        storage.first_items[thread] = input[0];
        storage.last_items[thread] = input[ITEMS - 1];
        __syncthreads();
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void flag_inner_heads(Flag (&heads)[ITEMS], T (&input)[ITEMS], Op& op) {
#pragma unroll
        for (int i = 1; i < ITEMS; ++i) heads[i] = differ(op, input[i - 1], input[i], thread * ITEMS + i);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void flag_inner_tails(Flag (&tails)[ITEMS], T (&input)[ITEMS], Op& op) {
#pragma unroll
        for (int i = 0; i < ITEMS - 1; ++i) tails[i] = differ(op, input[i], input[i + 1], thread * ITEMS + i + 1);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void flag_heads(Flag (&heads)[ITEMS], T (&input)[ITEMS], T (&preds)[ITEMS], Op& op) {
        if (thread == 0) heads[0] = 1;
        else {
            preds[0] = storage.last_items[thread - 1];
            heads[0] = differ(op, preds[0], input[0], thread * ITEMS);
        }
        rest_of_heads(heads, input, preds, op);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void flag_heads(Flag (&heads)[ITEMS], T (&input)[ITEMS], T (&preds)[ITEMS], Op& op, T before_tile) {
        preds[0] = thread == 0 ? before_tile : storage.last_items[thread == 0 ? 0 : thread - 1];
        heads[0] = differ(op, preds[0], input[0], thread * ITEMS);
        rest_of_heads(heads, input, preds, op);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void rest_of_heads(Flag (&heads)[ITEMS], T (&input)[ITEMS], T (&preds)[ITEMS], Op& op) {
#pragma unroll
        for (int i = 1; i < ITEMS; ++i) preds[i] = input[i - 1];
        flag_inner_heads(heads, input, op);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void flag_tails(Flag (&tails)[ITEMS], T (&input)[ITEMS], Op& op) {
        if (thread == threads - 1) tails[ITEMS - 1] = 1;
        else tails[ITEMS - 1] = differ(op, input[ITEMS - 1], storage.first_items[thread + 1], (thread + 1) * ITEMS);
        flag_inner_tails(tails, input, op);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void flag_tails(Flag (&tails)[ITEMS], T (&input)[ITEMS], Op& op, T after_tile) {
        T next = thread == threads - 1 ? after_tile : storage.first_items[thread == threads - 1 ? 0 : thread + 1];
        tails[ITEMS - 1] = differ(op, input[ITEMS - 1], next, (thread + 1) * ITEMS);
        flag_inner_tails(tails, input, op);
    }

public:
    template <int ITEMS, typename Flag, typename Op>
    __device__ void FlagHeads(Flag (&head_flags)[ITEMS], T (&input)[ITEMS], T (&preds)[ITEMS], Op flag_op) {
        share(input);
        flag_heads(head_flags, input, preds, flag_op);
    }
    template <int ITEMS, typename Flag, typename Op> __device__ void FlagHeads(
        Flag (&head_flags)[ITEMS], T (&input)[ITEMS], T (&preds)[ITEMS], Op flag_op, T tile_predecessor_item) {
        share(input);
        flag_heads(head_flags, input, preds, flag_op, tile_predecessor_item);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void FlagHeads(Flag (&head_flags)[ITEMS], T (&input)[ITEMS], Op flag_op) {
        T preds[ITEMS];
        FlagHeads(head_flags, input, preds, flag_op);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void FlagHeads(Flag (&head_flags)[ITEMS], T (&input)[ITEMS], Op flag_op, T tile_predecessor_item) {
        T preds[ITEMS];
        FlagHeads(head_flags, input, preds, flag_op, tile_predecessor_item);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void FlagTails(Flag (&tail_flags)[ITEMS], T (&input)[ITEMS], Op flag_op) {
        share(input);
        flag_tails(tail_flags, input, flag_op);
    }
    template <int ITEMS, typename Flag, typename Op>
    __device__ void FlagTails(Flag (&tail_flags)[ITEMS], T (&input)[ITEMS], Op flag_op, T tile_successor_item) {
        share(input);
        flag_tails(tail_flags, input, flag_op, tile_successor_item);
    }

    template <int ITEMS, typename Flag, typename Op> __device__ void FlagHeadsAndTails(
        Flag (&head_flags)[ITEMS], Flag (&tail_flags)[ITEMS], T (&input)[ITEMS], Op flag_op) {
        T preds[ITEMS];
        share(input);
        flag_heads(head_flags, input, preds, flag_op);
        flag_tails(tail_flags, input, flag_op);
    }
    template <int ITEMS, typename Flag, typename Op> __device__ void FlagHeadsAndTails(
        Flag (&head_flags)[ITEMS], Flag (&tail_flags)[ITEMS], T tile_successor_item, T (&input)[ITEMS], Op flag_op) {
        T preds[ITEMS];
        share(input);
        flag_heads(head_flags, input, preds, flag_op);
        flag_tails(tail_flags, input, flag_op, tile_successor_item);
    }
    template <int ITEMS, typename Flag, typename Op> __device__ void FlagHeadsAndTails(
        Flag (&head_flags)[ITEMS], T tile_predecessor_item, Flag (&tail_flags)[ITEMS], T (&input)[ITEMS], Op flag_op) {
        T preds[ITEMS];
        share(input);
        flag_heads(head_flags, input, preds, flag_op, tile_predecessor_item);
        flag_tails(tail_flags, input, flag_op);
    }
    template <int ITEMS, typename Flag, typename Op> __device__ void FlagHeadsAndTails(
        Flag (&head_flags)[ITEMS], T tile_predecessor_item, Flag (&tail_flags)[ITEMS], T tile_successor_item,
        T (&input)[ITEMS], Op flag_op) {
        T preds[ITEMS];
        share(input);
        flag_heads(head_flags, input, preds, flag_op, tile_predecessor_item);
        flag_tails(tail_flags, input, flag_op, tile_successor_item);
    }
};
}  // namespace cub
#endif
