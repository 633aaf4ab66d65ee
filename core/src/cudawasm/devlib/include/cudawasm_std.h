// The parts of namespace std that device code uses.
namespace std {
typedef ::size_t size_t;
typedef ::ptrdiff_t ptrdiff_t;
typedef decltype(nullptr) nullptr_t;
using ::int8_t; using ::int16_t; using ::int32_t; using ::int64_t;
using ::uint8_t; using ::uint16_t; using ::uint32_t; using ::uint64_t;
using ::intptr_t; using ::uintptr_t;

template <typename T, T v> struct integral_constant {
    static constexpr T value = v;
    typedef T value_type;
    typedef integral_constant<T, v> type;
    __device__ constexpr operator T() const { return v; }
    __device__ constexpr T operator()() const { return v; }
};
template <bool b> using bool_constant = integral_constant<bool, b>;
typedef integral_constant<bool, true> true_type;
typedef integral_constant<bool, false> false_type;

template <bool c, typename T = void> struct enable_if {};
template <typename T> struct enable_if<true, T> { typedef T type; };
template <bool c, typename T = void> using enable_if_t = typename enable_if<c, T>::type;
template <bool c, typename A, typename B> struct conditional { typedef A type; };
template <typename A, typename B> struct conditional<false, A, B> { typedef B type; };
template <bool c, typename A, typename B> using conditional_t = typename conditional<c, A, B>::type;
template <typename...> using void_t = void;
template <typename T> struct type_identity { typedef T type; };

template <typename T> struct remove_const { typedef T type; };
template <typename T> struct remove_const<const T> { typedef T type; };
template <typename T> struct remove_volatile { typedef T type; };
template <typename T> struct remove_volatile<volatile T> { typedef T type; };
template <typename T> struct remove_cv { typedef typename remove_volatile<typename remove_const<T>::type>::type type; };
template <typename T> struct remove_reference { typedef T type; };
template <typename T> struct remove_reference<T&> { typedef T type; };
template <typename T> struct remove_reference<T&&> { typedef T type; };
template <typename T> struct remove_pointer { typedef T type; };
template <typename T> struct remove_pointer<T*> { typedef T type; };
template <typename T> struct remove_extent { typedef T type; };
template <typename T> struct remove_extent<T[]> { typedef T type; };
template <typename T, size_t n> struct remove_extent<T[n]> { typedef T type; };
template <typename T> struct add_pointer { typedef typename remove_reference<T>::type* type; };
template <typename T> struct add_const { typedef const T type; };
template <typename T> struct make_unsigned { typedef __cw_make_unsigned(T) type; };
template <typename T> struct make_signed { typedef __cw_make_signed(T) type; };
template <typename T> struct underlying_type { typedef __underlying_type(T) type; };
template <typename T> struct remove_cvref { typedef typename remove_cv<typename remove_reference<T>::type>::type type; };
template <typename T> struct decay { typedef typename remove_cv<typename remove_reference<T>::type>::type type; };
template <typename T, size_t n> struct decay<T[n]> { typedef T* type; };
template <typename T> using remove_const_t = typename remove_const<T>::type;
template <typename T> using remove_cv_t = typename remove_cv<T>::type;
template <typename T> using remove_reference_t = typename remove_reference<T>::type;
template <typename T> using remove_pointer_t = typename remove_pointer<T>::type;
template <typename T> using remove_cvref_t = typename remove_cvref<T>::type;
template <typename T> using remove_extent_t = typename remove_extent<T>::type;
template <typename T> using add_const_t = typename add_const<T>::type;
template <typename T> using make_unsigned_t = typename make_unsigned<T>::type;
template <typename T> using make_signed_t = typename make_signed<T>::type;
template <typename T> using underlying_type_t = typename underlying_type<T>::type;
template <typename T> using decay_t = typename decay<T>::type;

template <typename A, typename B> struct is_same : bool_constant<__is_same(A, B)> {};
template <typename A, typename B> inline constexpr bool is_same_v = __is_same(A, B);
template <typename A, typename B> struct is_base_of : bool_constant<__is_base_of(A, B)> {};
template <typename A, typename B> inline constexpr bool is_base_of_v = __is_base_of(A, B);
template <typename A, typename B> struct is_convertible : bool_constant<__is_convertible(A, B)> {};
template <typename A, typename B> inline constexpr bool is_convertible_v = __is_convertible(A, B);
#define __CW_TRAIT(name, builtin)                                                 \
    template <typename T> struct name : bool_constant<builtin(T)> {};               \
    template <typename T> inline constexpr bool name##_v = builtin(T);
__CW_TRAIT(is_integral, __is_integral) __CW_TRAIT(is_floating_point, __is_floating) __CW_TRAIT(is_arithmetic, __is_arithmetic)
__CW_TRAIT(is_signed, __is_signed) __CW_TRAIT(is_unsigned, __is_unsigned) __CW_TRAIT(is_const, __is_const)
__CW_TRAIT(is_pointer, __is_pointer) __CW_TRAIT(is_reference, __is_reference) __CW_TRAIT(is_array, __is_array)
__CW_TRAIT(is_class, __is_class) __CW_TRAIT(is_enum, __is_enum) __CW_TRAIT(is_union, __is_union)
__CW_TRAIT(is_void, __is_void) __CW_TRAIT(is_empty, __is_empty)
__CW_TRAIT(is_trivially_copyable, __is_trivially_copyable) __CW_TRAIT(is_trivial, __is_trivial)
__CW_TRAIT(is_lvalue_reference, __is_lvalue_reference) __CW_TRAIT(is_function, __is_function)
__CW_TRAIT(is_member_pointer, __is_member_pointer)
__CW_TRAIT(is_member_function_pointer, __is_member_function_pointer)
__CW_TRAIT(is_member_object_pointer, __is_member_object_pointer)
#undef __CW_TRAIT
template <typename... Ts> inline constexpr bool conjunction_v = (Ts::value && ...);
template <typename... Ts> inline constexpr bool disjunction_v = (Ts::value || ...);

template <typename T> __device__ constexpr inline typename remove_reference<T>::type&& move(T&& x) {
    return static_cast<typename remove_reference<T>::type&&>(x); }
template <typename T> __device__ constexpr inline T&& forward(typename remove_reference<T>::type& x) {
    return static_cast<T&&>(x); }
template <typename T> __device__ T&& declval();
template <typename T> __device__ inline void swap(T& a, T& b) { T t = a; a = b; b = t; }
template <typename T> __device__ constexpr inline const T& min(const T& a, const T& b) { return b < a ? b : a; }
template <typename T> __device__ constexpr inline const T& max(const T& a, const T& b) { return a < b ? b : a; }
template <typename T> __device__ constexpr inline const T& clamp(const T& x, const T& lo, const T& hi) {
    return x < lo ? lo : hi < x ? hi : x; }
template <typename T> __device__ constexpr inline T* addressof(T& x) { return &x; }

template <typename M, typename C, typename O, typename... A>
__device__ constexpr inline decltype(auto) __cw_invoke_member(M C::*member, O&& object, A&&... args) {
    if constexpr (!is_base_of_v<C, remove_reference_t<O>>) return __cw_invoke_member(member, *object, forward<A>(args)...);
    else if constexpr (is_function_v<M>) return (object.*member)(forward<A>(args)...);
    else return object.*member;
}
template <typename F, typename... A> __device__ constexpr inline decltype(auto) invoke(F&& f, A&&... args) {
    if constexpr (is_member_pointer_v<decay_t<F>>) return __cw_invoke_member(f, forward<A>(args)...);
    else return f(forward<A>(args)...);
}
template <typename M> struct __cw_mem_fn {
    M member;
    template <typename... A> __device__ constexpr decltype(auto) operator()(A&&... args) const {
        return __cw_invoke_member(member, forward<A>(args)...); }
};
template <typename M, typename C> __device__ constexpr inline __cw_mem_fn<M C::*> mem_fn(M C::*member) { return {member}; }

template <typename T> struct numeric_limits { static constexpr bool is_specialized = false; };
#define __CW_LIMITS(T, lowest_, min_, max_, integer, is_signed_, digits_)                                    \
    template <> struct numeric_limits<T> {                                                                 \
        static constexpr bool is_specialized = true, is_integer = integer, is_signed = is_signed_;          \
        static constexpr int digits = digits_;                                                             \
        __device__ static constexpr T lowest() { return lowest_; }                                          \
        __device__ static constexpr T min() { return min_; }                                                \
        __device__ static constexpr T max() { return max_; }                                                \
        __device__ static constexpr T infinity() { return __CW_LIMIT_OF(T, integer, __int_as_float(0x7f800000)); }   \
        __device__ static constexpr T quiet_NaN() { return __CW_LIMIT_OF(T, integer, __int_as_float(0x7fffffff)); }  \
        __device__ static constexpr T epsilon() { return __cw_epsilon((T*)0); } };
#define __CW_LIMIT_OF(T, integer, value) (integer ? (T)0 : (T)(value))
template <typename T> __device__ constexpr inline T __cw_epsilon(T*) { return 0; }
__device__ constexpr inline float __cw_epsilon(float*) { return FLT_EPSILON; }
__device__ constexpr inline double __cw_epsilon(double*) { return DBL_EPSILON; }
__CW_LIMITS(bool, false, false, true, true, false, 1) __CW_LIMITS(char, -128, -128, 127, true, true, 7)
__CW_LIMITS(signed char, -128, -128, 127, true, true, 7) __CW_LIMITS(unsigned char, 0, 0, 255, true, false, 8)
__CW_LIMITS(short, -32768, -32768, 32767, true, true, 15) __CW_LIMITS(unsigned short, 0, 0, 65535, true, false, 16)
__CW_LIMITS(int, INT_MIN, INT_MIN, INT_MAX, true, true, 31) __CW_LIMITS(unsigned int, 0, 0, UINT_MAX, true, false, 32)
__CW_LIMITS(long, LONG_MIN, LONG_MIN, LONG_MAX, true, true, 63) __CW_LIMITS(unsigned long, 0, 0, ULONG_MAX, true, false, 64)
__CW_LIMITS(long long, LLONG_MIN, LLONG_MIN, LLONG_MAX, true, true, 63)
__CW_LIMITS(unsigned long long, 0, 0, ULLONG_MAX, true, false, 64)
__CW_LIMITS(float, -FLT_MAX, FLT_MIN, FLT_MAX, false, true, 24) __CW_LIMITS(double, -DBL_MAX, DBL_MIN, DBL_MAX, false, true, 53)
#undef __CW_LIMITS
#undef __CW_LIMIT_OF

template <typename T, size_t n> struct array {
    T __elements[n];
    __device__ constexpr T& operator[](size_t i) { return __elements[i]; }
    __device__ constexpr const T& operator[](size_t i) const { return __elements[i]; }
    __device__ constexpr size_t size() const { return n; }
    __device__ constexpr T* data() { return __elements; }
    __device__ constexpr const T* data() const { return __elements; }
    __device__ constexpr T* begin() { return __elements; }
    __device__ constexpr T* end() { return __elements + n; }
    __device__ void fill(const T& x) { for (size_t i = 0; i < n; ++i) __elements[i] = x; }
};
template <typename A, typename B> struct pair {
    A first; B second;
    __device__ constexpr pair() : first(), second() {}
    __device__ constexpr pair(const A& a, const B& b) : first(a), second(b) {}
};
template <typename A, typename B> __device__ constexpr inline pair<A, B> make_pair(A a, B b) { return pair<A, B>(a, b); }
#define __CW_FUNCTION(name, R, expression)                                                                        \
    template <typename T = void> struct name {                                                                      \
        __device__ constexpr R operator()(const T& a, const T& b) const { return expression; } };                     \
    template <> struct name<void> { template <typename A, typename B>                                                \
        __device__ constexpr auto operator()(const A& a, const B& b) const { return expression; } };
__CW_FUNCTION(plus, T, a + b) __CW_FUNCTION(minus, T, a - b) __CW_FUNCTION(multiplies, T, a * b)
__CW_FUNCTION(divides, T, a / b) __CW_FUNCTION(modulus, T, a % b) __CW_FUNCTION(bit_and, T, a & b)
__CW_FUNCTION(bit_or, T, a | b) __CW_FUNCTION(bit_xor, T, a ^ b) __CW_FUNCTION(logical_and, bool, a && b)
__CW_FUNCTION(logical_or, bool, a || b) __CW_FUNCTION(equal_to, bool, a == b) __CW_FUNCTION(not_equal_to, bool, a != b)
__CW_FUNCTION(less, bool, a < b) __CW_FUNCTION(greater, bool, a > b) __CW_FUNCTION(less_equal, bool, a <= b)
__CW_FUNCTION(greater_equal, bool, a >= b)
#undef __CW_FUNCTION
template <typename T = void> struct negate { __device__ constexpr T operator()(const T& a) const { return -a; } };
template <typename T = void> struct logical_not { __device__ constexpr bool operator()(const T& a) const { return !a; } };
template <> struct negate<void> { template <typename A> __device__ constexpr auto operator()(const A& a) const { return -a; } };
template <> struct logical_not<void> { template <typename A> __device__ constexpr bool operator()(const A& a) const { return !a; } };
struct input_iterator_tag {};
struct output_iterator_tag {};
struct forward_iterator_tag : input_iterator_tag {};
struct bidirectional_iterator_tag : forward_iterator_tag {};
struct random_access_iterator_tag : bidirectional_iterator_tag {};
template <typename It> struct iterator_traits {
    typedef typename It::iterator_category iterator_category;
    typedef typename It::value_type value_type;
    typedef typename It::reference reference;
    typedef typename It::pointer pointer;
    typedef typename It::difference_type difference_type;
};
template <typename T> struct iterator_traits<T*> {
    typedef random_access_iterator_tag iterator_category;
    typedef typename remove_cv<T>::type value_type;
    typedef T& reference;
    typedef T* pointer;
    typedef ptrdiff_t difference_type;
};

using ::abs; using ::fabs; using ::sqrt; using ::exp; using ::exp2; using ::log; using ::log2; using ::log10; using ::sin;
using ::cos; using ::tan; using ::asin; using ::acos; using ::atan; using ::atan2; using ::sinh; using ::cosh; using ::tanh;
using ::pow; using ::floor; using ::ceil; using ::round; using ::trunc; using ::rint; using ::fmin; using ::fmax; using ::fma;
using ::fmod; using ::isnan; using ::isinf; using ::isfinite; using ::signbit; using ::copysign; using ::cbrt; using ::hypot;
using ::erf; using ::erfc; using ::expm1; using ::log1p; using ::lgamma; using ::tgamma; using ::memcpy; using ::memset;
using ::printf; using ::nearbyint; using ::ldexp; using ::frexp; using ::nextafter; using ::remainder; using ::asinh; using ::acosh; using ::atanh;
using ::fdim; using ::ilogb; using ::isnormal; using ::labs; using ::llabs; using ::llrint; using ::llround; using ::logb;
using ::lrint; using ::lround; using ::scalbln; using ::scalbn;
}  // namespace std
namespace cuda { namespace std { using namespace ::std; } }
