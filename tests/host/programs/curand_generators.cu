// cuRAND's generators on the device and on the host: numbers that real ones gave, and what their calls refuse.
#include <curand.h>
#include <curand_kernel.h>
#include <cmath>
#include <cstring>
#include <vector>
#include "checked.h"
#include "curand_answers.h"

#define OK(call) EXPECT((call) == CURAND_STATUS_SUCCESS)

static curandGenerator_t made(curandRngType_t type, bool is_on_host) {
    curandGenerator_t g;
    OK(is_on_host ? curandCreateGeneratorHost(&g, type) : curandCreateGenerator(&g, type));
    return g;
}

// Numbers of a call, whose output lies where the generator wants it.
template <typename T, typename Call> std::vector<T> numbers(bool is_on_host, size_t count, Call call) {
    std::vector<T> host(count);
    if (is_on_host) {
        OK(call(host.data()));
        return host;
    }
    T* device;
    CHECK(cudaMalloc(&device, count * sizeof(T)));
    OK(call(device));
    CHECK(cudaMemcpy(host.data(), device, count * sizeof(T), cudaMemcpyDeviceToHost));
    CHECK(cudaFree(device));
    return host;
}

template <typename T> void expect_answer(const Answer& answer, const std::vector<T>& got, double tolerance) {
    for (int i = 0; i < 4; ++i) {
        const double wanted = answer.value[i];
        EXPECT(std::fabs(got[answer.at[i]] - wanted) <= tolerance * (1 + std::fabs(wanted)));
    }
}

static void test_answers(bool is_on_host) {
    for (const Answer& a : answers) {
        curandGenerator_t g = made(a.type, is_on_host);
        OK(curandSetPseudoRandomGeneratorSeed(g, 1234));
        OK(curandSetGeneratorOrdering(g, a.order));
        const size_t n = a.count;
        switch (a.function) {
            case BITS:
                expect_answer(a, numbers<unsigned>(is_on_host, n, [=](unsigned* p) { return curandGenerate(g, p, n); }), 0);
                break;
            case UNIFORM:
                expect_answer(a, numbers<float>(is_on_host, n, [=](float* p) { return curandGenerateUniform(g, p, n); }), 0);
                break;
            case UNIFORM_DOUBLE:
                expect_answer(a, numbers<double>(is_on_host, n, [=](double* p) {
                    return curandGenerateUniformDouble(g, p, n); }), 0);
                break;
            case NORMAL:
                expect_answer(a, numbers<float>(is_on_host, n, [=](float* p) {
                    return curandGenerateNormal(g, p, n, 0, 1); }), 4e-6);
                break;
            case NORMAL_DOUBLE:
                expect_answer(a, numbers<double>(is_on_host, n, [=](double* p) {
                    return curandGenerateNormalDouble(g, p, n, 0, 1); }), 1e-13);
                break;
            case LOG_NORMAL:
                expect_answer(a, numbers<float>(is_on_host, n, [=](float* p) {
                    return curandGenerateLogNormal(g, p, n, 0.5f, 0.25f); }), 4e-6);
                break;
            case LOG_NORMAL_DOUBLE:
                expect_answer(a, numbers<double>(is_on_host, n, [=](double* p) {
                    return curandGenerateLogNormalDouble(g, p, n, 0.5, 0.25); }), 1e-13);
                break;
        }
        OK(curandDestroyGenerator(g));
    }
}

// However a sequence is cut into calls, and from an offset, it is the same.
static void test_calls_go_on(curandRngType_t type, bool is_on_host) {
    auto bits = [&](curandGenerator_t g, size_t n) {
        return numbers<unsigned>(is_on_host, n, [=](unsigned* p) { return curandGenerate(g, p, n); });
    };
    curandGenerator_t whole = made(type, is_on_host), parts = made(type, is_on_host), moved = made(type, is_on_host);
    OK(curandSetGeneratorOffset(moved, 4999));
    const std::vector<unsigned> all = bits(whole, 10000), first = bits(parts, 4999), rest = bits(parts, 5001);
    EXPECT(std::memcmp(all.data(), first.data(), first.size() * 4) == 0);
    EXPECT(std::memcmp(all.data() + 4999, rest.data(), rest.size() * 4) == 0);
    EXPECT(bits(moved, 5001) == rest);
    OK(curandSetGeneratorOffset(parts, 10));
    EXPECT(bits(parts, 1)[0] == all[10]);
    if (type == CURAND_RNG_PSEUDO_PHILOX4_32_10) {  // of which cuRAND goes on at a place of its own
        EXPECT(curandSetPseudoRandomGeneratorSeed(parts, 5) == CURAND_STATUS_INTERNAL_ERROR);
        OK(curandSetGeneratorOffset(parts, 0));
        OK(curandSetPseudoRandomGeneratorSeed(parts, 5));
        EXPECT(bits(parts, 1)[0] != all[0]);
    }
    for (curandGenerator_t g : {whole, parts, moved}) OK(curandDestroyGenerator(g));
}

