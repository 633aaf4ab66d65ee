// Lambdas for the device as arguments of kernels: what they capture, and where they may stand.
#include <cuda_runtime.h>

#include <cstdio>
#include <utility>
#include <vector>

#include "checked.h"

__device__ int scale = 1000;  // hidden by variables of the same name
__constant__ int offset = 7;

template <typename F> __global__ void apply(int n, F f) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) f(i);
}
template <typename F> struct Wrapped {
    char tag;
    F inner;
    short after;
};
template <typename F> __global__ void apply_wrapped(int* to, Wrapped<F> f) { to[threadIdx.x] = f.inner(f.after) + f.tag; }
template <typename F> void parallel_for(int n, F f) {
    apply<<<(n + 31) / 32, 32>>>(n, f);
    CHECK(cudaDeviceSynchronize());
}

struct Point {
    double x;
    char tag;
    __host__ __device__ double twice() const { return 2 * x; }
};

namespace outer {
enum class Mode { add, multiply };
__device__ int hidden() { return 5; }
namespace {
template <typename T, int N, Mode M> void fill(T* to, int count) {
    using Value = T;
    parallel_for(count, [=] __device__(int i) {
        Value value = static_cast<T>(i) / 2;
        for (int k = 0; k < N; ++k) value += M == Mode::add ? 1 : hidden();
        to[i] = value;
    });
}
template <typename T> class Buffer {
    typedef T element;
    static constexpr int step = 3;
    element* data_;

public:
    explicit Buffer(T* data) : data_(data) {}
    void add(T by) const {
        auto* data = data_;
        parallel_for(4, [data, by] __device__(int i) {
            element sum = data[i];
            data[i] = sum + by * step;
        });
    }
};
}  // namespace
}  // namespace outer

__host__ __device__ inline int on_both_sides(int x) { return x + 1; }
static int calls = 0;

static void test_captures(int* to, int argc) {
    const int n = 64 + argc - argc, known = 3;
    const int width = argc > 100 ? 1 : 2;
    constexpr int rows = 4;
    constexpr float half = 0.5f;
    char letter = 'a';
    double wide = 2.25;
    bool flag = true;
    int scale = 10, &reference = scale;
    Point point{1.5, 'b'};
    std::vector<int> i(4), x(4);  // as are called what the lambdas declare
    parallel_for(n, [=] __device__(int i) {
        float sums[rows] = {};
        for (int x = 0; x < rows; ++x) sums[x] = half * x;
        { const int scale = 1; sums[0] += scale; }
        to[i] = letter + (int)(wide * 4) + flag + scale + reference + (int)point.twice() + point.tag + width + sums[3] * 2 + offset + sums[0];
    });
    for (int k = 0; k < n; ++k) EXPECT(to[k] == 'a' + 9 + 1 + 10 + 10 + 3 + 'b' + 2 + 3 + 7 + 1);
    parallel_for(n, [to, by = scale * 2.0f, argc(argc + 1), list{known}] __device__(int i) { to[i] = by + argc + known + list; });
    EXPECT(to[5] == 20 + argc + 1 + 3 + 3);
    if (int chosen = scale; chosen)
        for (int k = 0, m = 2; k < 1; ++k) apply<<<1, n>>>(n, [=] __device__ (int i) { to[i] = k * 100 + m * 10 + chosen; });
    CHECK(cudaDeviceSynchronize());
    EXPECT(to[63] == 30);
    auto [first, second] = std::make_pair(11, 12.5);
    parallel_for(n, [first, to, second] __device__(auto i) mutable -> void { first += second * 2; to[i] = first; });
    EXPECT(to[0] == 36);
    parallel_for(n, [] __device__(int) {});
    int* const* const* none = nullptr;
    int (*table)[2] = (int(*)[2])to;
    parallel_for(2, [=] __device__(int i) { table[i][1] = none == nullptr ? 77 : scale; });
    EXPECT(to[1] == 77 && to[3] == 77 && to[2] == 36);
}

static void test_statements(int* to, int which) {
    switch (which) {
        case 0: break;
        case (1 + 0): int scale = 6; parallel_for(4, [=] __device__(int i) { to[i] = scale; });
    }
    EXPECT(to[1] == 6);
    if (to == nullptr) return;
later:
    long offset = 9;
    if (which > 100) goto later;
    parallel_for(4, [=] __device__(int i) { to[i] = offset; });
    EXPECT(to[1] == 9);
    { int scale = 5; to[0] = scale; }
    do parallel_for(4, [=] __device__(int i) { to[i] = scale; }); while (0);
    EXPECT(to[1] == 1000);
}

static void test_objects(int* to) {
    int by = 5;
    auto add = [=] __host__ __device__(int i) { return on_both_sides(i) + by; };
    EXPECT(add(2) == 8);
    auto first = [add, to] __device__(int i) { to[i] = add(i); }; auto second = [to, first, add] __device__(int i) { first(i); to[i] += add(1); };
    by = 100;
    parallel_for(64, second);
    EXPECT(to[10] == 16 + 7);
    apply_wrapped<<<1, 4>>>(to, Wrapped<decltype(add)>{1, add, 20});
    CHECK(cudaDeviceSynchronize());
    EXPECT(to[3] == 27);
    const auto run = [&](int size) {
        int local = size * 2;
        ++calls;
        parallel_for(size, [=] __device__(int i) { to[i] = local + size + by; });
    };
    run(8);
    EXPECT(to[7] == 124 && calls == 1);
    CHECK((apply<<<1, 4>>>(4, [=] __device__(int i) {
        to[i] = by;
    }), cudaDeviceSynchronize()));
    EXPECT(to[3] == 100);
    auto generic = [] __host__ __device__(auto a, auto... rest) { return (a + ... + rest); };
    parallel_for(4, [=] __device__(int i) { to[i] = generic(i, 1.5, 2) * 2; });
    EXPECT(to[1] == 9 && generic(1, 2, 3) == 6);
    parallel_for(4, [=] __device__(int i) {
        auto inner = [&](int k) { return k * by; };
        to[i] = inner(i);
    });
    EXPECT(to[3] == 300);
}

int main(int argc, char**) {
    int* to;
    CHECK(cudaMallocManaged(&to, 64 * sizeof(int)));
    test_captures(to, argc);
    test_statements(to, argc);
    test_objects(to);
    outer::fill<int, 2, outer::Mode::add>(to, 64);
    EXPECT(to[10] == 7);
    outer::fill<int, 3, outer::Mode::multiply>(to, 64);
    EXPECT(to[10] == 20);
    outer::Buffer<int>(to).add(2);
    EXPECT(to[2] == 16 + 6 && to[4] == 17);
    puts("lambdas are right");
}
