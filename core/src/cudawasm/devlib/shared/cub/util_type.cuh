// Types about types, pairs of a key and a value, and how the bits of a number are put in order.
#ifndef __CUDAWASM_CUB_UTIL_TYPE__
#define __CUDAWASM_CUB_UTIL_TYPE__
#include <cub/config.cuh>
struct __half;
struct __nv_bfloat16;
namespace cub {
struct NullType {
    template <typename T> __host__ __device__ NullType& operator=(const T&) { return *this; }
    __host__ __device__ bool operator==(const NullType&) const { return true; }
    __host__ __device__ bool operator!=(const NullType&) const { return false; }
};
template <int value> struct Int2Type { enum { VALUE = value }; };
template <bool condition, typename A, typename B> struct If { typedef std::conditional_t<condition, A, B> Type; };
template <typename A, typename B> struct Equals { enum { VALUE = __is_same(A, B), NEGATE = !VALUE }; };
template <bool condition, typename T = void> struct EnableIf { typedef std::enable_if_t<condition, T> Type; };
template <typename T> struct IsPointer { enum { VALUE = std::is_pointer_v<T> }; };
template <typename T> struct RemoveQualifiers { typedef std::remove_cv_t<T> Type; };
template <int n> struct PowerOfTwo { enum { VALUE = (n & (n - 1)) == 0 }; };
// The logarithm of a number to base two, rounded up.
template <int n, int current = n, int count = 0> struct Log2 {
    enum { VALUE = Log2<n, (current >> 1), count + 1>::VALUE };
};
template <int n, int count> struct Log2<n, 0, count> { enum { VALUE = (1 << (count - 1)) < n ? count : count - 1 }; };

template <typename KeyT, typename ValueT> struct KeyValuePair {
    typedef KeyT Key;
    typedef ValueT Value;
    Key key;
    Value value;
    KeyValuePair() = default;
    __host__ __device__ KeyValuePair(const Key& k, const Value& v) : key(k), value(v) {}
    __host__ __device__ bool operator==(const KeyValuePair& b) const { return key == b.key && value == b.value; }
    __host__ __device__ bool operator!=(const KeyValuePair& b) const { return value != b.value || key != b.key; }
};

template <typename T> struct Uninitialized {
    T value;
    __host__ __device__ T& Alias() { return value; }
};
template <typename T, int count> struct ArrayWrapper { T array[count]; };
template <typename T> struct DoubleBuffer {
    T* d_buffers[2];
    int selector;
    __host__ __device__ DoubleBuffer() : selector(0) { d_buffers[0] = nullptr; d_buffers[1] = nullptr; }
    __host__ __device__ DoubleBuffer(T* current, T* alternate) : selector(0) {
        d_buffers[0] = current;
        d_buffers[1] = alternate;
    }
    __host__ __device__ T* Current() { return d_buffers[selector]; }
    __host__ __device__ T* Alternate() { return d_buffers[selector ^ 1]; }
};

enum Category { NOT_A_NUMBER, SIGNED_INTEGER, UNSIGNED_INTEGER, FLOATING_POINT };

namespace detail {
template <int bytes> struct bits_of_size {};
template <> struct bits_of_size<1> { typedef unsigned char type; };
template <> struct bits_of_size<2> { typedef unsigned short type; };
template <> struct bits_of_size<4> { typedef unsigned int type; };
template <> struct bits_of_size<8> { typedef unsigned long long type; };

template <typename To, typename From> __device__ inline To bits_as(From from) {
    if constexpr (__is_same(From, float)) return (To)__float_as_uint(from);
    else if constexpr (__is_same(To, float)) return __uint_as_float((unsigned int)from);
    else if constexpr (__is_same(From, double)) return (To)__double_as_longlong(from);
    else if constexpr (__is_same(To, double)) return __longlong_as_double((long long)from);
    else if constexpr (std::is_integral_v<From> && std::is_integral_v<To>) return (To)from;
    else {
        union { From from; To to; } bits;
        bits.from = from;
        return bits.to;
    }
}

template <typename It> struct value_of { typedef typename It::value_type type; };
template <typename T> struct value_of<T*> { typedef std::remove_cv_t<T> type; };
template <typename It> using value_t = typename value_of<It>::type;
}  // namespace detail

// A number's bits as an unsigned number of the same order: TwiddleIn and, back, TwiddleOut.
template <typename T> struct Traits {
    static constexpr bool is_float = std::is_floating_point_v<T> || __is_same(T, __half) || __is_same(T, __nv_bfloat16);
    static constexpr Category CATEGORY = is_float ? FLOATING_POINT : !std::is_integral_v<T> ? NOT_A_NUMBER
        : std::is_signed_v<T> ? SIGNED_INTEGER : UNSIGNED_INTEGER;
    static constexpr bool PRIMITIVE = CATEGORY != NOT_A_NUMBER;
    static constexpr bool NULL_TYPE = __is_same(T, NullType);
    static constexpr bool IS_SMALL_UNSIGNED = CATEGORY == UNSIGNED_INTEGER && sizeof(T) == 1;
    typedef typename detail::bits_of_size<sizeof(T)>::type UnsignedBits;
    static constexpr UnsignedBits HIGH_BIT = (UnsignedBits)((UnsignedBits)1 << (sizeof(UnsignedBits) * 8 - 1));
    static constexpr UnsignedBits LOWEST_KEY =
        CATEGORY == UNSIGNED_INTEGER ? 0 : CATEGORY == SIGNED_INTEGER ? HIGH_BIT : (UnsignedBits)-1;
    static constexpr UnsignedBits MAX_KEY =
        CATEGORY == UNSIGNED_INTEGER ? (UnsignedBits)-1 : (UnsignedBits)(HIGH_BIT ^ (UnsignedBits)-1);
    __host__ __device__ static UnsignedBits TwiddleIn(UnsignedBits key) {
        if constexpr (CATEGORY == UNSIGNED_INTEGER) return key;
        else if constexpr (CATEGORY == SIGNED_INTEGER) return (UnsignedBits)(key ^ HIGH_BIT);
        else return (UnsignedBits)(key ^ ((key & HIGH_BIT) != 0 ? (UnsignedBits)-1 : HIGH_BIT));
    }
    __host__ __device__ static UnsignedBits TwiddleOut(UnsignedBits key) {
        if constexpr (CATEGORY == UNSIGNED_INTEGER) return key;
        else if constexpr (CATEGORY == SIGNED_INTEGER) return (UnsignedBits)(key ^ HIGH_BIT);
        else return (UnsignedBits)(key ^ ((key & HIGH_BIT) != 0 ? HIGH_BIT : (UnsignedBits)-1));
    }
    __host__ __device__ static T Max() { return std::numeric_limits<T>::max(); }
    __host__ __device__ static T Lowest() { return std::numeric_limits<T>::lowest(); }
};
template <typename T> struct NumericTraits : Traits<T> {};
}  // namespace cub
#endif
