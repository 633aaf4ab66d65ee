// Function objects, for the host and for devices.
#ifndef __CUDAWASM_THRUST_FUNCTIONAL__
#define __CUDAWASM_THRUST_FUNCTIONAL__
#include <thrust/detail/config.h>
namespace thrust {
#define __CW_FUNCTION(name, R, expression)                                                                        \
    template <typename T = void> struct name {                                                                    \
        typedef T first_argument_type;                                                                            \
        typedef T second_argument_type;                                                                           \
        typedef R result_type;                                                                                    \
        __host__ __device__ constexpr R operator()(const T& a, const T& b) const { return expression; }           \
    };                                                                                                            \
    template <> struct name<void> {                                                                               \
        template <typename A, typename B>                                                                         \
        __host__ __device__ constexpr auto operator()(const A& a, const B& b) const { return expression; }        \
    };
__CW_FUNCTION(plus, T, a + b)
__CW_FUNCTION(minus, T, a - b)
__CW_FUNCTION(multiplies, T, a * b)
__CW_FUNCTION(divides, T, a / b)
__CW_FUNCTION(modulus, T, a % b)
__CW_FUNCTION(bit_and, T, a & b)
__CW_FUNCTION(bit_or, T, a | b)
__CW_FUNCTION(bit_xor, T, a ^ b)
__CW_FUNCTION(maximum, T, a < b ? b : a)
__CW_FUNCTION(minimum, T, b < a ? b : a)
__CW_FUNCTION(project1st, T, a)
__CW_FUNCTION(project2nd, T, b)
__CW_FUNCTION(logical_and, bool, a && b)
__CW_FUNCTION(logical_or, bool, a || b)
__CW_FUNCTION(equal_to, bool, a == b)
__CW_FUNCTION(not_equal_to, bool, a != b)
__CW_FUNCTION(less, bool, a < b)
__CW_FUNCTION(greater, bool, a > b)
__CW_FUNCTION(less_equal, bool, a <= b)
__CW_FUNCTION(greater_equal, bool, a >= b)
#undef __CW_FUNCTION
#define __CW_FUNCTION(name, R, expression)                                                                        \
    template <typename T = void> struct name {                                                                    \
        typedef T argument_type;                                                                                  \
        typedef R result_type;                                                                                    \
        __host__ __device__ constexpr R operator()(const T& a) const { return expression; }                       \
    };                                                                                                            \
    template <> struct name<void> {                                                                               \
        template <typename A> __host__ __device__ constexpr auto operator()(const A& a) const { return expression; } \
    };
__CW_FUNCTION(identity, T, a)
__CW_FUNCTION(negate, T, -a)
__CW_FUNCTION(square, T, a * a)
__CW_FUNCTION(logical_not, bool, !a)
#undef __CW_FUNCTION
template <typename A, typename R> struct unary_function {
    typedef A argument_type;
    typedef R result_type;
};
template <typename A, typename B, typename R> struct binary_function {
    typedef A first_argument_type;
    typedef B second_argument_type;
    typedef R result_type;
};
template <typename F> struct unary_negate {
    F f;
    template <typename A> __host__ __device__ bool operator()(const A& a) { return !f(a); }
};
template <typename F> struct binary_negate {
    F f;
    template <typename A, typename B> __host__ __device__ bool operator()(const A& a, const B& b) { return !f(a, b); }
};
template <typename F> __host__ __device__ inline unary_negate<F> not1(F f) { return unary_negate<F>{f}; }
template <typename F> __host__ __device__ inline binary_negate<F> not2(F f) { return binary_negate<F>{f}; }
}  // namespace thrust
#endif
