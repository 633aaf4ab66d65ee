// Cooperative groups: thread blocks, tiles of a warp, coalesced threads, the grid, and their collectives.
#ifndef __CUDAWASM_COOPERATIVE_GROUPS_H__
#define __CUDAWASM_COOPERATIVE_GROUPS_H__
#define _CG_HAS_FP16_COLLECTIVE
namespace cooperative_groups {
namespace details {
__device__ inline unsigned int block_rank() {
    return threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z); }
__device__ inline unsigned int block_size() { return blockDim.x * blockDim.y * blockDim.z; }
__device__ inline unsigned int lane() { return __cw_lane_id(); }
__device__ inline unsigned int lanes_below() { return (1u << __cw_lane_id()) - 1u; }
template <int size> struct word_count { static const int value = (size + 3) / 4; };
// A shuffle of any trivially copyable type, 32 bits at a time.
template <typename T> __device__ inline T shuffle(unsigned int mask, T value, unsigned int source) {
    union { T v; unsigned int w[word_count<sizeof(T)>::value]; } u;
    u.w[word_count<sizeof(T)>::value - 1] = 0;
    u.v = value;
    for (int i = 0; i < word_count<sizeof(T)>::value; ++i) u.w[i] = __shfl_sync(mask, u.w[i], (int)source);
    return u.v;
}
}  // namespace details

struct thread_group {
    unsigned int __size, __rank, __mask;
    int __kind;  // 0: block, 1: lanes of a warp
    __device__ unsigned long long size() const { return __size; }
    __device__ unsigned long long num_threads() const { return __size; }
    __device__ unsigned long long thread_rank() const { return __rank; }
    __device__ bool is_valid() const { return true; }
    __device__ void sync() const { if (__kind == 0) __syncthreads(); else __syncwarp(__mask); }
};

class thread_block {
public:
    __device__ static void sync() { __syncthreads(); }
    __device__ static unsigned int size() { return details::block_size(); }
    __device__ static unsigned int num_threads() { return details::block_size(); }
    __device__ static unsigned int thread_rank() { return details::block_rank(); }
    __device__ static dim3 group_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
    __device__ static dim3 thread_index() { return dim3(threadIdx.x, threadIdx.y, threadIdx.z); }
    __device__ static dim3 group_dim() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
    __device__ static dim3 dim_threads() { return dim3(blockDim.x, blockDim.y, blockDim.z); }
    __device__ static bool is_valid() { return true; }
    __device__ operator thread_group() const {
        thread_group g; g.__size = size(); g.__rank = thread_rank(); g.__mask = 0; g.__kind = 0; return g; }
    struct arrival_token {};
    __device__ arrival_token barrier_arrive() const { return arrival_token(); }
    __device__ void barrier_wait(arrival_token) const { __syncthreads(); }
    __device__ void barrier_wait() const { __syncthreads(); }
};
__device__ inline thread_block this_thread_block() { return thread_block(); }

class grid_group {
public:
    __device__ static void sync() { __cw_grid_sync(); }
    __device__ static bool is_valid() { return true; }
    __device__ static unsigned long long num_blocks() { return (unsigned long long)gridDim.x * gridDim.y * gridDim.z; }
    __device__ static unsigned long long block_rank() {
        return blockIdx.x + (unsigned long long)gridDim.x * (blockIdx.y + (unsigned long long)gridDim.y * blockIdx.z); }
    __device__ static unsigned long long size() { return num_blocks() * details::block_size(); }
    __device__ static unsigned long long num_threads() { return size(); }
    __device__ static unsigned long long thread_rank() {
        return block_rank() * details::block_size() + details::block_rank(); }
    __device__ static dim3 group_dim() { return dim3(gridDim.x, gridDim.y, gridDim.z); }
    __device__ static dim3 dim_blocks() { return dim3(gridDim.x, gridDim.y, gridDim.z); }
    __device__ static dim3 block_index() { return dim3(blockIdx.x, blockIdx.y, blockIdx.z); }
};
__device__ inline grid_group this_grid() { return grid_group(); }

template <typename Group> __device__ inline void sync(const Group& g) { g.sync(); }
template <typename Group> __device__ inline unsigned int thread_rank(const Group& g) { return (unsigned int)g.thread_rank(); }
template <typename Group> __device__ inline unsigned int group_size(const Group& g) { return (unsigned int)g.size(); }

