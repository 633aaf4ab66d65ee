// CUB's calls for whole arrays against what the host computes.
#include <algorithm>
#include <cub/cub.cuh>
#include <numeric>
#include <vector>
#include "checked.h"

struct IsOdd {
    __host__ __device__ bool operator()(int x) const { return x % 2 != 0; }
};
struct Larger {
    template <typename T>
    __host__ __device__ T operator()(const T& a, const T& b) const { return a > b ? a : b; }
};
struct Square {
    __host__ __device__ long long operator()(int x) const { return (long long)x * x; }
};

// An array on the device.
template <typename T>
struct Array {
    T* data;
    size_t count;
    explicit Array(size_t n) : data(nullptr), count(n) { CHECK(cudaMalloc(&data, (n + 1) * sizeof(T))); }
    explicit Array(const std::vector<T>& from) : Array(from.size()) {
        CHECK(cudaMemcpy(data, from.data(), count * sizeof(T), cudaMemcpyHostToDevice));
    }
    Array(const Array&) = delete;
    ~Array() { cudaFree(data); }
    std::vector<T> get() const {
        std::vector<T> host(count);
        CHECK(cudaMemcpy(host.data(), data, count * sizeof(T), cudaMemcpyDeviceToHost));
        return host;
    }
};

// Both calls of the protocol of temporary storage.
template <typename Call>
void twice(Call call) {
    size_t bytes = 0;
    CHECK(call(nullptr, bytes));
    EXPECT(bytes > 0);
    void* storage;
    CHECK(cudaMalloc(&storage, bytes));
    CHECK(call(storage, bytes));
    CHECK(cudaFree(storage));
}
#define TWICE(function, ...) twice([&](void* storage, size_t& bytes) { return function(storage, bytes, __VA_ARGS__); })

static std::vector<int> numbers(int count, int limit) {
    unsigned int state = 12345u + count;
    std::vector<int> made(count);
    for (int& x : made) {
        state = state * 1664525u + 1013904223u;
        x = (int)(state >> 8) % limit - limit / 2;
    }
    return made;
}

static void reductions(int count) {
    const std::vector<int> x = numbers(count, 1000);
    Array<int> in(x), out(1);
    Array<long long> wide(1);
    TWICE(cub::DeviceReduce::Sum, in.data, out.data, count);
    EXPECT(out.get()[0] == std::accumulate(x.begin(), x.end(), 0));
    TWICE(cub::DeviceReduce::Min, in.data, out.data, count);
    EXPECT(out.get()[0] == (count ? *std::min_element(x.begin(), x.end()) : 0x7fffffff));
    TWICE(cub::DeviceReduce::Reduce, in.data, out.data, count, Larger(), 3);
    EXPECT(out.get()[0] == std::max(3, count ? *std::max_element(x.begin(), x.end()) : 3));
    cub::TransformInputIterator<long long, Square, int*> squares(in.data, Square());
    TWICE(cub::DeviceReduce::Sum, squares, wide.data, count);
    EXPECT(wide.get()[0] == std::inner_product(x.begin(), x.end(), x.begin(), 0LL));
    Array<cub::KeyValuePair<int, int>> place(1);
    TWICE(cub::DeviceReduce::ArgMax, in.data, place.data, count);
    if (count) EXPECT(place.get()[0].key == std::max_element(x.begin(), x.end()) - x.begin());
}

static void scans(int count, cudaStream_t stream) {
    const std::vector<int> x = numbers(count, 1000);
    std::vector<int> sums(x), most(x);
    std::partial_sum(x.begin(), x.end(), sums.begin());
    std::partial_sum(x.begin(), x.end(), most.begin(), Larger());
    Array<int> in(x), out(count);
    TWICE(cub::DeviceScan::InclusiveSum, in.data, out.data, count, stream);
    EXPECT(out.get() == sums);
    TWICE(cub::DeviceScan::InclusiveScan, in.data, out.data, Larger(), count);
    EXPECT(out.get() == most);
    std::exclusive_scan(x.begin(), x.end(), sums.begin(), 0);
    TWICE(cub::DeviceScan::ExclusiveSum, in.data, in.data, count);
    EXPECT(in.get() == sums);
}