static void test_quasirandom(bool is_on_host) {
    curandGenerator_t g = made(CURAND_RNG_QUASI_SOBOL32, is_on_host);
    OK(curandSetQuasiRandomGeneratorDimensions(g, 3));
    OK(curandSetGeneratorOffset(g, 7));
    const auto bits = numbers<unsigned>(is_on_host, 300, [=](unsigned* p) { return curandGenerate(g, p, 300); });
    EXPECT(bits[0] == 536870912 && bits[1] == 805306368 && bits[2] == 2952790016u);
    const auto poisson = numbers<unsigned>(is_on_host, 30, [=](unsigned* p) { return curandGeneratePoisson(g, p, 30, 100); });
    for (int i = 1; i < 10; ++i) EXPECT(poisson[i] > 50 && poisson[i] < 160);
    EXPECT(curandGenerate(g, nullptr, 4) == CURAND_STATUS_LENGTH_NOT_MULTIPLE);
    EXPECT(curandSetQuasiRandomGeneratorDimensions(g, 20001) == CURAND_STATUS_OUT_OF_RANGE);
    EXPECT(curandGenerateLongLong(g, nullptr, 3) == CURAND_STATUS_TYPE_ERROR);
    OK(curandDestroyGenerator(g));
    curandDirectionVectors32_t* vectors;
    OK(curandGetDirectionVectors32(&vectors, CURAND_DIRECTION_VECTORS_32_JOEKUO6));
    EXPECT(vectors[0][1] == 1073741824 && vectors[1][2] == 2684354560u && vectors[2][3] == 2415919104u);
}

template <typename T> bool has_moments(const std::vector<T>& numbers, double mean, double variance) {
    double sum = 0, squares = 0;
    for (T x : numbers) sum += x;
    for (T x : numbers) squares += (x - sum / numbers.size()) * (x - sum / numbers.size());
    const double error = 6 * std::sqrt(variance / numbers.size());
    return std::fabs(sum / numbers.size() - mean) < error && std::fabs(squares / numbers.size() / variance - 1) < 0.05;
}

__global__ void draw_poisson(double mean, curandDiscreteDistribution_t table, unsigned* by_mean, unsigned* by_table) {
    const int i = blockIdx.x * blockDim.x + threadIdx.x;
    curandState state;
    curand_init(7, i, 0, &state);
    for (int j = 0; j < 16; ++j) {
        by_mean[i * 16 + j] = curand_poisson(&state, mean);
        by_table[i * 16 + j] = curand_discrete(&state, table);
    }
}

static void test_poisson(double mean) {
    for (bool is_on_host : {false, true}) {
        curandGenerator_t g = made(CURAND_RNG_PSEUDO_DEFAULT, is_on_host);
        EXPECT(has_moments(numbers<unsigned>(is_on_host, 20000, [=](unsigned* p) {
            return curandGeneratePoisson(g, p, 20000, mean); }), mean, mean));
        EXPECT(curandGeneratePoisson(g, nullptr, 4, 0) == CURAND_STATUS_OUT_OF_RANGE);
        OK(curandDestroyGenerator(g));
    }
    curandDiscreteDistribution_t table;
    OK(curandCreatePoissonDistribution(mean, &table));
    std::vector<unsigned> by_mean(1024 * 16), by_table(1024 * 16);
    unsigned* device;
    CHECK(cudaMalloc(&device, 2 * by_mean.size() * 4));
    draw_poisson<<<16, 64>>>(mean, table, device, device + by_mean.size());
    CHECK(cudaMemcpy(by_mean.data(), device, by_mean.size() * 4, cudaMemcpyDeviceToHost));
    CHECK(cudaMemcpy(by_table.data(), device + by_mean.size(), by_table.size() * 4, cudaMemcpyDeviceToHost));
    EXPECT(has_moments(by_mean, mean, mean) && has_moments(by_table, mean, mean));
    OK(curandDestroyDistribution(table));
    CHECK(cudaFree(device));
}

static void test_refusals() {
    curandGenerator_t g;
    int version = 0;
    EXPECT(curandCreateGenerator(&g, CURAND_RNG_PSEUDO_MT19937) == CURAND_STATUS_TYPE_ERROR);
    EXPECT(curandCreateGenerator(&g, static_cast<curandRngType_t>(55)) == CURAND_STATUS_TYPE_ERROR);
    EXPECT(curandGenerate(nullptr, nullptr, 4) == CURAND_STATUS_NOT_INITIALIZED);
    OK(curandGetVersion(&version));
    EXPECT(version == CURAND_VERSION);
    g = made(CURAND_RNG_PSEUDO_XORWOW, true);
    float number[8];
    EXPECT(curandGenerateNormal(g, number, 5, 0, 1) == CURAND_STATUS_LENGTH_NOT_MULTIPLE);
    EXPECT(curandSetQuasiRandomGeneratorDimensions(g, 2) == CURAND_STATUS_TYPE_ERROR);
    EXPECT(curandSetGeneratorOrdering(g, CURAND_ORDERING_QUASI_DEFAULT) == CURAND_STATUS_OUT_OF_RANGE);
    EXPECT(curandSetGeneratorOrdering(g, CURAND_ORDERING_PSEUDO_SEEDED) == CURAND_STATUS_OUT_OF_RANGE);
    OK(curandDestroyGenerator(g));
}

int main() {
    for (bool is_on_host : {false, true}) {
        test_answers(is_on_host);
        for (curandRngType_t type : {CURAND_RNG_PSEUDO_XORWOW, CURAND_RNG_PSEUDO_MRG32K3A, CURAND_RNG_PSEUDO_PHILOX4_32_10,
                                     CURAND_RNG_QUASI_SOBOL32}) {
            test_calls_go_on(type, is_on_host);
        }
        test_quasirandom(is_on_host);
    }
    for (double mean : {3.0, 100.0, 5000.0}) test_poisson(mean);
    test_refusals();
    std::puts("curand_generators is right");
}