// Collectives that every group of lanes has; the group gives its mask and turns ranks into lanes.
#define __CW_LANE_COLLECTIVES                                                                                 \
    __device__ void sync() const { __syncwarp(__mask()); }                                                     \
    __device__ int any(int p) const { return (__ballot_sync(__mask(), p) & __mask()) != 0; }                   \
    __device__ int all(int p) const { return (__ballot_sync(__mask(), p) & __mask()) == __mask(); }            \
    __device__ unsigned int ballot(int p) const { return __pack(__ballot_sync(__mask(), p) & __mask()); }      \
    template <typename T> __device__ unsigned int match_any(T v) const {                                       \
        return __pack(__match_any_sync(__mask(), v)); }                                                        \
    template <typename T> __device__ unsigned int match_all(T v, int& p) const {                               \
        return __pack(__match_all_sync(__mask(), v, &p)); }                                                    \
    template <typename T> __device__ T shfl(T v, int rank) const {                                             \
        return details::shuffle(__mask(), v, __lane_of((unsigned int)rank % size())); }

template <unsigned int tile_size, typename Parent = void> class thread_block_tile {
    static_assert(tile_size != 0 && (tile_size & (tile_size - 1)) == 0 && tile_size <= 32,
                  "a tile has a power of two of at most 32 threads");
public:
    unsigned int __meta_rank, __meta_size;  // among the tiles of the parent
    thread_block_tile() = default;
    __device__ thread_block_tile(unsigned int rank, unsigned int size) : __meta_rank(rank), __meta_size(size) {}
    template <typename Other> __device__ thread_block_tile(const thread_block_tile<tile_size, Other>& o)
        : __meta_rank(o.__meta_rank), __meta_size(o.__meta_size) {}
    __device__ static unsigned int size() { return tile_size; }
    __device__ static unsigned int num_threads() { return tile_size; }
    __device__ static unsigned int thread_rank() { return details::block_rank() & (tile_size - 1); }
    __device__ unsigned int meta_group_rank() const { return __meta_rank; }
    __device__ unsigned int meta_group_size() const { return __meta_size; }
    __device__ static bool is_valid() { return true; }
    __device__ static unsigned int __mask() {
        return (tile_size == 32 ? 0xffffffffu : ((1u << (tile_size & 31)) - 1u) << (details::lane() & ~(tile_size - 1))); }
    __device__ static unsigned int __pack(unsigned int lanes) {
        return tile_size == 32 ? lanes : lanes >> (details::lane() & ~(tile_size - 1)) & ((1u << (tile_size & 31)) - 1u); }
    __device__ static unsigned int __lane_of(unsigned int rank) { return (details::lane() & ~(tile_size - 1)) + rank; }
    __CW_LANE_COLLECTIVES
    template <typename T> __device__ T shfl_down(T v, unsigned int d) const {
        unsigned int r = thread_rank();
        return details::shuffle(__mask(), v, __lane_of(r + d < tile_size ? r + d : r)); }
    template <typename T> __device__ T shfl_up(T v, unsigned int d) const {
        unsigned int r = thread_rank();
        return details::shuffle(__mask(), v, __lane_of(r >= d ? r - d : r)); }
    template <typename T> __device__ T shfl_xor(T v, unsigned int m) const {
        unsigned int r = thread_rank();
        return details::shuffle(__mask(), v, __lane_of((r ^ m) < tile_size ? r ^ m : r)); }
    __device__ operator thread_group() const {
        thread_group g; g.__size = tile_size; g.__rank = thread_rank(); g.__mask = __mask(); g.__kind = 1; return g; }
};
template <unsigned int tile_size, typename Parent> __device__ inline thread_block_tile<tile_size, Parent>
tiled_partition(const Parent& parent) {
    return thread_block_tile<tile_size, Parent>(
        (unsigned int)parent.thread_rank() / tile_size, ((unsigned int)parent.size() + tile_size - 1) / tile_size); }

class coalesced_group {
public:
    unsigned int __lanes;
    __device__ unsigned int __mask() const { return __lanes; }
    __device__ unsigned long long size() const { return __popc(__lanes); }
    __device__ unsigned long long num_threads() const { return __popc(__lanes); }
    __device__ unsigned long long thread_rank() const { return __popc(__lanes & details::lanes_below()); }
    __device__ unsigned int meta_group_rank() const { return 0; }
    __device__ unsigned int meta_group_size() const { return 1; }
    __device__ bool is_valid() const { return true; }
    __device__ unsigned int __pack(unsigned int lanes) const {
        unsigned int packed = 0, rank = 0;
        for (unsigned int left = __lanes; left; left &= left - 1, ++rank)
            if (lanes & (left & (0u - left))) packed |= 1u << rank;
        return packed;
    }
    __device__ unsigned int __lane_of(unsigned int rank) const {
        unsigned int left = __lanes;
        for (unsigned int i = 0; i < rank; ++i) left &= left - 1;
        return __ffs((int)left) - 1;
    }
    __CW_LANE_COLLECTIVES
    template <typename T> __device__ T shfl_down(T v, unsigned int d) const {
        unsigned int r = thread_rank();
        return details::shuffle(__lanes, v, __lane_of(r + d < size() ? r + d : r)); }
    template <typename T> __device__ T shfl_up(T v, unsigned int d) const {
        unsigned int r = thread_rank();
        return details::shuffle(__lanes, v, __lane_of(r >= d ? r - d : r)); }
    __device__ operator thread_group() const {
        thread_group g; g.__size = size(); g.__rank = thread_rank(); g.__mask = __lanes; g.__kind = 1; return g; }
};
__device__ inline coalesced_group coalesced_threads() { coalesced_group g; g.__lanes = __activemask(); return g; }