static void selections(int count) {
    const std::vector<int> x = numbers(count, 7);
    std::vector<int> odd, heads(x), lengths;
    std::copy_if(x.begin(), x.end(), std::back_inserter(odd), IsOdd());
    heads.erase(std::unique(heads.begin(), heads.end()), heads.end());
    for (size_t i = 0, at = 0; i < heads.size(); ++i, at += lengths.back()) {
        size_t end = at;
        while (end < x.size() && x[end] == heads[i]) ++end;
        lengths.push_back((int)(end - at));
    }
    Array<int> in(x), out(count), found(1), counts(count);
    TWICE(cub::DeviceSelect::If, in.data, out.data, found.data, count, IsOdd());
    EXPECT(found.get()[0] == (int)odd.size());
    EXPECT(std::equal(odd.begin(), odd.end(), out.get().begin()));
    TWICE(cub::DeviceSelect::Unique, in.data, out.data, found.data, count);
    EXPECT(found.get()[0] == (int)heads.size());
    EXPECT(std::equal(heads.begin(), heads.end(), out.get().begin()));
    TWICE(cub::DeviceRunLengthEncode::Encode, in.data, out.data, counts.data, found.data, count);
    EXPECT(found.get()[0] == (int)heads.size());
    EXPECT(std::equal(lengths.begin(), lengths.end(), counts.get().begin()));
}

// What is not selected lies behind, the last first.
static void partitions(int count) {
    const std::vector<int> x = numbers(count, 7);
    std::vector<int> odd, parts;
    std::vector<char> flags(count);
    std::transform(x.begin(), x.end(), flags.begin(), IsOdd());
    std::copy_if(x.begin(), x.end(), std::back_inserter(odd), IsOdd());
    parts = odd;
    std::copy_if(x.rbegin(), x.rend(), std::back_inserter(parts), [](int item) { return !IsOdd()(item); });
    Array<int> in(x), out(count), by_flags(count), found(1);
    Array<char> device_flags(flags);
    TWICE(cub::DevicePartition::If, in.data, out.data, found.data, count, IsOdd());
    EXPECT(found.get()[0] == (int)odd.size());
    EXPECT(out.get() == parts);
    TWICE(cub::DevicePartition::Flagged, in.data, device_flags.data, by_flags.data, found.data, count);
    EXPECT(found.get()[0] == (int)odd.size());
    EXPECT(by_flags.get() == parts);
    TWICE(cub::DeviceSelect::Flagged, in.data, device_flags.data, out.data, found.data, count);
    EXPECT(found.get()[0] == (int)odd.size());
    EXPECT(std::equal(odd.begin(), odd.end(), out.get().begin()));
}

template <typename Key>
static void sorts(int count) {
    const std::vector<int> x = numbers(count, 20000);
    std::vector<Key> keys(x.begin(), x.end());
    std::vector<int> order(count);
    std::iota(order.begin(), order.end(), 0);
    Array<Key> in(keys), out(count);
    Array<int> values(order), values_out(count);
    TWICE(cub::DeviceRadixSort::SortPairs, in.data, out.data, values.data, values_out.data, count);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return keys[a] < keys[b]; });
    EXPECT(values_out.get() == order);
    EXPECT(in.get() == keys);
    cub::DoubleBuffer<Key> both(in.data, out.data);
    TWICE(cub::DeviceRadixSort::SortKeysDescending, both, count);
    std::sort(keys.rbegin(), keys.rend());
    EXPECT((both.Current() == in.data ? in : out).get() == keys);
}

int main() {
    cudaStream_t stream;
    CHECK(cudaStreamCreate(&stream));
    for (int count : {0, 1, 1000, 70000}) {
        reductions(count);
        scans(count, stream);
        selections(count);
        partitions(count);
    }
    for (int count : {0, 5000}) {
        sorts<int>(count);
        sorts<float>(count);
    }
    sorts<double>(3000);
    CHECK(cudaStreamDestroy(stream));
    std::puts("cub_device is right");
}
