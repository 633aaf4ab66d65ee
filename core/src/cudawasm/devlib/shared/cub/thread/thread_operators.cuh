// Function objects.
#ifndef __CUDAWASM_CUB_THREAD_OPERATORS__
#define __CUDAWASM_CUB_THREAD_OPERATORS__
#include <cub/util_type.cuh>
namespace cub {
#define __CW_OPERATOR(name, expression)                                                  \
    struct name {                                                                        \
        template <typename A, typename B> __host__ __device__ constexpr auto operator()(const A& a, const B& b) const { \
            return expression; }                                                          \
    };
__CW_OPERATOR(Equality, a == b) __CW_OPERATOR(Inequality, a != b)
__CW_OPERATOR(Sum, a + b) __CW_OPERATOR(Difference, a - b) __CW_OPERATOR(Division, a / b)
__CW_OPERATOR(Max, CUB_MAX(a, b)) __CW_OPERATOR(Min, CUB_MIN(a, b))
#undef __CW_OPERATOR
template <typename Equal> struct InequalityWrapper {
    Equal op;
    __host__ __device__ InequalityWrapper(Equal equal) : op(equal) {}
    template <typename T> __host__ __device__ bool operator()(const T& a, const T& b) { return !op(a, b); }
};
// Of pairs of an index and a value: the extreme one, of equal ones the first.
struct ArgMax {
    template <typename Pair> __host__ __device__ Pair operator()(const Pair& a, const Pair& b) const {
        return b.value > a.value || (a.value == b.value && b.key < a.key) ? b : a; }
};
struct ArgMin {
    template <typename Pair> __host__ __device__ Pair operator()(const Pair& a, const Pair& b) const {
        return b.value < a.value || (a.value == b.value && b.key < a.key) ? b : a; }
};
template <typename To> struct CastOp {
    template <typename From> __host__ __device__ To operator()(const From& from) const { return (To)from; }
};
template <typename Op> struct SwizzleScanOp {
    Op scan_op;
    __host__ __device__ SwizzleScanOp(Op op) : scan_op(op) {}
    template <typename T> __host__ __device__ T operator()(const T& a, const T& b) { return scan_op(b, a); }
};
// Of pairs of a count of segment starts and a value: values are reduced inside of segments.
template <typename Op> struct ReduceBySegmentOp {
    Op op;
    __host__ __device__ ReduceBySegmentOp() {}
    __host__ __device__ ReduceBySegmentOp(Op reduction) : op(reduction) {}
    template <typename Pair> __host__ __device__ Pair operator()(const Pair& a, const Pair& b) {
        Pair both;
        both.key = a.key + b.key;
        if (b.key) both.value = b.value;
        else both.value = op(a.value, b.value);
        return both;
    }
};
// Of pairs of a key and a value: values of equal keys are reduced, of others the second stays.
template <typename Op> struct ReduceByKeyOp {
    Op op;
    __host__ __device__ ReduceByKeyOp() {}
    __host__ __device__ ReduceByKeyOp(Op reduction) : op(reduction) {}
    template <typename Pair> __host__ __device__ Pair operator()(const Pair& a, const Pair& b) {
        Pair both = b;
        if (a.key == b.key) both.value = op(a.value, b.value);
        return both;
    }
};
template <typename Op> struct BinaryFlip {
    Op op;
    __host__ __device__ explicit BinaryFlip(Op flipped) : op(flipped) {}
    template <typename A, typename B> __host__ __device__ auto operator()(const A& a, const B& b) { return op(b, a); }
};
}  // namespace cub
#endif