__device__ inline thread_group tiled_partition(const thread_group& parent, unsigned int tile_size) {
    thread_group g;
    unsigned int first = details::lane() & ~(tile_size - 1);
    g.__size = tile_size;
    g.__rank = details::lane() - first;
    g.__mask = tile_size >= 32 ? 0xffffffffu : ((1u << tile_size) - 1u) << first;
    g.__kind = 1;
    return g;
}
__device__ inline thread_group tiled_partition(const thread_block&, unsigned int tile_size) {
    return tiled_partition(thread_group(), tile_size); }
template <typename Group> __device__ inline coalesced_group binary_partition(const Group& g, bool predicate) {
    unsigned int mask = g.__mask(), yes = __ballot_sync(mask, predicate) & mask;
    coalesced_group part;
    part.__lanes = predicate ? yes : mask & ~yes;
    return part;
}
template <typename Group, typename Label> __device__ inline coalesced_group labeled_partition(const Group& g, Label label) {
    coalesced_group part;
    part.__lanes = __match_any_sync(g.__mask(), label);
    return part;
}
#undef __CW_LANE_COLLECTIVES

template <typename T = void> struct plus { __device__ T operator()(const T& a, const T& b) const { return a + b; } };
template <typename T = void> struct less { __device__ T operator()(const T& a, const T& b) const { return b < a ? b : a; } };
template <typename T = void> struct greater { __device__ T operator()(const T& a, const T& b) const { return a < b ? b : a; } };
template <typename T = void> struct bit_and { __device__ T operator()(const T& a, const T& b) const { return a & b; } };
template <typename T = void> struct bit_or { __device__ T operator()(const T& a, const T& b) const { return a | b; } };
template <typename T = void> struct bit_xor { __device__ T operator()(const T& a, const T& b) const { return a ^ b; } };
template <> struct plus<void> { template <typename T> __device__ T operator()(const T& a, const T& b) const { return a + b; } };
template <> struct less<void> { template <typename T> __device__ T operator()(const T& a, const T& b) const { return b < a ? b : a; } };
template <> struct greater<void> { template <typename T> __device__ T operator()(const T& a, const T& b) const { return a < b ? b : a; } };

template <unsigned int tile_size, typename Parent, typename T, typename Op>
__device__ inline T reduce(const thread_block_tile<tile_size, Parent>& g, T value, Op op) {
    for (unsigned int d = tile_size / 2; d > 0; d /= 2) value = op(value, g.shfl_xor(value, d));
    return value;
}
template <typename T, typename Op> __device__ inline T reduce(const coalesced_group& g, T value, Op op) {
    unsigned int n = g.size(), rank = g.thread_rank();
    for (unsigned int d = 1; d < n; d *= 2) {
        T other = g.shfl_down(value, d);
        if (rank % (2 * d) == 0 && rank + d < n) value = op(value, other);
    }
    return g.shfl(value, 0);
}
template <typename Group, typename T, typename Op> __device__ inline T inclusive_scan(const Group& g, T value, Op op) {
    unsigned int n = g.size(), rank = g.thread_rank();
    for (unsigned int d = 1; d < n; d *= 2) {
        T other = g.shfl_up(value, d);
        if (rank >= d) value = op(other, value);
    }
    return value;
}
template <typename Group, typename T> __device__ inline T inclusive_scan(const Group& g, T value) {
    return inclusive_scan(g, value, plus<T>()); }
template <typename Group, typename T, typename Op> __device__ inline T exclusive_scan(const Group& g, T value, Op op) {
    T through = inclusive_scan(g, value, op);
    T before = g.shfl_up(through, 1);
    return g.thread_rank() == 0 ? T() : before;
}
template <typename Group, typename T> __device__ inline T exclusive_scan(const Group& g, T value) {
    return exclusive_scan(g, value, plus<T>()); }
template <typename Group, typename F, typename... Args> __device__ inline void invoke_one(const Group& g, F&& f, Args&&... args) {
    if (g.thread_rank() == 0) f(args...);
}
}  // namespace cooperative_groups
#endif
