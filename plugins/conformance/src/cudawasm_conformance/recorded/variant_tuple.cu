// A home-made tuple, variant and visitor: decodes tagged words into alternatives and folds a program over them.
// Exercises variadic inheritance, index sequences, pack expansions, storage unions and overloaded function objects.
#include <cstdint>

template <size_t... Is> struct Indices {};
template <size_t N, size_t... Is> struct MakeIndices : MakeIndices<N - 1, N - 1, Is...> {};
template <size_t... Is> struct MakeIndices<0, Is...> { using type = Indices<Is...>; };
template <typename... Ts> using IndicesFor = typename MakeIndices<sizeof...(Ts)>::type;

template <int I, typename T> struct Slot {
    T value;
};
template <typename Sequence, typename... Ts> struct TupleBase;
template <size_t... Is, typename... Ts> struct TupleBase<Indices<Is...>, Ts...> : Slot<Is, Ts>... {};
template <typename... Ts> struct Tuple : TupleBase<IndicesFor<Ts...>, Ts...> {};

template <int I, typename T> __device__ T& get(Slot<I, T>& s) { return s.value; }
template <int I, typename T> __device__ const T& get(const Slot<I, T>& s) { return s.value; }
template <typename F, typename... Ts, size_t... Is>
__device__ auto apply(F&& f, const Tuple<Ts...>& t, Indices<Is...>) {
    return f(get<Is>(t)...);
}
template <typename F, typename... Ts> __device__ auto apply(F&& f, const Tuple<Ts...>& t) {
    return apply(static_cast<F&&>(f), t, IndicesFor<Ts...>{});
}

template <typename T, typename... Ts> struct IndexOf;
template <typename T, typename... Ts> struct IndexOf<T, T, Ts...> { static constexpr int value = 0; };
template <typename T, typename U, typename... Ts> struct IndexOf<T, U, Ts...> {
    static constexpr int value = 1 + IndexOf<T, Ts...>::value;
};

__host__ __device__ constexpr size_t largest(size_t first) { return first; }
template <typename... Rest> __host__ __device__ constexpr size_t largest(size_t first, Rest... rest) {
    const size_t other = largest(rest...);
    return first > other ? first : other;
}

template <typename... Ts> class Variant {
    alignas(Ts...) unsigned char storage_[largest(sizeof(Ts)...)];
    int8_t index_ = -1;

    template <typename R, typename T, typename F> static __device__ R call(const void* p, F& f) {
        return f(*static_cast<const T*>(p));
    }

public:
    template <typename T> __device__ Variant& operator=(const T& v) {
        ::new (static_cast<void*>(storage_)) T(v);
        index_ = IndexOf<T, Ts...>::value;
        return *this;
    }
    __device__ int index() const { return index_; }
    template <typename T> __device__ const T* get_if() const {
        return index_ == IndexOf<T, Ts...>::value ? reinterpret_cast<const T*>(storage_) : nullptr;
    }
    template <typename R, typename F> __device__ R visit(F&& f, R otherwise = R()) const {
        R result = otherwise;
        int i = 0;
        ((index_ == i++ ? (result = call<R, Ts>(storage_, f), true) : false) || ...);
        return result;
    }
};

template <typename... Fs> struct Overloaded : Fs... {
    using Fs::operator()...;
};
template <typename... Fs> Overloaded(Fs...) -> Overloaded<Fs...>;

struct Push { int32_t value; };
struct Shift { uint8_t by; bool left; };
struct Blend { double weight; float bias; };
using Op = Variant<Push, Shift, Blend, Tuple<int, short, uint8_t>>;

__device__ Op decode(uint32_t word) {
    Op op;
    switch (word >> 30) {
    case 0: op = Push{static_cast<int32_t>(word << 2) >> 4}; break;
    case 1: op = Shift{static_cast<uint8_t>(word & 15), (word & 16) != 0}; break;
    case 2: op = Blend{(word & 0xff) / 256.0, static_cast<float>(word >> 8 & 0xff) - 128.0f}; break;
    default: {
        Tuple<int, short, uint8_t> t;
        get<0>(t) = static_cast<int>(word & 0xfff), get<1>(t) = static_cast<short>(word >> 4);
        get<2>(t) = static_cast<uint8_t>(word >> 3);
        if (word & 1) op = t;
    }
    }
    return op;
}

__global__ void fold(const uint32_t* words, int per_thread, int64_t* totals, double* scaled, int* histogram,
                     uint8_t* sizes) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    uint64_t total = 1;
    double real = 0;
    Op last;
    for (int k = 0; k < per_thread; ++k) {
        const Op op = decode(words[i * per_thread + k]);
        atomicAdd(&histogram[op.index() + 1], 1);
        total = op.visit<uint64_t>(
            Overloaded{[&](const Push& p) { return total + p.value; },
                       [&](const Shift& s) { return s.left ? total << s.by : total >> s.by; },
                       [&real, total](const Blend& b) { return real += b.weight * b.bias, total ^ 0xff; },
                       [=](const Tuple<int, short, uint8_t>& t) {
                           return total * 3 + apply([](auto... vs) { return (vs + ... + 0) - (0 | ... | vs); }, t);
                       }},
            ~total);
        if (op.get_if<Push>() || !last.get_if<Push>()) last = op;
    }
    totals[i] = static_cast<int64_t>(total);
    scaled[i] = real;
    const Push* const p = last.get_if<Push>();
    sizes[i] = static_cast<uint8_t>(sizeof(Op) + alignof(Op) + sizeof(Tuple<int, short,
        uint8_t>) + (p ? p->value & 7 : 0));
}
