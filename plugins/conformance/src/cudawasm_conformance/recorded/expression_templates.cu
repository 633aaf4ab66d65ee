// Lazy vector expressions: operators build a tree of small classes, and one loop per assignment evaluates it.
// Leaves are views over global memory, constants and index generators; shifts look at neighbouring elements.
#include <cstdint>

template <typename T> struct Bare { using type = T; };
template <typename T> struct Bare<T&> : Bare<T> {};
template <typename T> struct Bare<const T> : Bare<T> {};

template <typename E> struct Expr {
    __device__ constexpr const E& self() const { return static_cast<const E&>(*this); }
    __device__ auto operator()(int i) const { return self().eval(i); }
};

template <typename T> struct View : Expr<View<T>> {
    T* data;
    int size;
    __device__ View(T* d, int n) : data(d), size(n) {}
    __device__ T eval(int i) const { return data[(i % size + size) % size]; }
    template <typename E> __device__ View& operator=(const Expr<E>& e) {
        for (int i = threadIdx.x + blockIdx.x * blockDim.x; i < size; i += blockDim.x * gridDim.x) data[i] = e(i);
        return *this;
    }
    template <typename E> __device__ View& operator+=(const Expr<E>& e);
};

template <typename T> struct Constant : Expr<Constant<T>> {
    T value;
    __device__ explicit Constant(T v) : value(v) {}
    __device__ T eval(int) const { return value; }
};

struct Iota : Expr<Iota> {
    __device__ int eval(int i) const { return i; }
};

template <typename Op, typename... Es> struct Node;
template <typename Op, typename A> struct Node<Op, A> : Expr<Node<Op, A>> {
    A a;
    Op op;
    __device__ Node(const A& x, Op o) : a(x), op(o) {}
    __device__ auto eval(int i) const { return op(a.eval(i)); }
};
template <typename Op, typename A, typename B> struct Node<Op, A, B> : Expr<Node<Op, A, B>> {
    A a;
    B b;
    Op op;
    __device__ Node(const A& x, const B& y, Op o) : a(x), b(y), op(o) {}
    __device__ auto eval(int i) const { return op(a.eval(i), b.eval(i)); }
};
template <typename A, int BY> struct Shifted : Expr<Shifted<A, BY>> {
    A a;
    __device__ explicit Shifted(const A& x) : a(x) {}
    __device__ auto eval(int i) const { return a.eval(i + BY); }
};

template <typename E> __device__ const E& lift(const Expr<E>& e) { return e.self(); }
__device__ inline Constant<int> lift(int v) { return Constant<int>(v); }
__device__ inline Constant<double> lift(double v) { return Constant<double>(v); }

#define BINARY(SYMBOL)                                                                                        \
    template <typename A, typename B> __device__ auto operator SYMBOL(const Expr<A>& a, const B& b) {         \
        auto op = [](auto x, auto y) { return x SYMBOL y; };                                                  \
        using R = typename Bare<decltype(lift(b))>::type;                                                     \
        return Node<decltype(op), A, R>(a.self(), lift(b), op);                                               \
    }
BINARY(+)
BINARY(-)
BINARY(*)
BINARY(%)
BINARY(<)
BINARY(&&)
#undef BINARY

template <typename F, typename A> __device__ auto map(F f, const Expr<A>& a) { return Node<F, A>(a.self(), f); }
template <int BY, typename A> __device__ auto shift(const Expr<A>& a) { return Shifted<A, BY>(a.self()); }
template <typename T> template <typename E> __device__ View<T>& View<T>::operator+=(const Expr<E>& e) {
    return *this = *this + e.self();
}

__global__ void evaluate(int* ints, int* laplace, double* doubles, uint8_t* mask, int n, int scale) {
    View<int> x(ints, n), l(laplace, n);
    View<double> d(doubles, n);
    View<uint8_t> m(mask, n);
    const Iota i;
    l = shift<-1>(x) - x * 2 + shift<+1>(x);
    l += i * scale % 7;
    int calls = 0;
    d = map([&calls, bias = scale * 0.5](auto v) { return ++calls, v + bias; }, x * 0.25 + i) -
        shift<3>(map([](int v) { return v / 3; }, i));
    m = (x < i) && (i % 3 < 2);
    d += Constant<int>(calls);
}
